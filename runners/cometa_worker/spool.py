"""Events between the pipe of a runner and the database.  Contract: runner B.4, X-028, X-048.

As long as the database takes them they pass through memory.  While it is away they are kept: first in memory, then in
an encrypted file of the state folder, and in the end the runner itself is held back.
"""

import json
import logging
import os
import tempfile
import threading
from collections import deque
from pathlib import Path
from typing import Any, BinaryIO, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cometa_core.embedded import private_folder

MEMORY_BYTES: Final = 16 << 20
"""What one attempt keeps in memory."""

FILE_BYTES: Final = 256 << 20
"""What one attempt keeps in its file; beyond it nothing is read from the runner."""

BLOCK_BYTES: Final = 1 << 20
"""Bytes that are encrypted and written at once."""

EXPANSION: Final = 4
"""Memory that an event takes, as a multiple of its line."""

NONCE_BYTES: Final = 12
KEY_BITS: Final = 256

Event = dict[str, Any]

logger = logging.getLogger(__name__)


class EventBuffer:
    """A queue of events with one writer and one reader; the order is kept.

    Args:
        folder: where the file is made; it loses its name at once, so that nothing is left whoever dies.
        memory_bytes: what is kept in memory.
        file_bytes: what the file may hold.

    Attributes:
        held_back: whether the writer waits for room.
    """

    def __init__(self, folder: Path, memory_bytes: int = MEMORY_BYTES, file_bytes: int = FILE_BYTES) -> None:
        self._memory_bytes = memory_bytes
        self._file = _SpoolFile(folder, file_bytes)
        self._changed = threading.Condition()
        # Oldest first: what can be taken, then the blocks of the file, then what becomes the next block.
        self._head: deque[tuple[Event, int]] = deque()
        self._head_bytes = 0
        self._tail: list[bytes] = []
        self._tail_bytes = 0
        self._ended = False
        self._closed = False
        self.held_back = False

    def put(self, event: Event, size: int) -> None:
        """Add an event whose line has ``size`` bytes; waits while neither memory nor file has room."""
        with self._changed:
            self._wait_for_room(size)
            if self._closed:
                return
            if self._is_spooling() or not self._fits(size):
                self._add_to_tail(event)
            else:
                self._head.append((event, size))
                self._head_bytes += size * EXPANSION
            self._changed.notify_all()

    def get(self, seconds: float) -> Event | None:
        """Take the oldest event; None when none comes within so many seconds or none will ever come."""
        with self._changed:
            self._changed.wait_for(lambda: self._head or self._is_spooling() or self._ended, max(seconds, 0))
            if not self._head:
                self._refill()
            if not self._head:
                return None
            event, size = self._head.popleft()
            self._head_bytes -= size * EXPANSION
            self._changed.notify_all()
            return event

    def end(self) -> None:
        """Say that no further event comes."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def is_done(self) -> bool:
        """Tell whether everything was taken and nothing more comes."""
        with self._changed:
            return self._ended and not self._head and not self._is_spooling()

    def close(self) -> None:
        """Drop what is left and let a waiting writer go on."""
        with self._changed:
            self._closed = True
            self._file.close()
            self._head.clear()
            self._tail.clear()
            self._changed.notify_all()

    def _is_spooling(self) -> bool:
        return bool(self._tail) or self._file.has_blocks()

    def _fits(self, size: int) -> bool:
        return not self._head or self._head_bytes + size * EXPANSION <= self._memory_bytes

    def _wait_for_room(self, size: int) -> None:
        def has_room() -> bool:
            waiting = self._is_spooling() or not self._fits(size)
            return self._closed or not waiting or self._tail_bytes < BLOCK_BYTES or self._spill()

        self.held_back = not has_room()
        while self.held_back:
            self._changed.wait()
            self.held_back = not has_room()

    def _add_to_tail(self, event: Event) -> None:
        line = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        self._tail.append(line)
        self._tail_bytes += len(line) + 1

    def _spill(self) -> bool:
        """Write what becomes the next block; False when the file takes no more."""
        if not self._file.write(b"\n".join(self._tail)):
            return False
        self._tail, self._tail_bytes = [], 0
        return True

    def _refill(self) -> None:
        """Read the oldest block, or take what did not become one."""
        lines: list[bytes] = []
        if self._file.has_blocks():
            lines = self._file.read().split(b"\n")
        elif self._tail:
            lines, self._tail, self._tail_bytes = self._tail, [], 0
        self._head.extend((json.loads(line), len(line)) for line in lines)
        self._head_bytes = sum(size for _, size in self._head) * EXPANSION


class _SpoolFile:
    """Encrypted blocks in a file without a name; its key exists in this process alone.

    Args:
        folder: where the file is made at the first block.
        limit: bytes that it may hold.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._cipher = AESGCM(AESGCM.generate_key(KEY_BITS))
        self._stream: BinaryIO | None = None
        self._blocks: deque[tuple[int, int]] = deque()
        self._end = 0

    def has_blocks(self) -> bool:
        """Tell whether there is something to read."""
        return bool(self._blocks)

    def write(self, clear: bytes) -> bool:
        """Add a block; False when the file is as large as it may be or the disk takes no more."""
        nonce = os.urandom(NONCE_BYTES)
        block = nonce + self._cipher.encrypt(nonce, clear, None)
        if self._end + len(block) > self._limit:
            return False
        try:
            stream = self._opened()
            stream.seek(self._end)
            stream.write(block)
            stream.flush()
        except OSError as error:
            logger.warning("Events cannot be spooled, so their runner is held back: %s", error)
            return False
        self._blocks.append((self._end, len(block)))
        self._end += len(block)
        return True

    def read(self) -> bytes:
        """Take the oldest block; with the last one the file becomes empty."""
        offset, length = self._blocks.popleft()
        stream = self._opened()
        stream.seek(offset)
        block = stream.read(length)
        if not self._blocks:
            stream.truncate(0)
            self._end = 0
        return self._cipher.decrypt(block[:NONCE_BYTES], block[NONCE_BYTES:], None)

    def close(self) -> None:
        """Give the file up."""
        self._blocks.clear()
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _opened(self) -> BinaryIO:
        if self._stream is None:
            descriptor, name = tempfile.mkstemp(dir=self._folder)
            Path(name).unlink()
            self._stream = os.fdopen(descriptor, "w+b")
        return self._stream


def spool_folder(data: Path) -> Path:
    """Return the folder of the files; none is seen in it for longer than a moment."""
    return private_folder(private_folder(data) / "spool")
