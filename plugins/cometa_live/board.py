"""What is known of a run from its events, and how it looks in a terminal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rich.table import Table
from rich.text import Text

from cometa_executions.api import EventOut, State

STYLES = {"Success": "green", "Failed": "red", "Error": "red", "Timeout": "red", "Canceled": "yellow"}
SHOWN_STEPS = 5
"""Newest steps of each result that are shown while a run goes on."""


@dataclass
class StepLine:
    """A step that began, or was skipped; ``status`` is empty while it runs."""

    text: str
    status: str = ""
    duration_ms: int | None = None
    error: str = ""


@dataclass
class ResultLine:
    """A result of the run: its browser, its state, its steps by sequence, and why it ended as it did."""

    browser: str = ""
    state: str = State.QUEUED.value
    message: str = ""
    steps: dict[int, StepLine] = field(default_factory=dict)


class Board:
    """The results of a run, by key, as far as its events tell."""

    def __init__(self) -> None:
        self.results: dict[int, ResultLine] = {}

    def take(self, event: EventOut) -> None:
        """Learn from an event; those that say nothing about a result are passed over."""
        learn = LESSONS.get(event.type)
        if event.feature_result_id is not None and learn is not None:
            learn(self.results.setdefault(event.feature_result_id, ResultLine()), event.data)

    def table(self, most: int | None = SHOWN_STEPS) -> Table:
        """Draw the results with their newest steps.

        Args:
            most: how many steps of each result; None = all.
        """
        table = Table()
        for column in ("result", "step", "state", "ms"):
            table.add_column(column, justify="right" if column == "ms" else "left")
        for key, result in self.results.items():
            head = Text(f"{key} {result.browser}".strip(), style="bold")
            table.add_row(head, Text(result.message), Text(result.state, style=STYLES.get(result.state, "")), "")
            steps = list(result.steps.values())
            for step in steps if most is None else steps[-most:]:
                _add_step(table, step)
        return table


def _add_step(table: Table, step: StepLine) -> None:
    text = Text(step.text)
    if step.error:
        text.append(f"\n{step.error}", style="red")
    duration = "" if step.duration_ms is None else str(step.duration_ms)
    table.add_row("", text, Text(step.status or "...", style=STYLES.get(step.status, "")), duration)


Data = Mapping[str, object]


def _queued(result: ResultLine, data: Data) -> None:
    browser = data.get("browser")
    result.browser = str(browser.get("browser", "")) if isinstance(browser, Mapping) else str(browser or "")


def _initializing(result: ResultLine, _data: Data) -> None:
    # An attempt after another one begins anew.
    result.state, result.message = State.INITIALIZING.value, ""
    result.steps.clear()


def _started(result: ResultLine, _data: Data) -> None:
    result.state = State.RUNNING.value


def _requeued(result: ResultLine, data: Data) -> None:
    result.state, result.message = State.QUEUED.value, str(data.get("reason", ""))


def _step_begun(result: ResultLine, data: Data) -> None:
    _step(result, data).text = f"{data.get('keyword') or ''} {data.get('text') or ''}".strip()


def _step_ended(result: ResultLine, data: Data) -> None:
    step, duration = _step(result, data), data.get("duration_ms")
    step.status, step.error = str(data.get("status") or ""), str(data.get("error") or "")
    step.duration_ms = duration if isinstance(duration, int) else None


def _step_skipped(result: ResultLine, data: Data) -> None:
    _step(result, data).status = "Skipped"


def _step(result: ResultLine, data: Data) -> StepLine:
    number = data.get("seq")
    place = number if isinstance(number, int) else 0
    return result.steps.setdefault(place, StepLine(f"step {place}"))


def _failed(result: ResultLine, data: Data) -> None:
    result.message = str(data.get("message", ""))


def _finished(result: ResultLine, data: Data) -> None:
    result.state = str(data.get("state", ""))


LESSONS: dict[str, Callable[[ResultLine, Data], None]] = {
    "result.queued": _queued,
    "result.initializing": _initializing,
    "result.started": _started,
    "result.requeued": _requeued,
    "result.error": _failed,
    "result.finished": _finished,
    "step.begin": _step_begun,
    "step.end": _step_ended,
    "step.skip": _step_skipped,
}
"""What each type of event says about its result."""
