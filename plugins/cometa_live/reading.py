"""Pages of stored events as the texts that are sent; everything here blocks and belongs into threads."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cometa_core.contracts.events import Audience
from cometa_core.events import after, audience_of, gap_after, newest
from cometa_executions.api import EventOut

if TYPE_CHECKING:
    from cometa_core.runtime import Runtime

PAGE_EVENTS = 200
PAGE_CHARACTERS = 1_000_000
"""A page ends after this much text, so that it stays far below what may be unsent."""


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """A stored event, written once for all readers.

    Attributes:
        seq: place in its stream.
        text: what is sent.
        audience: who receives it.
    """

    seq: int
    text: str
    audience: Audience


@dataclass(frozen=True)
class EventPage:
    """Events of one stream, ascending.

    Attributes:
        events: what was found.
        is_last: whether nothing more was stored at that moment.
    """

    events: list[LiveEvent]
    is_last: bool


class EventLog:
    """Reads the event log for live readers."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime

    def page(self, stream: str, since: int) -> EventPage:
        """Read the events after a place."""
        with self._runtime.reading() as session:
            rows = after(session, stream, since, PAGE_EVENTS)
        events: list[LiveEvent] = []
        characters = 0
        for row in rows:
            text = EventOut.model_validate(row, from_attributes=True).model_dump_json()
            events.append(LiveEvent(row.seq, text, audience_of(row)))
            characters += len(text)
            if characters > PAGE_CHARACTERS:
                break
        return EventPage(events, is_last=len(events) < PAGE_EVENTS and len(events) == len(rows))

    def gap(self, stream: str, since: int) -> int | None:
        """Return the place of the oldest kept event when some after ``since`` are kept no more."""
        with self._runtime.reading() as session:
            return gap_after(session, stream, since)

    def newest(self, streams: Collection[str]) -> dict[str, int]:
        """Return the place of the newest event of each stream, with one query for all of them."""
        with self._runtime.reading() as session:
            return newest(session, streams)
