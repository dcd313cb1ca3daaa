"""How many requests a second the API answers, beside a bare Pyramid view with JSON on the same server.

Run by ``make bench``; prints a table.  DESIGN budget: reading one feature reaches at least a quarter of the bare view.
"""

import gc
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3
from lists import key_of, prepared
from pyramid.config import Configurator
from pyramid.request import Request
from rich.console import Console
from rich.table import Table
from waitress.server import create_server

from cometa_core.app import build_app

SECONDS = 4.0
ROUNDS = 5
THREADS = 4
FEATURE = {
    "feature_name": "Buy a book",
    "app_id": 1,
    "environment_id": 1,
    "department_id": 1,
    "steps_content": [{"step_content": "Press Enter"}],
}


def main() -> int:
    """Serve both applications in turn, ask each for a while and print the rates."""
    with tempfile.TemporaryDirectory(prefix="cometa-requests-") as folder:
        runtime = prepared(Path(folder))
        key = key_of(runtime)
        headers = {"Authorization": f"Bearer {key}"}
        with served(build_app(runtime)) as ours, served(bare_app()) as bare:
            pool = urllib3.PoolManager(headers=headers)
            made = pool.request("POST", f"{ours}/api/features/", json=FEATURE)
            routes = {
                "bare Pyramid view": f"{bare}/feature",
                "GET one feature": f"{ours}/api/features/{made.json()['feature_id']}/",
                "GET its steps": f"{ours}/steps/{made.json()['feature_id']}/",
                "GET /health/": f"{ours}/health/",
            }
            # As the server does before its first request.
            gc.collect()
            gc.freeze()
            rounds = [{name: rate(pool, url) for name, url in routes.items()} for _ in range(ROUNDS)]
        runtime.close()
    show({name: statistics.median(found[name] for found in rounds) for name in rounds[0]})
    return 0


def bare_app() -> Any:
    """Build the smallest application that answers JSON."""
    config = Configurator()
    config.add_route("feature", "/feature")
    config.add_view(bare_view, route_name="feature", renderer="json")
    return config.make_wsgi_app()


def bare_view(_request: Request) -> dict[str, Any]:
    """Answer about as much as a feature is."""
    return {**FEATURE, "more": dict.fromkeys(map(str, range(40)), "value")}


@contextmanager
def served(app: Callable[..., Any]) -> Iterator[str]:
    """Serve an application on a free port; the block gets its address."""
    server = create_server(app, host="127.0.0.1", port=0, threads=THREADS)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()


def rate(pool: urllib3.PoolManager, url: str) -> float:
    """Ask one address for a while; returns requests a second of one caller."""
    count, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < SECONDS / ROUNDS:
        answer = pool.request("GET", url)
        assert answer.status == 200, answer.data
        count += 1
    return count / (time.perf_counter() - begun)


def show(rates: dict[str, float]) -> None:
    """Print one line an address."""
    table = Table(title=f"Requests a second of one caller, {THREADS} threads")
    for heading in ("what", "requests/s", "share of the bare view"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    base = next(iter(rates.values()))
    for name, found in rates.items():
        table.add_row(name, f"{found:,.0f}", f"{found / base:.2f}")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
