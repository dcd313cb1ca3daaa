"""The file of ``cometa backup``: one tar.gz with a manifest first, then database, keys and objects of the store.

Members are ``manifest.json``, ``cometa.sqlite3``, ``secrets.json`` and ``artifacts/DEPARTMENT/SHA-256``; there are no
others, so a name can lead nowhere else.  Objects prove themselves by their name, the database by the manifest.
"""

import hashlib
import io
import json
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from cometa_core.errors import ConfigurationError

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "cometa.sqlite3"
KEYS = "secrets.json"
OBJECT = re.compile(r"artifacts/(?P<department>[0-9]{1,18})/(?P<digest>[0-9a-f]{64})")
LARGEST_MANIFEST = 1 << 22
LARGEST_KEYS = 1 << 16
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What an archive holds.

    Attributes:
        version: version of Cometa Core that wrote it.
        made_at: moment in UTC, as text.
        database: ``sha256``, ``size`` and ``rows`` by table; empty without database.
        revisions: revision by history.
        objects: number of objects of the artifact store.
        bytes: their size in all.
        keys: whether the key ring is included.
        settings: settings that were not the defaults, without secrets; hints for the ini of the new place.
        format: number of the format.
    """

    version: str
    made_at: str
    database: dict[str, Any] = field(default_factory=dict)
    revisions: dict[str, str | None] = field(default_factory=dict)
    objects: int = 0
    bytes: int = 0
    keys: bool = False
    settings: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def document(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


class ArchiveWriter:
    """Adds members to an archive that is being written."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive

    def add_text(self, name: str, text: str) -> None:
        """Add a small member."""
        content = text.encode()
        self.add_stream(name, io.BytesIO(content), len(content))

    def add_stream(self, name: str, stream: BinaryIO, size: int, moment: float = 0.0) -> None:
        """Add a member that only its owner may read.

        Args:
            name: name of the member.
            stream: content.
            size: bytes that are read from it.
            moment: seconds since 1970 that the member is from.
        """
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, moment, 0o600
        self._archive.addfile(member, stream)


@contextmanager
def written_archive(path: Path) -> Iterator[ArchiveWriter]:
    """Write an archive under another name and give it its own at the end; a failure leaves no file.

    Raises:
        ConfigurationError: the file exists, or it cannot be written.
    """
    if path.exists():
        raise ConfigurationError(f"The file {path} exists. Name another one, or move it away.")
    part = path.with_name(f".{path.name}.part")
    try:
        part.touch(mode=0o600)
        # Pictures are packed already, so that a higher level would only take longer.
        with tarfile.open(part, "w:gz", compresslevel=1) as archive:
            yield ArchiveWriter(archive)
        part.rename(path)
    except OSError as error:
        reason = error.strerror or error
        raise ConfigurationError(f"The backup {path} cannot be written: {reason}.") from error
    finally:
        part.unlink(missing_ok=True)


class ArchiveReader:
    """Reads the members of an archive one after the other.

    Attributes:
        path: file of the archive.
        manifest: what it holds.
    """

    def __init__(self, path: Path, archive: tarfile.TarFile) -> None:
        self.path = path
        self._archive = archive
        self.manifest = self._read_manifest()

    def _read_manifest(self) -> Manifest:
        member = self._archive.next()
        if member is None or member.name != MANIFEST or not member.isreg() or member.size > LARGEST_MANIFEST:
            raise self.damaged("it does not begin with a manifest")
        try:
            found = json.loads(self.content(member).read())
            if found["format"] != FORMAT:
                raise ConfigurationError(
                    f"{self.path} has the format {found['format']}; this version reads format {FORMAT}. "
                    "Restore it with the version that made it, or a newer one."
                )
            return Manifest(**found)
        except (ValueError, TypeError, KeyError) as error:
            raise self.damaged("its manifest cannot be read") from error

    def members(self) -> Iterator[tarfile.TarInfo]:
        """Iterate over what follows the manifest.

        Raises:
            ConfigurationError: a member that no backup has: another name, a link or a device.
        """
        while (member := self._archive.next()) is not None:
            if not member.isreg() or not (member.name in {DATABASE, KEYS} or OBJECT.fullmatch(member.name)):
                raise self.damaged(f"it holds {member.name!r}, which no backup does")
            yield member

    def content(self, member: tarfile.TarInfo) -> BinaryIO:
        """Open a regular member; must be read before the next one is asked for."""
        return cast("BinaryIO", self._archive.extractfile(member))

    def damaged(self, reason: str) -> ConfigurationError:
        """Return the refusal of a file that cannot be trusted."""
        return not_usable(self.path, reason)


@contextmanager
def read_archive(path: Path) -> Iterator[ArchiveReader]:
    """Open an archive and read its manifest.

    Raises:
        ConfigurationError: the file is missing, damaged or no backup, whenever that turns out.
    """
    if not path.is_file():
        raise ConfigurationError(f"There is no backup {path}.")
    try:
        with tarfile.open(path, "r|gz") as archive:
            yield ArchiveReader(path, archive)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise not_usable(path, error) from error


def not_usable(path: Path, reason: object) -> ConfigurationError:
    """Return the refusal of a file that cannot be trusted."""
    return ConfigurationError(f"{path} is damaged or no backup of Cometa Core: {reason}. Nothing was restored.")


def copied(source: BinaryIO, target: BinaryIO | None) -> str:
    """Copy a stream, or only read it, and return its SHA-256 in hexadecimal."""
    digest = hashlib.sha256()
    while block := source.read(CHUNK_BYTES):
        digest.update(block)
        if target is not None:
            target.write(block)
    return digest.hexdigest()
