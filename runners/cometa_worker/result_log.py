"""The log of a result: first and last half are kept when it grows beyond its limit.  Contract: runner B.5, I.1.

Nothing of it stays in memory but its first megabyte, so that a talkative run does not make its worker grow (X-131).
"""

import tempfile
import threading
from typing import BinaryIO, Final, cast

IN_MEMORY: Final = 1 << 20
"""Bytes of a half that are kept in memory before they go to a nameless file."""

_COPY = 1 << 16


class ResultLog:
    """Collects redacted lines within a limit.

    Attributes:
        limit: bytes that are kept at most.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        self._head = _spool()
        self._head_left = limit // 2
        self._tail = _Ring(limit - limit // 2)

    def add(self, lines: str) -> None:
        """Append one or more lines."""
        data = lines.encode("utf-8", "replace").rstrip(b"\n") + b"\n"
        with self._lock:
            if self._head_left and len(data) <= self._head_left:
                self._head.write(data)
                self._head_left -= len(data)
                return
            if self._head_left:
                # The border is between two lines, whatever was added at once.
                cut = data.rfind(b"\n", 0, self._head_left) + 1
                self._head.write(data[:cut])
                self._head_left, data = 0, data[cut:]
            self._tail.write(data)

    def write_to(self, target: BinaryIO) -> None:
        """Copy everything that was kept, with a marker where bytes were left out."""
        with self._lock:
            self._head.seek(0)
            while block := self._head.read(_COPY):
                target.write(block)
            self._head.seek(0, 2)
            self._tail.write_to(target)

    def content(self) -> bytes:
        """Return everything that was kept; for logs of moderate length."""
        with _spool() as target:
            self.write_to(target)
            target.seek(0)
            return target.read()

    def close(self) -> None:
        """Give up what is kept on disk."""
        with self._lock:
            self._head.close()
            self._tail.close()


class _Ring:
    """The last bytes of all that was written, in a file that never grows beyond its capacity."""

    def __init__(self, capacity: int) -> None:
        self._capacity = max(1, capacity)
        self._file = _spool()
        self._written = 0

    def write(self, data: bytes) -> None:
        skipped = max(0, len(data) - self._capacity)
        self._written += skipped
        rest = memoryview(data)[skipped:]
        while rest:
            place = self._written % self._capacity
            part = rest[: self._capacity - place]
            self._file.seek(place)
            self._file.write(part)
            self._written += len(part)
            rest = rest[len(part) :]

    def write_to(self, target: BinaryIO) -> None:
        if self._written <= self._capacity:
            self._copy(target, 0, self._written)
            return
        begin = self._written % self._capacity
        self._file.seek(begin)
        # Half a line at the begin is left out, too.
        start = self._file.readline(self._capacity - begin)
        whole = start.endswith(b"\n")
        left_out = self._written - self._capacity + (len(start) if whole else 0)
        target.write(f"... {left_out} bytes left out ...\n".encode())
        self._copy(target, begin + (len(start) if whole else 0), self._capacity)
        self._copy(target, 0, begin)

    def close(self) -> None:
        self._file.close()

    def _copy(self, target: BinaryIO, begin: int, end: int) -> None:
        self._file.seek(begin)
        while begin < end:
            block = self._file.read(min(_COPY, end - begin))
            target.write(block)
            begin += len(block)


def _spool() -> BinaryIO:
    return cast("BinaryIO", tempfile.SpooledTemporaryFile(IN_MEMORY))
