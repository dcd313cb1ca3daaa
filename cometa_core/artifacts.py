"""Artifact store: content-addressed bytes in a folder.  Contract: runner I.3.

An object is written to a temporary name, synced and renamed; a row of the artifact table makes it visible.  An object
without a row is invisible, a row without an object cannot occur by order of writing.
"""

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from cometa_core.errors import ConfigurationError, NotFound

CHUNK_BYTES = 1 << 20
DIGEST = re.compile(r"[0-9a-f]{64}")


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


class FolderStore:
    """Artifact store in a local folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, department_id: int, stream: BinaryIO) -> tuple[str, int]:
        """Store a stream; return its SHA-256 in hexadecimal and its size in bytes."""
        incoming = self.root / "incoming"
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

    def free_share(self) -> float:
        """Return the free share of the disk, 0 to 1; nothing is created."""
        usage = shutil.disk_usage(next(folder for folder in (self.root, *self.root.parents) if folder.exists()))
        return usage.free / usage.total

    def _place(self, department_id: int, digest: str) -> Path:
        if not DIGEST.fullmatch(digest):
            raise NotFound("The file is not in the artifact store.")
        return self.root / str(int(department_id)) / digest[:2] / digest


def make_store(url: str) -> FolderStore:
    """Make the artifact store of a URL.

    Raises:
        ConfigurationError: the scheme is not ``file``.
    """
    parts = urlsplit(url)
    if parts.scheme != "file" or not parts.path:
        raise ConfigurationError(f"cometa.artifacts is {url!r}; use file:///FOLDER.")
    return FolderStore(Path(unquote(parts.path)))
