"""Opens the browser before the scenario and prints what the steps took after it."""

import json
import sys
import time
from pathlib import Path

from behave.model import Scenario
from behave.runner import Context

sys.path.insert(0, str(Path(__file__).parent))


def before_scenario(context: Context, _scenario: Scenario) -> None:
    """Open the browser."""
    from calls import opened  # noqa: PLC0415 - behave gives the folder of the feature no place in the search path

    context.driver = opened()
    context.begun = time.monotonic()


def after_scenario(context: Context, scenario: Scenario) -> None:
    """Print the seconds and close the browser."""
    seconds = time.monotonic() - context.begun
    context.driver.quit()
    assert scenario.status.name == "passed", scenario.status
    sys.stdout.write(json.dumps({"steps": seconds}) + "\n")
