"""Reading what a runner says without ever blocking its pipes.  Contract: runner B.4."""

import json
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO

BATCH_SECONDS = 0.05
BATCH_EVENTS = 500
MOST_MALFORMED = 100

Event = dict[str, Any]


class EventReader:
    """A thread that turns lines of the event pipe into events.

    Attributes:
        malformed: lines that could not be read.
        gaps: places at which the numbering of events jumped.
    """

    def __init__(self, stream: BinaryIO, redact: Callable[[Any], Any], log: Callable[[str], None]) -> None:
        self._stream = stream
        self._redact = redact
        self._log = log
        self._events: queue.Queue[Event | None] = queue.Queue()
        self._ended = False
        self._last_number = 0
        self.malformed = 0
        threading.Thread(target=self._read, name="events", daemon=True).start()

    def collect(self, seconds: float) -> list[Event]:
        """Wait for events at most this long and return what arrives within one batch."""
        first = self._next(seconds)
        if first is None:
            return []
        batch = [first]
        end = time.monotonic() + BATCH_SECONDS
        while len(batch) < BATCH_EVENTS:
            event = self._next(end - time.monotonic())
            if event is None:
                break
            batch.append(event)
        return batch

    def has_ended(self) -> bool:
        """Tell whether the runner closed its pipe and everything was collected."""
        return self._ended

    def _next(self, seconds: float) -> Event | None:
        if self._ended:
            return None
        try:
            event = self._events.get(timeout=max(seconds, 0))
        except queue.Empty:
            return None
        self._ended = event is None
        return event

    def _read(self) -> None:
        with self._stream:
            for line in self._stream:
                self._take(line)
        self._events.put(None)

    def _take(self, line: bytes) -> None:
        try:
            event = json.loads(line)
            number = int(event["n"])
            str(event["type"])
        except (ValueError, KeyError, TypeError):
            self.malformed += 1
            self._log(f"WARNING An event cannot be read: {line[:200]!r}")
            return
        if number != self._last_number + 1:
            self._log(f"WARNING Event {number} follows event {self._last_number}.")
        self._last_number = number
        self._events.put(self._redact(event))


def read_log(stream: BinaryIO, add: Callable[[str], None]) -> threading.Thread:
    """Read standard output and error of a runner line by line in a thread."""

    def read() -> None:
        with stream:
            for line in stream:
                add(line.decode("utf-8", "replace"))

    thread = threading.Thread(target=read, name="log", daemon=True)
    thread.start()
    return thread
