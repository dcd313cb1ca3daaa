"""Bells of one machine, and a Huey storage on SQLite whose consumers wait for one.  Contract: runner A.7, K.1.

A bell is a datagram socket in a folder; who has news rings every socket that it finds there.  A ring may be lost:
listeners also look once a second.
"""

import os
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from huey.storage import SqliteStorage

READ_TIMEOUT_S = 1.0
LONGEST_FOLDER = 50
"""Longest name of a folder, in bytes, that leaves room for the name of a bell."""


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
            self._take_ring(bell)
        later: bytes | None = super().dequeue()
        return later

    def close(self) -> Any:
        """Close the connection and take this process's bell down."""
        with self._lock:
            if self._bell is not None:
                self._address().unlink(missing_ok=True)
                self._bell.close()
                self._bell = None
        return super().close()

    def _address(self) -> Path:
        return self._folder / f"{self.name}.{os.getpid()}.{id(self)}"

    def _listen(self) -> socket.socket:
        with self._lock:
            if self._bell is None:
                # Takes down what processes that were killed left.
                self._ring()
                self._bell = hang_bell(self._address())
            return self._bell

    def _take_ring(self, bell: socket.socket) -> None:
        # One only: every message rings once, and each is for another of the threads that wait here.
        with suppress(BlockingIOError):
            bell.recv(1)

    def _ring(self) -> None:
        ring_bells(self._folder, f"{self.name}.", b"!")


def hang_bell(address: Path) -> socket.socket:
    """Open a bell that others can ring; whoever hangs it also unlinks it."""
    address.parent.mkdir(parents=True, exist_ok=True)
    address.unlink(missing_ok=True)
    bell = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    bell.setblocking(False)
    with reachable(address.parent) as folder:
        bell.bind(str(folder / address.name))
    return bell


def ring_bells(folder: Path, prefix: str, message: bytes) -> None:
    """Send a message to every bell of a folder whose name begins like this; never waits for anybody."""
    if not folder.is_dir():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender, reachable(folder) as near:
        sender.setblocking(False)
        for address in near.glob(f"{prefix}*"):
            try:
                sender.sendto(message, str(address))
            except ConnectionRefusedError:
                # Its process is gone without taking the bell down.
                address.unlink(missing_ok=True)
            except (BlockingIOError, FileNotFoundError):
                continue


@contextmanager
def reachable(folder: Path) -> Iterator[Path]:
    """Name a folder so that sockets in it can be addressed: addresses are limited to 107 bytes, folders are not."""
    if len(os.fsencode(folder)) <= LONGEST_FOLDER:
        yield folder
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)
