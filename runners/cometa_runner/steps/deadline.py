"""The one clock of a step: everything that waits polls it.

Contract: runner D.2 and steps section 7.1.
"""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from cometa_runner.steps.failure import Cancelled, StepFailure

FIRST_PAUSE = 0.05
"""Seconds between the first two polls."""

LONGEST_PAUSE = 0.25
"""Seconds between polls after a while; also the longest time until a cancel is noticed without an event."""

_GROWTH = 1.3

Answer = TypeVar("Answer")


class Deadline:
    """How long a step may take, in seconds of the monotonic clock.

    Args:
        seconds: time from now on.
        cancel: set from another thread when the run is to stop; ends every pause at once.
        clock: monotonic seconds; another one in tests.
    """

    def __init__(
        self,
        seconds: float,
        cancel: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds = seconds
        self._cancel = cancel or threading.Event()
        self._clock = clock
        self._begin = clock()

    def remaining(self) -> float:
        """Give the seconds that are left, never below 0."""
        return max(0.0, self._begin + self.seconds - self._clock())

    def elapsed_ms(self) -> int:
        """Give the milliseconds since the deadline was made."""
        return round((self._clock() - self._begin) * 1000)

    def expired(self) -> bool:
        """Tell whether the time is up."""
        return self.remaining() <= 0

    def check(self) -> None:
        """Refuse to go on when the time is up or the run was cancelled.

        Raises:
            Cancelled: somebody stopped the run.
            StepFailure: code ``timeout``.  Contract: runner D.3.
        """
        self._check_cancel()
        if self.expired():
            raise StepFailure(
                "timeout",
                expected=f"the step to end within {self.seconds:g} s",
                found="it still going on",
                waited_ms=self.elapsed_ms(),
            )

    def within(self, seconds: float) -> "Deadline":
        """Make a deadline for a part of the step: the named time, but never beyond this deadline."""
        return Deadline(min(seconds, self.remaining()), self._cancel, self._clock)

    def poll(self, question: Callable[[], Answer | None]) -> Answer | None:
        """Ask until there is an answer: after 50 ms, growing to 250 ms, and a last time at the deadline.

        Args:
            question: returns None while nothing is decided yet.

        Returns:
            The first answer that is not None; None when the time is up.

        Raises:
            Cancelled: somebody stopped the run.
        """
        pause = FIRST_PAUSE
        while True:
            self._check_cancel()
            remaining = self.remaining()
            answer = question()
            if answer is not None or remaining <= 0:
                return answer
            self._cancel.wait(min(pause, self.remaining()))
            pause = min(pause * _GROWTH, LONGEST_PAUSE)

    def pause(self, seconds: float) -> None:
        """Let time pass; the only way for a step to sleep.  Contract: X-075.

        Raises:
            Cancelled: somebody stopped the run.
            StepFailure: code ``timeout`` when the deadline comes first.
        """
        self._cancel.wait(min(seconds, self.remaining()))
        self._check_cancel()
        if seconds > 0:
            self.check()

    def _check_cancel(self) -> None:
        if self._cancel.is_set():
            raise Cancelled
