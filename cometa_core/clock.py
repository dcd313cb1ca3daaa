"""Time that can be replaced: code that decides by time asks a clock and never the module ``time``."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Gives the time of day and a monotonic time."""

    def now(self) -> datetime:
        """Return the present moment in UTC, with time zone."""

    def monotonic(self) -> float:
        """Return seconds that never jump, for durations and deadlines."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the present moment in UTC, with time zone."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never jump, for durations and deadlines."""
        return time.monotonic()
