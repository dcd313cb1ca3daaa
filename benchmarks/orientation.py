"""Figures for orientation: what an idle installation weighs and how soon a browser gets its first command.

Run by ``make bench``; prints a table.  Absolute figures depend on the machine and are never tested.
"""

import os
import statistics
import sys
import tempfile
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.progress import track
from rich.table import Table

from cometa_demo.client import ApiClient
from cometa_demo.installation import Installation
from cometa_demo.server import SampleShop

RUNS = 10
SETTLE_SECONDS = 5.0
SENTENCE = 'StartBrowser and call URL "{url}/"'


def main() -> int:
    """Start an installation, measure it and print what was found."""
    with tempfile.TemporaryDirectory(prefix="cometa-bench-") as name:
        folder = Path(name)
        environment = {**os.environ, "COMETA_DATA": str(folder / "data"), "PYTHONWARNINGS": "ignore"}
        with SampleShop() as shop, Installation(environment, folder / "log.txt") as installation:
            key = installation.command(
                "api-key", "create", "--email", "bench@example.org", "--role", "SUPERUSER", "--department", "Default"
            )["key"]
            with ApiClient(installation.url, key, 120.0) as client:
                feature_id = store_feature(client, shop.url)
                runs = [measure_run(client, feature_id) for _ in track(range(RUNS), console=Console(stderr=True))]
            threading.Event().wait(SETTLE_SECONDS)
            memory = {name: megabytes(process) for name, process in processes_of(folder).items()}
    show(runs, memory)
    return 0


def store_feature(client: ApiClient, url: str) -> int:
    """Store a feature whose first step opens a page."""
    body = {
        "feature_name": "Bench",
        "app_id": 1,
        "environment_id": 1,
        "department_id": 1,
        "browsers": [{"browser": "chrome"}],
        "steps_content": [{"step_content": SENTENCE.format(url=url)}],
    }
    return int(client.send("POST", "/api/features/", body)["feature_id"])


def measure_run(client: ApiClient, feature_id: int) -> dict[str, float]:
    """Run the feature once; returns seconds by what was measured."""
    begun = time.time()
    answer = client.send("POST", "/exectest/", {"feature_id": feature_id})
    answered = time.time()
    moments = wait_for_events(client, answer["run_id"])
    return {
        "POST /exectest/ answered": answered - begun,
        "POST /exectest/ to claimed": moments["result.initializing"] - begun,
        "POST /exectest/ to browser open": moments["result.started"] - begun,
        "POST /exectest/ to first browser command": moments["step.begin"] - begun,
        "POST /exectest/ to finished": moments["result.finished"] - begun,
    }


def wait_for_events(client: ApiClient, run_id: int) -> dict[str, float]:
    """Return the moment of the first event of each type once the run is completed."""
    moments: dict[str, float] = {}
    while "run.completed" not in moments:
        found: list[dict[str, Any]] = client.get("/events/", run_id=str(run_id), limit="500")
        for event in found:
            moments.setdefault(event["type"], datetime.fromisoformat(event["at"]).timestamp())
        threading.Event().wait(0.05)
    return moments


def processes_of(folder: Path) -> dict[str, psutil.Process]:
    """Return the processes of the installation by what they are."""
    found = {}
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
            if process.environ().get("COMETA_DATA") == str(folder / "data"):
                found["worker" if "worker" in line else "web"] = process
            elif "cometa_runner.zygote" in line:
                found["zygote"] = process
        except psutil.Error:
            continue
    return found


def megabytes(process: psutil.Process) -> float:
    """Return the memory that only this process uses."""
    return float(process.memory_full_info().uss) / 1_000_000


def show(runs: list[dict[str, float]], memory: dict[str, float]) -> None:
    """Print the table."""
    table = Table("Figure", "Median", "Worst")
    for name in runs[0]:
        values = [run[name] for run in runs]
        table.add_row(name, f"{statistics.median(values) * 1000:.0f} ms", f"{max(values) * 1000:.0f} ms")
    for name, size in sorted(memory.items()):
        table.add_row(f"idle memory of {name}", f"{size:.0f} MB", "")
    table.add_row("idle memory together", f"{sum(memory.values()):.0f} MB", "")
    Console(width=100).print(table)


if __name__ == "__main__":
    sys.exit(main())
