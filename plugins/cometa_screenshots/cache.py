"""Cache of derived pictures in a folder: bounded, and safe to empty at any time."""

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SHELVES = 256
"""Sub-folders of a cache, by the first two digits of the hash; each is bounded for itself, so that no scan is long."""


@dataclass(frozen=True)
class PictureCache:
    """Files by the SHA-256 of their original and a suffix for the form.

    Attributes:
        folder: where the files are; made when missing.
        limit_bytes: size of all files together; what was written first is dropped first.
    """

    folder: Path
    limit_bytes: int

    def read(self, digest: str, suffix: str) -> bytes | None:
        """Return a cached file; None when it is not there."""
        try:
            return self._place(digest, suffix).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, digest: str, suffix: str, content: bytes) -> None:
        """Add a file; readers see it whole or not at all.

        Args:
            digest: SHA-256 of the original in hexadecimal.
            suffix: form, for instance ``webp``.
            content: bytes of the file.
        """
        place = self._place(digest, suffix)
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as target:
            target.write(content)
        Path(target.name).replace(place)
        self._drop_oldest(place)

    def _place(self, digest: str, suffix: str) -> Path:
        return self.folder / digest[:2] / f"{digest}.{suffix}"

    def _drop_oldest(self, newest: Path) -> None:
        """Make room on the shelf of the newest file, which itself stays."""
        files = []
        for path in newest.parent.iterdir():
            # Another request may have dropped it since it was listed.
            with suppress(FileNotFoundError):
                files.append((path.stat(), path))
        excess = sum(found.st_size for found, _ in files) - self.limit_bytes // SHELVES
        for found, path in sorted(files, key=lambda file: file[0].st_mtime_ns):
            if excess <= 0:
                return
            if path != newest:
                path.unlink(missing_ok=True)
                excess -= found.st_size
