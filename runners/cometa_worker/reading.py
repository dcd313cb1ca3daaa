"""Reading what a runner says without ever blocking its pipes.  Contract: runner B.4."""

import io
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from cometa_worker.spool import EventBuffer

BATCH_SECONDS = 0.05
BATCH_EVENTS = 500
MOST_MALFORMED = 100

LONGEST_LINE = 2 << 20
"""Bytes of a line that are kept; a runner sends no longer events."""

BLOCK_BYTES = 1 << 18
"""Bytes of the log that are read at once."""

SHOWN = 200
"""Characters of an event that cannot be used which the log shows."""

# U+0000 and halves of surrogate pairs, which no database stores as text.
UNSTORABLE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")

Event = dict[str, Any]


class EventReader:
    """A thread that turns lines of the event pipe into events.

    Args:
        stream: the pipe.
        redact: masks an event.
        log: takes a line for the result log.
        buffer: keeps what was read until it is collected.
        hear: is told of each event as soon as it is read.

    Attributes:
        malformed: lines that could not be read or used.
    """

    def __init__(
        self,
        stream: BinaryIO,
        redact: Callable[[Any], Any],
        log: Callable[[str], None],
        buffer: EventBuffer,
        hear: Callable[[Event], None],
    ) -> None:
        self._stream = stream
        self._redact = redact
        self._log = log
        self._buffer = buffer
        self._hear = hear
        self._last_number = 0
        self.malformed = 0
        threading.Thread(target=self._read, name="events", daemon=True).start()

    def collect(self, seconds: float) -> list[Event]:
        """Wait for events at most this long and return what arrives within one batch."""
        first = self._buffer.get(seconds)
        if first is None:
            return []
        batch = [first]
        end = time.monotonic() + BATCH_SECONDS
        while len(batch) < BATCH_EVENTS:
            event = self._buffer.get(end - time.monotonic())
            if event is None:
                break
            batch.append(event)
        return batch

    def has_ended(self) -> bool:
        """Tell whether the runner closed its pipe and everything was collected."""
        return self._buffer.is_done()

    def reject(self, event: Event, error: Exception) -> None:
        """Count an event that was read but cannot be used, and keep it in the log."""
        self.malformed += 1
        self._log(f"WARNING An event of type {event['type']} cannot be used ({error!r}): {_begin(str(event))}")

    def _read(self) -> None:
        try:
            with self._stream:
                for line in lines_of(self._stream):
                    self._take(line)
        finally:
            self._buffer.end()

    def _take(self, line: bytes) -> None:
        try:
            event = json.loads(line)
            number = int(event["n"])
            str(event["type"])
        except (ValueError, KeyError, TypeError):
            self.malformed += 1
            self._log(f"WARNING An event cannot be read: {_begin(line.decode('utf-8', 'replace'))}")
            return
        if number != self._last_number + 1:
            self._log(f"WARNING Event {number} follows event {self._last_number}.")
        self._last_number = number
        event = self._redact(storable(event) if UNSTORABLE.search(line) else event)
        try:
            self._hear(event)
        except (KeyError, TypeError) as error:
            self.reject(event, error)
            return
        self._buffer.put(event, len(line))


def read_log(stream: BinaryIO, add: Callable[[str], None]) -> threading.Thread:
    """Read standard output and error of a runner in a thread, as many lines at once as there are.

    A line is never given in parts: what was written in two pieces is one text, in which a secret is found (X-119).
    """

    def read() -> None:
        with stream:
            for block in blocks_of(stream):
                add(block.decode("utf-8", "replace"))

    thread = threading.Thread(target=read, name="log", daemon=True)
    thread.start()
    return thread


def blocks_of(stream: BinaryIO) -> Iterator[bytes]:
    """Yield whole lines together; of a very long one the beginning, with a marker for what was left out.

    Contract: X-131.
    """
    pending, left_out = bytearray(), 0
    while chunk := cast("io.BufferedIOBase", stream).read1(BLOCK_BYTES):
        lines, newline, rest = chunk.rpartition(b"\n")
        if newline and left_out:
            end, _, lines = lines.partition(b"\n")
            pending += marker(left_out + len(end)) + b"\n"
        if newline:
            yield bytes(pending + lines + newline)
            pending, left_out = bytearray(), 0
        room = LONGEST_LINE - len(pending)
        left_out += max(0, len(rest) - room)
        pending += rest[:room]
    if pending:
        yield bytes(pending) + marker(left_out)


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """Yield lines; of a very long one the beginning, with a marker for what was left out.  Contract: X-131."""
    while line := stream.readline(LONGEST_LINE):
        left_out = 0
        rest = line
        while len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE)
            left_out += len(rest)
        yield line + marker(left_out)


def marker(left_out: int) -> bytes:
    """Say how many bytes of a line are left out; nothing where there are none."""
    return f" ... {left_out} bytes left out ...".encode() if left_out else b""


def _begin(text: str) -> str:
    """Cut a text; the mark tells the masking of secrets that one of them may be cut, too."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text) - SHOWN:,} more characters)"


def storable(value: Any) -> Any:
    """Return an event with every character replaced that no database stores."""
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode() if isinstance(value, str) else value
