"""What a run costs beside the same calls without Cometa: a feature of 30 steps, three ways, in turns.

Run by ``make bench``; prints ratios against the budgets of the design.  All three open their own headless Chromium with
the same options, visit the same static pages and make the same checks, without pictures or other evidence:

* through the server: stored, queued, claimed, executed and reported;
* behave with Selenium: one plain step function a sentence, started as ``python -m behave``;
* Selenium alone: the same calls in one script.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bare.calls import FACTS
from rich.console import Console
from rich.progress import track
from rich.table import Table

from cometa_demo.client import ApiClient
from cometa_demo.installation import Installation
from cometa_demo.server import SampleShop

ROUNDS = 7
BARE = Path(__file__).parent / "bare"
SENTENCES = (
    'StartBrowser and call URL "{shop}/{page}"',
    'BrowserTitle is "{title}"',
    'I can see element with css selector "#content"',
    'I can see element with css selector "#footer"',
    'Check if "h1" contains "{heading}" in JS property "innerText"',
    'I move mouse to "h1" and click',
    'I move mouse over "#basket-link"',
    'I can see element with css selector "nav li a"',
    'Check if "#basket-count" contains "0" in JS property "innerText"',
    'I move mouse to "#footer" and click',
)


@dataclass
class Measured:
    """Seconds of one execution: its 30 steps, and everything from the order to the end."""

    steps: float
    whole: float


def main() -> int:
    """Measure in turns and print the table."""
    with tempfile.TemporaryDirectory(prefix="cometa-bench-") as name, SampleShop() as shop:
        folder = Path(name)
        environment = {**os.environ, "COMETA_DATA": str(folder / "data"), "PYTHONWARNINGS": "ignore"}
        with Installation(environment, folder / "log.txt") as installation:
            key = installation.command(
                "api-key", "create", "--email", "bench@example.org", "--role", "SUPERUSER", "--department", "Default"
            )["key"]
            with ApiClient(installation.url, key, 120.0) as client:
                feature_id = store_feature(client, shop.url)
                found = measure(client, feature_id, shop.url)
    show(found)
    return 0


def measure(client: ApiClient, feature_id: int, shop: str) -> dict[str, list[Measured]]:
    """Execute the three forms in turns; the first round only warms up."""
    found: dict[str, list[Measured]] = {"server": [], "behave": [], "selenium": []}
    for number in track(range(ROUNDS + 1), console=Console(stderr=True)):
        measured = {
            "server": through_server(client, feature_id),
            "behave": bare("behave", shop),
            "selenium": bare("selenium", shop),
        }
        for name, one in measured.items():
            found[name] += [one] if number else []
    return found


def sentences(shop: str) -> list[str]:
    """Give the 30 sentences."""
    return [
        sentence.format(shop=shop, page=page, title=title, heading=heading)
        for page, (title, heading) in FACTS.items()
        for sentence in SENTENCES
    ]


def store_feature(client: ApiClient, shop: str) -> int:
    """Store the feature of 30 steps without pictures."""
    body = {
        "feature_name": "Thirty steps",
        "app_id": 1,
        "environment_id": 1,
        "department_id": 1,
        "browsers": [{"browser": "chrome"}],
        "steps_content": [{"step_content": sentence} for sentence in sentences(shop)],
    }
    return int(client.send("POST", "/api/features/", body)["feature_id"])


def through_server(client: ApiClient, feature_id: int) -> Measured:
    """Run the feature and take the times of its steps from the result."""
    begun = time.monotonic()
    answer: dict[str, Any] = client.send("POST", "/exectest/", {"feature_id": feature_id, "wait": True})
    whole = time.monotonic() - begun
    result = answer["results"][0]
    if result["status"] != "Success":
        sys.exit(f"The run ended as {result['status']}: {result}")
    return Measured(result["execution_time_ms"] / 1000, whole)


def bare(form: str, shop: str) -> Measured:
    """Execute one of the forms without Cometa; it prints the seconds of its steps as the last line."""
    command = [sys.executable, "-W", "ignore", str(BARE / "script.py"), shop]
    if form == "behave":
        options = ("--no-summary", "--no-capture", "--format", "null", "--define", f"shop={shop}")
        command = [sys.executable, "-W", "ignore", "-m", "behave", *options, str(BARE)]
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    whole = time.monotonic() - begun
    return Measured(json.loads(done.stdout.strip().splitlines()[-1])["steps"], whole)


def show(found: dict[str, list[Measured]]) -> None:
    """Print medians and the ratios that the design sets budgets for."""
    table = Table("30 steps on static pages", "Steps", "Order to end")
    medians = {
        name: Measured(statistics.median(one.steps for one in many), statistics.median(one.whole for one in many))
        for name, many in found.items()
    }
    for name, median in medians.items():
        table.add_row(name, f"{median.steps * 1000:.0f} ms", f"{median.whole * 1000:.0f} ms")
    server, behave, selenium = (medians[name] for name in ("server", "behave", "selenium"))
    table.add_row(
        "server / behave (budget 1.10)", f"{server.steps / behave.steps:.2f}", f"{server.whole / behave.whole:.2f}"
    )
    table.add_row(
        "beyond Selenium, per step (budget 10 ms)", f"{(server.steps - selenium.steps) / 30 * 1000:.1f} ms", ""
    )
    Console(width=100).print(table)


if __name__ == "__main__":
    sys.exit(main())
