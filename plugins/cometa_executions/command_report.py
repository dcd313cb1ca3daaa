"""The outcome of feature files as a table for people and as a document for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

STYLES = {"Success": "green", "Failed": "red", "Skipped": "yellow"}


@dataclass(frozen=True)
class StepReport:
    """One reported step."""

    name: str
    status: str
    execution_time_ms: int
    error: str | None
    picture: Path | None

    def document(self) -> dict[str, object]:
        """Return the step as JSON."""
        return {
            "name": self.name,
            "status": self.status,
            "execution_time_ms": self.execution_time_ms,
            "error": self.error,
            "screenshots": {"current": str(self.picture) if self.picture else None},
        }


@dataclass(frozen=True)
class FeatureReport:
    """The outcome of one feature."""

    feature: str
    status: str
    reason: str
    total: int
    ok: int
    fails: int
    skipped: int
    execution_time_ms: int
    steps: tuple[StepReport, ...]

    def document(self) -> dict[str, object]:
        """Return the outcome as JSON."""
        return {
            "feature": self.feature,
            "status": self.status,
            "reason": self.reason,
            "total": self.total,
            "ok": self.ok,
            "fails": self.fails,
            "skipped": self.skipped,
            "execution_time_ms": self.execution_time_ms,
            "steps": [step.document() for step in self.steps],
        }


def exit_status(reports: Sequence[FeatureReport]) -> int:
    """Return 0 when every feature ended as Success, else 1."""
    return 0 if all(report.status == "Success" for report in reports) else 1


def show_reports(console: Console, reports: Sequence[FeatureReport]) -> None:
    """Print a table of steps a feature, with the messages of failed steps below it."""
    for report in reports:
        table = Table("#", "Step", "Status", "ms", title=report.feature, title_justify="left")
        for place, step in enumerate(report.steps, start=1):
            status = Text(step.status, STYLES.get(step.status, ""))
            table.add_row(str(place), Text(step.name), status, str(step.execution_time_ms))
        console.print(table)
        for place, step in enumerate(report.steps, start=1):
            if step.error:
                console.print(Text(f"Step {place} failed: {step.error}"))
            if step.picture:
                console.print(Text(f"Step {place} picture: {step.picture}"))
        if report.reason:
            console.print(Text(report.reason))
        summary = f"{report.status}: {report.ok} passed, {report.fails} failed, {report.skipped} skipped"
        console.print(f"{summary} in {report.execution_time_ms / 1000:.2f} s\n")
