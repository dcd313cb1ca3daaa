"""Artifact store: content-addressed bytes in a folder.  Contract: runner I.3.

An object is written to a temporary name, synced and renamed; a row of the artifact table makes it visible.  An object
without a row is invisible, a row without an object cannot occur by order of writing: ``put`` makes an object young, and
only old ones that no row names are removed.
"""

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from cometa_core.errors import ConfigurationError, NotFound

CHUNK_BYTES = 1 << 20
DIGEST = re.compile(r"[0-9a-f]{64}")
INCOMING = "incoming"


@dataclass(frozen=True)
class StoredObject:
    """An object as it lies in the store.

    Attributes:
        department_id: department under which it is kept.
        digest: SHA-256 in hexadecimal.
        size: bytes.
        put_at: when it was last put.
    """

    department_id: int
    digest: str
    size: int
    put_at: datetime


class ArtifactStore(Protocol):
    """Keeps bytes under the SHA-256 of their content, apart for each department."""

    def put(self, department_id: int, stream: BinaryIO) -> tuple[str, int]:
        """Store a stream; return its SHA-256 in hexadecimal and its size in bytes."""

    def open(self, department_id: int, digest: str) -> BinaryIO:
        """Open stored bytes; raises NotFound."""

    def exists(self, department_id: int, digest: str) -> bool:
        """Tell whether the bytes are stored."""

    def delete(self, department_id: int, digest: str) -> None:
        """Remove the bytes; nothing happens when they are not there."""

    def delete_old(self, department_id: int, digest: str, before: datetime) -> int:
        """Remove the bytes unless they were put at or after a moment; returns how many bytes that were."""

    def stored(self, prefixes: Collection[str] | None = None) -> Iterator[StoredObject]:
        """Iterate over objects whose digests begin with one of some pairs of digits; None: over all."""


class FolderStore:
    """Artifact store in a local folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, department_id: int, stream: BinaryIO) -> tuple[str, int]:
        """Store a stream; return its SHA-256 in hexadecimal and its size in bytes."""
        incoming = self.root / INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        size = 0
        with tempfile.NamedTemporaryFile(dir=incoming, delete=False) as target:
            try:
                while chunk := stream.read(CHUNK_BYTES):
                    digest.update(chunk)
                    target.write(chunk)
                    size += len(chunk)
                target.flush()
                os.fsync(target.fileno())
                place = self._place(department_id, digest.hexdigest())
                place.parent.mkdir(parents=True, exist_ok=True)
                with _locked(place.parent, fcntl.LOCK_SH):
                    Path(target.name).replace(place)
            except BaseException:
                Path(target.name).unlink(missing_ok=True)
                raise
        return digest.hexdigest(), size

    def open(self, department_id: int, digest: str) -> BinaryIO:
        """Open stored bytes; raises NotFound."""
        try:
            return self._place(department_id, digest).open("rb")
        except FileNotFoundError as error:
            raise NotFound("The file is not in the artifact store.") from error

    def exists(self, department_id: int, digest: str) -> bool:
        """Tell whether the bytes are stored."""
        return self._place(department_id, digest).is_file()

    def delete(self, department_id: int, digest: str) -> None:
        """Remove the bytes; nothing happens when they are not there."""
        self._place(department_id, digest).unlink(missing_ok=True)

    def delete_old(self, department_id: int, digest: str, before: datetime) -> int:
        """Remove the bytes unless they were put at or after a moment.

        Whoever puts the same content at this moment either makes it young before it is looked at, or writes it anew
        afterwards.  Nothing is removed while ``keeping_all`` holds.

        Returns:
            Bytes that were freed.
        """
        place = self._place(department_id, digest)
        try:
            with _locked(self.root, fcntl.LOCK_SH | fcntl.LOCK_NB), _locked(place.parent, fcntl.LOCK_EX):
                found = place.stat()
                if found.st_mtime >= before.timestamp():
                    return 0
                place.unlink()
        except (FileNotFoundError, BlockingIOError):
            return 0
        return found.st_size

    def stored(self, prefixes: Collection[str] | None = None) -> Iterator[StoredObject]:
        """Iterate over objects whose digests begin with one of some pairs of digits; None: over all."""
        for shard in sorted(self.root.glob("*/??")):
            if not shard.parent.name.isdecimal() or (prefixes is not None and shard.name not in prefixes):
                continue
            with os.scandir(shard) as entries:
                for entry in entries:
                    if DIGEST.fullmatch(entry.name) and (found := _stat_of(entry)):
                        put_at = datetime.fromtimestamp(found.st_mtime, UTC)
                        yield StoredObject(int(shard.parent.name), entry.name, found.st_size, put_at)

    def clear_incoming(self, before: datetime) -> int:
        """Remove what writers left half written before a moment, because they were killed; returns freed bytes."""
        freed = 0
        for left in (self.root / INCOMING).glob("*"):
            try:
                found = left.stat()
                if found.st_mtime < before.timestamp():
                    left.unlink()
                    freed += found.st_size
            except FileNotFoundError:
                continue
        return freed

    @contextmanager
    def keeping_all(self) -> Iterator[None]:
        """Let ``delete_old`` of all processes remove nothing meanwhile, for a copy of what rows of one moment name."""
        self.root.mkdir(parents=True, exist_ok=True)
        with _locked(self.root, fcntl.LOCK_EX):
            yield

    def place_of(self, found: StoredObject) -> Path:
        """Return the file of an object."""
        return self._place(found.department_id, found.digest)

    def free_share(self) -> float:
        """Return the free share of the disk, 0 to 1; nothing is created."""
        usage = shutil.disk_usage(next(folder for folder in (self.root, *self.root.parents) if folder.exists()))
        return usage.free / usage.total

    def _place(self, department_id: int, digest: str) -> Path:
        if not DIGEST.fullmatch(digest):
            raise NotFound("The file is not in the artifact store.")
        return self.root / str(int(department_id)) / digest[:2] / digest


@contextmanager
def _locked(folder: Path, operation: int) -> Iterator[None]:
    """Hold a lock on a folder, for processes and threads alike; it goes with its holder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, operation)
        yield
    finally:
        os.close(descriptor)


def _stat_of(entry: "os.DirEntry[str]") -> os.stat_result | None:
    """Look at an entry of a folder; None when it is gone or no file."""
    try:
        return entry.stat(follow_symlinks=False) if entry.is_file(follow_symlinks=False) else None
    except FileNotFoundError:
        return None


def make_store(url: str) -> FolderStore:
    """Make the artifact store of a URL.

    Raises:
        ConfigurationError: the scheme is not ``file``.
    """
    parts = urlsplit(url)
    if parts.scheme != "file" or not parts.path:
        raise ConfigurationError(f"cometa.artifacts is {url!r}; use file:///FOLDER.")
    return FolderStore(Path(unquote(parts.path)))
