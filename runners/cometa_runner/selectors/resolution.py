"""What one poll found.

Contract: runner E.1 point 5, E.5.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Only for the type checker: reading definitions must not load a browser library.
    from selenium.webdriver.remote.webelement import WebElement


@dataclass(frozen=True)
class Place:
    """The document in which was searched.

    Attributes:
        url: its address.
        frame: ``top`` or the name of the frame.
        document: differs between any two documents, even of one address.
        loaded: whether the document and what belongs to it is loaded.
    """

    url: str = ""
    frame: str = ""
    document: float = 0.0
    loaded: bool = False


@dataclass(frozen=True)
class Facts:
    """What the first match is like.

    Attributes:
        description: its start tag, shortened.
        tag: name of the tag in small letters.
        type: kind of an input field, else empty.
        enabled: whether it can be operated.
        checkable: whether it is a box, a radio button or has ``aria-checked``.
        checked: whether it is ticked.
        focused: whether it has the focus.
        editable: whether it is a visible, enabled field that is not read-only.
        covered: what lies over its middle; None when nothing does or nobody asked.
        loaded: for images and frames whether they are loaded.
        value: what was asked to be read; None when it does not exist.
        moving: whether its box changed within two frames; None when nobody asked.
    """

    description: str = ""
    tag: str = ""
    type: str = ""
    enabled: bool = False
    checkable: bool = False
    checked: bool = False
    focused: bool = False
    editable: bool = False
    covered: str | None = None
    loaded: bool = False
    value: str | None = None
    moving: bool | None = None


@dataclass(frozen=True)
class Resolution:
    """Elements that a selector names.

    Attributes:
        given: the selector as written.
        strategy: the one that won; None when there is no match.
        elements: matches in document order, visible ones first (at most as many as were asked for).
        matches: number of all matches of that strategy.
        visible: how many of them are visible, or usable for sentences that act.
        in_shadow: whether the first match lies in a shadow root.
        tried: strategy -> number of matches, in the order of trying.
        described: start tags of the first five.
        target: the element to act on: the first match or its label.
        facts: what the first match is like.
        place: where was searched.
        polls: how many polls it took so far.
        waited_ms: milliseconds since the first of them.
    """

    given: str
    strategy: str | None = None
    elements: tuple["WebElement", ...] = ()
    matches: int = 0
    visible: int = 0
    in_shadow: bool = False
    tried: Mapping[str, int] = field(default_factory=dict)
    described: tuple[str, ...] = ()
    target: "WebElement | None" = None
    facts: Facts = Facts()
    place: Place = Place()
    polls: int = 1
    waited_ms: int = 0

    @classmethod
    def read(cls, given: str, answer: Mapping[str, Any]) -> "Resolution":
        """Build the resolution from the answer of ``resolve.js``."""
        return cls(
            given=given,
            strategy=answer["strategy"],
            elements=tuple(answer["elements"]),
            matches=answer["matches"],
            visible=answer["visible"],
            in_shadow=answer["in_shadow"],
            tried=dict(answer["tried"]),
            described=tuple(answer["described"]),
            target=answer["target"],
            facts=Facts(**(answer["facts"] or {})),
            place=Place(**answer["page"]),
        )

    def as_record(self) -> dict[str, object]:
        """Give the record that is stored with the step.  Contract: runner E.5, X-095."""
        return {
            "given": self.given,
            "strategy": self.strategy,
            "matches": self.matches,
            "visible": self.visible,
            "in_shadow": self.in_shadow,
            "polls": self.polls,
            "waited_ms": self.waited_ms,
        }

    def efforts(self) -> tuple[str, ...]:
        """Say for each strategy what it found, for messages."""
        return tuple(self._effort(strategy, count) for strategy, count in self.tried.items())

    def _effort(self, strategy: str, count: int) -> str:
        if strategy != self.strategy:
            return f"{strategy} {count}"
        return f"{strategy} {counted(count)} ({self.visible or 'none'} visible)"


def counted(matches: int) -> str:
    """Write a number of matches."""
    return "1 match" if matches == 1 else f"{matches} matches"
