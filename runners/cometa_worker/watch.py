"""The limits that the worker keeps over a runner.  Contract: runner B.5, A.6."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cometa_core.settings import Settings
from cometa_executions.api import Ending, Reason, State


@dataclass
class Watch:
    """Deadlines of one attempt on a monotonic clock.

    Attributes:
        settings: where the limits come from.
        begun_at: moment at which the runner was started.
        heard_at: moment of the last event.
        started_at: moment at which the browser was open.
        step_deadline: moment at which the present step is killed.
        cancelled_at: moment at which the runner was told to cancel.
    """

    settings: Settings
    begun_at: float
    heard_at: float
    started_at: float | None = None
    step_deadline: float | None = None
    cancelled_at: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def hear(self, event: Mapping[str, Any], moment: float) -> None:
        """Take note of an event when it is read, which may be long before it can be written."""
        with self._lock:
            self.heard_at = moment
            if event["type"] == "started":
                self.started_at = moment
            elif event["type"] == "step_begin":
                grace = self.settings.seconds("cometa.limit.step_grace_seconds")
                self.step_deadline = moment + event["deadline_ms"] / 1000 + grace
            elif event["type"] in {"step_end", "step_skip"}:
                self.step_deadline = None

    def put_off(self, seconds: float) -> None:
        """Let time not count in which the runner was held back or this process stood still.  Contract: X-048."""
        with self._lock:
            self.begun_at += seconds
            self.heard_at += seconds
            self.started_at = None if self.started_at is None else self.started_at + seconds
            self.step_deadline = None if self.step_deadline is None else self.step_deadline + seconds

    def violation(self, moment: float) -> Ending | None:
        """Return how the attempt ends because of a limit; None while all are kept."""
        seconds = self.settings.seconds
        if self.cancelled_at is not None and moment > self.cancelled_at + seconds("cometa.limit.cancel_grace_seconds"):
            return Ending(State.CANCELED, Reason.CANCELLED)
        if self.started_at is None:
            if moment > self.begun_at + seconds("cometa.limit.open_seconds"):
                limit = seconds("cometa.limit.open_seconds")
                return Ending(State.ERROR, Reason.NO_BROWSER, f"The browser did not open within {limit:g} seconds.")
        elif moment > self.started_at + seconds("cometa.limit.feature_seconds"):
            limit = seconds("cometa.limit.feature_seconds")
            return Ending(State.TIMEOUT, Reason.FEATURE_LIMIT, f"The feature took longer than {limit:g} seconds.")
        if self.step_deadline is not None and moment > self.step_deadline:
            text = "The step did not end within its timeout and the runner had to be killed."
            return Ending(State.TIMEOUT, Reason.STEP_LIMIT, text)
        if moment > self.heard_at + seconds("cometa.limit.idle_seconds"):
            limit = seconds("cometa.limit.idle_seconds")
            return Ending(State.TIMEOUT, Reason.IDLE_LIMIT, f"The runner gave no sign of life for {limit:g} seconds.")
        return None
