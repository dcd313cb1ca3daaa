"""An entry of a browser's console, as steps see it.

Contract: runner I.1.
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class ConsoleEntry:
    """One entry.

    Attributes:
        level: ``error`` (uncaught exceptions and failed requests, too), ``warning``, ``info`` or ``debug``.
        text: what was written.
        url: address of the script or document; empty where it is unknown.
        line: line of it, counted from 1.
        at: milliseconds since 1970 by the clock of the browser.
    """

    level: str
    text: str
    url: str
    line: int | None
    at: int

    def as_event(self) -> dict[str, Any]:
        """Give the form of the event ``console``; an unknown address is null there.  Contract: runner B.3."""
        return {**asdict(self), "url": self.url or None, "at": self.at or None}

    def __str__(self) -> str:
        place = f" ({self.url}{f', line {self.line}' if self.line else ''})" if self.url else ""
        return f"{self.level}: {self.text}{place}"
