"""How much of a run passes outside of browser calls: a feature of 30 steps on static pages, in this process.

Run by ``make bench``; the budget is 10 %.  The runner is the real one; only its connection to the driver is timed.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Self

from rich.console import Console
from rich.table import Table
from selenium.webdriver.remote.remote_connection import RemoteConnection
from steps import sentences

from cometa_demo.server import SampleShop
from cometa_executions.plan import Plan, PlanDefaults, compile_plan
from cometa_features.api import FeatureText, StepText
from cometa_runner.attempt import FOLDERS, Attempt
from cometa_runner.bridge import PlanRunner
from cometa_runner.channel import ControlChannel, EventChannel
from cometa_runner.steps import Vocabulary, load_vocabulary
from cometa_websteps.plugin import cometa_step_libraries

ROUNDS = 5
BROWSER = {"kind": "local", "family": "chrome", "binary": "/usr/bin/chromium", "driver": "/usr/bin/chromedriver"}


class Timed:
    """Sums what the connections to drivers take while the block lasts."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._usual: Any = RemoteConnection.execute

    def __enter__(self) -> Self:
        def request(connection: RemoteConnection, *arguments: Any, **options: Any) -> Any:
            begun = time.monotonic()
            try:
                return self._usual(connection, *arguments, **options)
            finally:
                self.seconds += time.monotonic() - begun

        RemoteConnection.execute = request  # type: ignore[method-assign]  # the narrowest place that every call passes
        return self

    def __exit__(self, *_: object) -> None:
        RemoteConnection.execute = self._usual  # type: ignore[method-assign]  # see above


def main() -> int:
    """Execute the feature a few times and print the share."""
    vocabulary = load_vocabulary(cometa_step_libraries())
    with SampleShop() as shop:
        shares = [execute(compiled(shop.url, vocabulary), vocabulary) for _ in range(ROUNDS)]
    table = Table("Time of 30 steps outside of browser calls", "Median", "Worst")
    table.add_row("budget 10 %", f"{statistics.median(shares):.1%}", f"{max(shares):.1%}")
    Console(width=100).print(table)
    return 0


def compiled(shop: str, vocabulary: Vocabulary) -> Plan:
    """Compile the feature of the benchmark ``steps``."""
    rows = tuple(StepText(f"{place:08d}", "When", text) for place, text in enumerate(sentences(shop)))
    plan = compile_plan(
        FeatureText(1, "Thirty", 1, continue_on_failure=False, steps=rows), {}, vocabulary, PlanDefaults()
    )
    assert isinstance(plan, Plan), plan
    return plan


def execute(plan: Plan, vocabulary: Vocabulary) -> float:
    """Execute the plan and give the share of its time that no browser call took, 0 to 1."""
    with tempfile.TemporaryDirectory() as name, Path(os.devnull).open("wb") as events:
        for folder in FOLDERS:
            (Path(name) / folder).mkdir()
        message: Any = {
            "feature": {"name": "Thirty"},
            "tree": plan.document()["tree"],
            "workdir": name,
            "libraries": [],
            "browser": BROWSER,
        }
        attempt = Attempt(message, EventChannel(events.fileno()), ControlChannel(0), vocabulary)
        attempt.session.open()
        with Timed() as timed:
            begun = time.monotonic()
            PlanRunner(attempt).execute()
            whole = time.monotonic() - begun
        attempt.session.close()
        if attempt.rows.counts != {"ok": 30, "fails": 0, "skipped": 0}:
            sys.exit(f"The run went wrong: {attempt.rows.counts}")
        return 1 - timed.seconds / whole


if __name__ == "__main__":
    sys.exit(main())
