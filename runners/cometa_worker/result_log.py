"""The log of a result: first and last half are kept when it grows beyond its limit.  Contract: runner B.5, I.1."""

import threading
from collections import deque


class ResultLog:
    """Collects redacted lines in memory within a limit.

    Attributes:
        limit: bytes that are kept at most.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        self._head: list[bytes] = []
        self._head_bytes = 0
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self._left_out = 0

    def add(self, line: str) -> None:
        """Append one line."""
        data = line.encode("utf-8", "replace").rstrip(b"\n") + b"\n"
        with self._lock:
            if not self._tail and self._head_bytes + len(data) <= self.limit // 2:
                self._head.append(data)
                self._head_bytes += len(data)
                return
            self._tail.append(data)
            self._tail_bytes += len(data)
            while self._tail_bytes > self.limit // 2:
                dropped = self._tail.popleft()
                self._tail_bytes -= len(dropped)
                self._left_out += len(dropped)

    def content(self) -> bytes:
        """Return everything that was kept, with a marker where bytes were left out."""
        with self._lock:
            marker = [f"... {self._left_out} bytes left out ...\n".encode()] if self._left_out else []
            return b"".join([*self._head, *marker, *self._tail])
