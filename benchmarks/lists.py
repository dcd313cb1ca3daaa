"""How lists grow: the same pages of a small and of a very large installation, and how many statements they cost.

Run by ``make bench``; prints a table.  DESIGN budget: p95 at 1,000,000 step results at most 1.5 times that at 1,000.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import event, insert, text
from webtest import TestApp

from cometa_accounts.api import ensure_account
from cometa_accounts.services.keys import make_key
from cometa_core.app import build_app
from cometa_core.cli.database import seed
from cometa_core.db.migrations import upgrade
from cometa_core.runtime import Runtime, make_runtime
from cometa_executions.api import Result, Run, StepResult
from cometa_features.api import Feature, Step

SMALL, LARGE = 1_000, 100_000
STEPS_A_RESULT = 10
CHUNK = 10_000
CALLS = 60
SHARE = 0.95
ROUTES = (
    "/api/features/?size=50",
    "/api/features/?size=50&page=10",
    "/api/features/?size=50&search=Feature+9",
    "/api/features/500/",
    "/api/feature_results/500/?size=50",
    "/api/feature_results/500/step_results/?size=50",
    "/feature_runs/500/",
    "/steps/500/",
    "/api/step_results/5000/",
)


def main() -> int:
    """Fill an installation twice, measure both times and print the ratios."""
    with tempfile.TemporaryDirectory(prefix="cometa-lists-") as folder:
        runtime = prepared(Path(folder))
        app = TestApp(build_app(runtime), extra_environ={"HTTP_AUTHORIZATION": f"Bearer {key_of(runtime)}"})
        fill(runtime, 0, SMALL)
        small = {route: measure(app, runtime, route) for route in ROUTES}
        fill(runtime, SMALL, LARGE)
        large = {route: measure(app, runtime, route) for route in ROUTES}
        runtime.close()
    show(small, large)
    return 0


def prepared(folder: Path) -> Runtime:
    """Make an empty installation on SQLite, without workers and browsers."""
    settings = {"cometa.data": str(folder), "cometa.browser.local": "false"}
    runtime = make_runtime(settings, environment={})
    list(upgrade(runtime.engine, runtime.histories))
    seed(runtime, {plugin.name for plugin in runtime.plugins.active})
    return runtime


def key_of(runtime: Runtime) -> str:
    """Make an account that sees everything and return its key."""
    with runtime.unit_of_work() as scope:
        account = ensure_account(scope, "bench@example.org", role="SUPERUSER", departments=("Default",))
        scope.session.flush()
        return make_key(scope, account, "bench", ("read", "run", "write", "admin")).text


def fill(runtime: Runtime, first: int, last: int) -> None:
    """Add features from one number to another, each with a step, a run, a result and its step results."""
    numbers = range(first + 1, last + 1)
    chunks = [numbers[start : start + CHUNK] for start in range(0, len(numbers), CHUNK)]
    for chunk in track(chunks, description=f"{last:,} features", console=Console(stderr=True)):
        with runtime.unit_of_work() as scope:
            for model, rows in rows_of(chunk):
                scope.session.execute(insert(model), rows)
    with runtime.engine.connect() as connection:
        connection.execute(text("ANALYZE"))


def rows_of(numbers: range) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """Yield the rows of some features, table by table."""
    now = datetime.now(UTC)
    browser = {"browser": "chrome"}
    yield (
        Feature,
        [
            {"id": number, "feature_name": f"Feature {number}", "slug": f"feature-{number}", "app_id": 1,
             "environment_id": 1, "department_id": 1, "created_on": now, "last_edited_date": now, "steps": 1,
             "browsers": [browser]}
            for number in numbers
        ],
    )  # fmt: skip
    yield (
        Step,
        [
            {"id": number, "feature_id": number, "position": 0, "uuid": f"{number:036}", "content": "Press Enter"}
            for number in numbers
        ],
    )
    yield (
        Run,
        [
            {"id": number, "feature_id": number, "app_id": 1, "environment_id": 1, "created_at": now, "completed": True}
            for number in numbers
        ],
    )
    yield Result, [
        {"id": number, "run_id": number, "feature_id": number, "browser": browser, "run_hash": "0" * 16,
         "state": "Success", "queued_at": now, "attempt": 1, "total": STEPS_A_RESULT, "ok": STEPS_A_RESULT}
        for number in numbers
    ]  # fmt: skip
    yield StepResult, [
        {"result_id": number, "attempt": 1, "sequence": place, "step_name": "Press Enter", "status": "Success",
         "leaf_index": 0, "execution_ms": 10}
        for number in numbers
        for place in range(1, STEPS_A_RESULT + 1)
    ]  # fmt: skip


def measure(app: TestApp, runtime: Runtime, route: str) -> tuple[float, int]:
    """Call a route many times; returns the 95th percentile in milliseconds and the statements of one call."""
    with statements(runtime) as seen:
        answer = app.get(route)
    assert json.loads(answer.body), route
    times = []
    for _ in range(CALLS):
        begun = time.perf_counter()
        app.get(route)
        times.append(time.perf_counter() - begun)
    return statistics.quantiles(times, n=100)[int(SHARE * 100) - 1] * 1000, len(seen)


@contextmanager
def statements(runtime: Runtime) -> Iterator[list[str]]:
    """Collect the statements that are executed meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(runtime.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(runtime.engine, "before_cursor_execute", note)


def show(small: dict[str, tuple[float, int]], large: dict[str, tuple[float, int]]) -> None:
    """Print one line a route."""
    title = f"Lists: p95 of {CALLS} calls at {SMALL:,} and {LARGE:,} features ({LARGE * STEPS_A_RESULT:,} step results)"
    table = Table(title=title)
    for heading in ("route", f"{SMALL:,}", f"{LARGE:,}", "ratio", "statements"):
        table.add_column(heading, justify="left" if heading == "route" else "right")
    for route in ROUTES:
        (before, few), (after, many) = small[route], large[route]
        table.add_row(route, f"{before:.1f} ms", f"{after:.1f} ms", f"{after / before:.2f}", f"{few} / {many}")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
