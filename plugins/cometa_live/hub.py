"""One reader for each stream that somebody follows, however many follow it.  Contract: runner K.1.

The reader wakes when a bell rings and once a second, asks for the newest place of all followed streams with one query,
and reads only those that went on.  Followers read what they missed by themselves and then join at the reader's place,
so that nothing is left out and nothing comes twice.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any, Protocol

from cometa_live.reading import EventLog, EventPage, LiveEvent

logger = logging.getLogger(__name__)

LOOK_S = 1.0
QUERIED_AT_ONCE = 500
PAGES_A_TURN = 5
PATIENCE_S = 0.05
"""How long the reader of a stream waits for followers who are behind before it reads on."""

InThread = Callable[..., Awaitable[Any]]
"""Calls a function with arguments in a thread."""


class Follower(Protocol):
    """Somebody who follows a stream.

    Attributes:
        stream: name of the stream.
        cursor: place of the last event that was passed on.
    """

    stream: str
    cursor: int

    def take(self, event: LiveEvent) -> None:
        """Get an event; returns at once.  One that is known already is passed over."""

    def is_behind(self) -> bool:
        """Tell whether much of what was taken is still unsent."""


class Stream:
    """The followers of one stream and the place up to which they got everything."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.followers: set[Follower] = set()

    async def settled(self) -> None:
        """Give followers who are behind a moment to send what they have."""
        until = asyncio.get_running_loop().time() + PATIENCE_S
        while any(follower.is_behind() for follower in self.followers):
            if asyncio.get_running_loop().time() > until:
                return
            await asyncio.sleep(PATIENCE_S / 10)


class Hub:
    """All followed streams of a live server."""

    def __init__(self, log: EventLog, in_thread: InThread) -> None:
        self._log = log
        self._in_thread = in_thread
        self._streams: dict[str, Stream] = {}
        self._rung: set[str] = set()
        self._ring = asyncio.Event()

    def ring(self, streams: Iterable[str]) -> None:
        """Look at streams now instead of within a second."""
        followed = self._streams.keys() & set(streams)
        if followed:
            self._rung |= followed
            self._ring.set()

    async def page(self, stream: str, since: int) -> EventPage:
        """Read what a follower missed."""
        page: EventPage = await self._in_thread(self._log.page, stream, since)
        return page

    async def gap(self, stream: str, since: int) -> int | None:
        """Return the place of the oldest kept event when some after ``since`` are kept no more."""
        found: int | None = await self._in_thread(self._log.gap, stream, since)
        return found

    def join(self, follower: Follower) -> bool:
        """Let a follower who read everything get what comes.

        Returns:
            False when the reader is ahead of the follower, who has to read once more.
        """
        stream = self._streams.setdefault(follower.stream, Stream(follower.cursor))
        if follower.cursor < stream.last:
            return False
        stream.followers.add(follower)
        # What was stored since the follower's last page rang before it was here.
        self.ring([follower.stream])
        return True

    def leave(self, follower: Follower) -> None:
        """Forget a follower; does nothing when it did not join."""
        stream = self._streams.get(follower.stream)
        if stream is None:
            return
        stream.followers.discard(follower)
        if not stream.followers:
            del self._streams[follower.stream]

    async def run(self) -> None:
        """Read for all followers until cancelled; while the database is away nothing is read."""
        loop = asyncio.get_running_loop()
        next_look = loop.time()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(next_look):
                    await self._ring.wait()
            self._ring.clear()
            names, self._rung = self._rung, set()
            if loop.time() >= next_look:
                next_look = loop.time() + LOOK_S
                names |= self._streams.keys()
            try:
                await self._advance(sorted(names))
            except Exception as error:  # drivers raise whatever they like when the database is away
                logger.warning("The event log cannot be read at the moment: %s", type(error).__name__)
                await asyncio.sleep(LOOK_S)

    async def _advance(self, names: list[str]) -> None:
        for first in range(0, len(names), QUERIED_AT_ONCE):
            newest = await self._in_thread(self._log.newest, names[first : first + QUERIED_AT_ONCE])
            ahead = [name for name, last in newest.items() if name in self._streams and last > self._streams[name].last]
            await asyncio.gather(*(self._read_on(name) for name in ahead))

    async def _read_on(self, name: str) -> None:
        for _ in range(PAGES_A_TURN):
            stream = self._streams.get(name)
            if stream is None:
                return
            page = await self.page(name, stream.last)
            for event in page.events:
                stream.last = event.seq
                for follower in tuple(stream.followers):
                    follower.take(event)
            if page.is_last:
                return
            await stream.settled()
        # However much happens in it, the others have their turn, too.
        self.ring([name])
