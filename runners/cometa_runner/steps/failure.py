"""How a step says that it failed, in words for testers.

Contract: runner D.5, D.6 and E.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

ERROR_CODES = frozenset(
    {
        "assertion",
        "not-found",
        "not-visible",
        "not-operable",
        "covered",
        "timeout",
        "bad-value",
        "bad-selector",
        "undefined",
        "ambiguous",
        "not-implemented",
        "script-error",
        "navigation",
        "dialog-open",
        "file",
        "egress",
        "http",
        "database",
        "visual",
        "browser-lost",
        "limit",
        "internal",
    }
)
"""All codes of runner D.6."""

LONGEST_TEXT = 4000
"""Characters after which a text is cut."""


class Cancelled(Exception):
    """The run is to stop; raised by everything that polls a deadline.  Contract: runner A.6."""


@dataclass(eq=False)
class StepFailure(AssertionError):
    """A step failed; ``str()`` is the text for testers.

    An AssertionError, because behave calls a step failed for those and broken for all others.

    Attributes:
        code: one of ``ERROR_CODES``.
        message: first line where "Expected ..., found ..." does not fit; else empty.
        expected: what was wanted, to be read after "Expected".
        found: what was there instead, to be read after "found".
        tried: what was tried, one entry for each way.
        waited_ms: how long it was waited for, milliseconds; None where nothing was waited for.
        page: address of the document, empty where there is none.
        frame: ``top`` or the name of the frame.
    """

    code: str
    message: str = ""
    expected: str = ""
    found: str = ""
    tried: Sequence[str] = ()
    waited_ms: int | None = None
    page: str = field(default="", kw_only=True)
    frame: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        """Check the code and cut long texts."""
        if self.code not in ERROR_CODES:
            raise ValueError(f"{self.code!r} is not a code of a failed step.")
        super().__init__(self.code)
        self.message = shortened(self.message)
        self.expected = shortened(self.expected)
        self.found = shortened(self.found)
        self.tried = tuple(self.tried)

    def __str__(self) -> str:
        """Say what was wanted and found, what was tried for how long, and where.  Contract: runner D.5."""
        # Browsers end their own messages with a full stop, which would be the second one here.
        lines = [self.message or f"Expected {self.expected}, found {self.found.removesuffix('.')}."]
        efforts = [f"Tried: {', '.join(self.tried)}."] if self.tried else []
        if self.waited_ms is not None:
            efforts.append(f"Waited {self.waited_ms / 1000:.1f} s.")
        lines += [" ".join(efforts)] if efforts else []
        places = [("Page", self.page), ("Frame", self.frame), ("Code", self.code)]
        lines.append("  ".join(f"{name}: {value}" for name, value in places if value))
        return "\n".join(lines)


class ElementNotFound(StepFailure):
    """Nothing in the document matches a selector."""


class ElementNotInState(StepFailure):
    """Elements match a selector, but none is as the sentence needs it."""


def shortened(text: str, longest: int = LONGEST_TEXT) -> str:
    """Cut a text and say how much is missing.  Contract: runner D.5."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}... ({len(text) - longest:,} more characters)"


def quoted(text: str, longest: int = 500) -> str:
    """Put a value of a page into quotes for a message, cut where it is long."""
    return f'"{shortened(text, longest)}"'
