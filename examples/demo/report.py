"""The outcomes as tables for people.  Texts of steps and pages are printed as they are, never read as markup."""

from collections.abc import Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cometa_demo.next_commands import NextCommand
from cometa_demo.outcomes import FeatureOutcome, StepOutcome, screenshot_path, screenshot_url

PAPER_WIDTH = 120
"""Least columns of a table that goes to a file or pipe, which has no width of its own."""

STYLES = {"Success": "green", "Failed": "red", "Canceled": "yellow", "Skipped": "dim"}


def show_outcome(console: Console, outcome: FeatureOutcome, url: str) -> None:
    """Print a feature: title, table of its steps, messages of failures in full, summary.

    Args:
        console: where to print.
        outcome: what to print.
        url: address of the server without closing slash, for links to pictures.
    """
    parts: list[RenderableType] = [Text(f"{outcome.sample.name}: {outcome.sample.why}", "bold")]
    if outcome.steps:
        parts.append(_table(outcome.steps))
    parts.extend(_picture_lines(outcome.steps, url))
    parts.extend(_failure(step) for step in outcome.steps if step.error)
    if outcome.reason:
        parts.append(Padding(Text(outcome.reason), (0, 0, 0, 2)))
    if not console.is_terminal:
        console.width = max(console.width, PAPER_WIDTH)
    console.print(Group(*parts, "", summary(outcome), "\n"), soft_wrap=False)


def summary(outcome: FeatureOutcome) -> Text:
    """Say in one line how a feature ended and how it was meant to end."""
    seconds = f"{outcome.milliseconds / 1000:.2f} s"
    if outcome.as_intended:
        return Text(f"✓ {outcome.status}, as intended, in {seconds}", "green")
    return Text(f"✗ {outcome.status}, but {outcome.sample.intended} was intended, in {seconds}", "bold red")


def show_end(console: Console, outcomes: Sequence[FeatureOutcome], commands: Sequence[NextCommand]) -> None:
    """Print the sum of all features and the commands to try next, each with its purpose."""
    good = sum(outcome.as_intended for outcome in outcomes)
    style = "bold green" if good == len(outcomes) else "bold red"
    console.print(Text(f"{good} of {len(outcomes)} features ended as intended.", style))
    console.print("\nTry next:")
    for found in commands:
        # One line each, however narrow the terminal is: they are made to be copied.
        console.print(Text.assemble(("  # ", "dim"), (found.purpose, "dim"), "\n  ", found.command), soft_wrap=True)


def _table(steps: Sequence[StepOutcome]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("Step", overflow="fold", ratio=1)
    table.add_column("Status", no_wrap=True)
    table.add_column("Time", justify="right", no_wrap=True)
    table.add_column("Screenshot", no_wrap=True)
    for step in steps:
        table.add_row(
            str(step.number),
            Text(f"{step.called}: {step.text}" if step.called else step.text),
            Text(step.status, STYLES.get(step.status, "")),
            f"{step.milliseconds / 1000:.2f} s",
            screenshot_path(step.screenshot),
        )
    return table


def _picture_lines(steps: Sequence[StepOutcome], url: str) -> list[Text]:
    """Return the whole address of every picture, since the table has no room for it."""
    return [
        Text(f"  Picture of step {step.number}: {screenshot_url(url, step.screenshot)}", "dim", overflow="ignore")
        for step in steps
        if step.screenshot
    ]


def _failure(step: StepOutcome) -> Padding:
    head = Text(f"Step {step.number} failed: {step.text}" if step.status == "Failed" else step.text, "bold red")
    return Padding(Text.assemble(head, "\n", step.error), (1, 0, 0, 2))
