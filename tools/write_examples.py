"""Record examples of requests and answers for the API document, in a file ``examples.json`` of each package.

Every route is called once on an installation with one of everything, which the tests bring.  Run it after answers
changed: ``.venv/bin/python tools/write_examples.py``; the tests check that each example fits its schema.
"""

import json
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests/support"))

from permission_table import TABLE  # noqa: E402 - the tests are no package
from whole_world import World, filled, png, served_by  # noqa: E402 - as above

LONGEST_LIST = 2
SECRET = re.compile(r"cm[ts]_[A-Za-z0-9_-]{20,}")


def main() -> None:
    """Write the files and name those that changed."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        try:
            found = record(world)
        finally:
            world.close()
    for package, examples in sorted(found.items()):
        path = folder_of(package) / "examples.json"
        text = json.dumps(dict(sorted(examples.items())), indent=1, ensure_ascii=False) + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)} changed\n")


def folder_of(package: str) -> Path:
    """Return the folder of a package in the repository."""
    places = [ROOT / package, ROOT / "plugins" / package, ROOT / "runners" / package]
    return next(place for place in places if place.is_dir())


def record(world: World) -> dict[str, dict[str, dict[str, Any]]]:
    """Call every route as somebody who may; returns examples by package and route."""
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    words = world.objects["own"]
    for (method, path), rule in TABLE.items():
        world.restore()
        service = served_by(world.app, method, path)
        body = filled(rule.body, words)
        answer = call(world, method, path.format_map(words), body)
        example: dict[str, Any] = {}
        if body is not None:
            example["request"] = body
        if answer.status_int < 300 and answer.content_type == "application/json":
            example["answer"] = shortened(answer.json)
        # The document would hold itself.
        if service is not None and example and service.name != "openapi":
            package = service.operations[method].view.__module__.partition(".")[0]
            shown = re.sub(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}", r"{\1}", service.path)
            found[package][f"{method} {shown}"] = example
    return found


def call(world: World, method: str, path: str, body: object) -> Any:
    """Send one request."""
    if method == "PUT":
        headers = {"Authorization": f"Bearer {world.root.key}", "Content-Type": "image/png"}
        return world.app.request(path, method=method, headers=headers, body=png(), status="*")
    return world.root.call(method, path, body, status="*")


def shortened(value: Any) -> Any:
    """Keep the beginnings of lists, and no keys."""
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shortened(item) for item in value[:LONGEST_LIST]]
    if isinstance(value, str):
        return SECRET.sub("cmt_…", value)
    return value


if __name__ == "__main__":
    main()
