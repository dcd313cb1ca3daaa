"""A Huey storage on SQLite whose consumers wait for a bell instead of polling.  Contract: runner A.7.

Each consuming process listens on a datagram socket in a folder beside the queue; whoever enqueues rings every socket
that it finds there.  A ring may be lost: consumers also look once a second.
"""

import os
import select
import socket
import threading
from pathlib import Path
from typing import Any

from huey.storage import SqliteStorage

READ_TIMEOUT_S = 1.0


class DoorbellSqliteStorage(SqliteStorage):  # type: ignore[misc]  # huey ships no types
    """SqliteStorage with a ``dequeue`` that blocks until something is enqueued or a second has passed."""

    blocking = True

    def __init__(self, name: str, filename: str, **options: Any) -> None:
        super().__init__(name, filename=filename, **options)
        self._folder = Path(f"{filename}.bells")
        self._bell: socket.socket | None = None
        self._lock = threading.Lock()

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        """Store a message and ring every consumer of this queue."""
        super().enqueue(data, priority)
        self._ring()

    def dequeue(self) -> bytes | None:
        """Return the next message, waiting up to a second for one."""
        found: bytes | None = super().dequeue()
        if found is not None:
            return found
        bell = self._listen()
        ready, _, _ = select.select([bell], [], [], READ_TIMEOUT_S)
        if ready:
            self._quiet(bell)
        later: bytes | None = super().dequeue()
        return later

    def close(self) -> Any:
        """Close the connection and take this process's bell down."""
        with self._lock:
            if self._bell is not None:
                Path(self._bell.getsockname()).unlink(missing_ok=True)
                self._bell.close()
                self._bell = None
        return super().close()

    def _listen(self) -> socket.socket:
        with self._lock:
            if self._bell is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                address = self._folder / f"{self.name}.{os.getpid()}.{id(self)}"
                address.unlink(missing_ok=True)
                self._bell = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                self._bell.setblocking(False)
                self._bell.bind(_short(address))
            return self._bell

    def _quiet(self, bell: socket.socket) -> None:
        try:
            while bell.recv(1):
                pass
        except BlockingIOError:
            return

    def _ring(self) -> None:
        if not self._folder.is_dir():
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            for address in self._folder.glob(f"{self.name}.*"):
                try:
                    sender.sendto(b"!", _short(address))
                except ConnectionRefusedError:
                    # Its process is gone without taking the bell down.
                    address.unlink(missing_ok=True)
                except (BlockingIOError, FileNotFoundError):
                    continue


def _short(address: Path) -> str:
    """Name a socket relative to the working folder where that is shorter: addresses are limited to 107 bytes."""
    return min(str(address), os.path.relpath(address), key=len)
