"""How long it takes to free the files of expired results.  Contract: runner I.4 (10 GB in less than a minute).

    python benchmarks/retention.py [OBJECTS] [KILOBYTES OF EACH]

Makes an installation on SQLite below the temporary folder with 40 files a result, and lets all results expire.
"""

import io
import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from cometa_core.runtime import Runtime
from cometa_core.testing.installation import Installation
from cometa_executions.models import Artifact, Result, Run, StepResult
from cometa_executions.services.retention import look_for_room, make_room

PLUGINS = ("accounts", "catalog", "features", "executions", "screenshots")
FILES_OF_A_RESULT = 40
DAYS = 30


def fill(installation: Installation, objects: int, kilobytes: int) -> None:
    """Store results that ended 31 days ago, with steps and files."""
    client = installation.client()
    client.patch("/api/departments/1/", {"settings": {"result_expire_days": DAYS}})
    feature = {"feature_name": "Big", "app_id": 1, "environment_id": 1, "department_id": 1}
    feature_id = client.post("/api/features/", feature, status=201).json["feature_id"]
    runtime = installation.runtime
    for number in range(1, objects // FILES_OF_A_RESULT + 1):
        contents = [os.urandom(1024) + bytes(1024 * (kilobytes - 1)) for _ in range(FILES_OF_A_RESULT)]
        stored = [runtime.artifacts.put(1, io.BytesIO(content)) for content in contents]
        add_result(runtime, feature_id, number, stored)
    make_old(runtime)


def add_result(runtime: Runtime, feature_id: int, number: int, stored: list[tuple[str, int]]) -> None:
    """Store the rows of one result."""
    with runtime.unit_of_work() as scope:
        ended = scope.now() - timedelta(days=DAYS + 1)
        session = scope.session
        run = {"id": number, "feature_id": feature_id, "app_id": 1, "environment_id": 1, "created_at": ended}
        session.execute(insert(Run).values(**run, completed=True))
        result = {"id": number, "run_id": number, "feature_id": feature_id, "browser": {}, "run_hash": "", "attempt": 1}
        session.execute(insert(Result).values(**result, state="Success", queued_at=ended, finished_at=ended))
        first = (number - 1) * FILES_OF_A_RESULT + 1
        steps = [
            {"id": first + place, "result_id": number, "attempt": 1, "sequence": place, "step_name": "A step"}
            for place in range(FILES_OF_A_RESULT)
        ]
        session.execute(insert(StepResult), steps)
        file = {"department_id": 1, "result_id": number, "attempt": 1, "role": "current", "name": "current.png",
                "mime": "image/png", "created_at": ended}  # fmt: skip
        rows = [
            {
                **file,
                "step_result_id": step["id"],
                "mime": "image/png",
                "size": size,
                "sha256": digest,
                "created_at": ended,
            }
            for step, (digest, size) in zip(steps, stored, strict=True)
        ]
        session.execute(insert(Artifact), rows)


def make_old(runtime: Runtime) -> None:
    """Let all objects look as if they were put when their results ended."""
    moment = (runtime.clock.now() - timedelta(days=DAYS + 1)).timestamp()
    for found in runtime.artifacts.stored():
        os.utime(runtime.artifacts.place_of(found), (moment, moment))


def main() -> None:
    """Measure and print."""
    numbers = [int(text) for text in sys.argv[1:]]
    objects, kilobytes = [*numbers, *(20_000, 100)[len(numbers) :]]
    with tempfile.TemporaryDirectory(prefix="cometa-retention-") as folder:
        installation = Installation(Path(folder) / "data", PLUGINS, {"cometa.browser.local": "false"})
        fill(installation, objects, kilobytes)
        for name, action in (("looking", look_for_room), ("removing", make_room)):
            began = time.monotonic()
            removed = action(installation.runtime)
            seconds = time.monotonic() - began
            sys.stdout.write(f"{name}: {removed.objects} objects, {removed.bytes / 1e9:.2f} GB, {seconds:.1f} s\n")
        installation.close()


if __name__ == "__main__":
    main()
