"""Storing files of a run without the secrets in them.  Contract: runner G.5, X-118.

Files of steps stay as they are, since a later step may read them again.  What is stored is a copy.
"""

import codecs
import mimetypes
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cometa_core.security.redaction import Redactor

SNIFFED: Final = 8192
"""First bytes of a file that decide whether it is text."""

StoreFile = Callable[[Path], tuple[str, int]]
"""Puts a file into the artifact store; returns its SHA-256 and size."""

_TEXT_TYPES = ("application/json", "application/xml", "application/javascript", "application/x-ndjson")
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def store_masked(path: Path, mime: str | None, redactor: Redactor, store: StoreFile, folder: Path) -> tuple[str, int]:
    """Store a file, a text file with its secrets masked.

    What is inside of archives, spreadsheets and other binary files cannot be masked without making them unreadable.

    Args:
        path: a file of the attempt.
        mime: its type as far as known.
        redactor: knows the secrets.
        store: puts a file into the artifact store.
        folder: where the copy may be for a moment, out of the sight of steps.

    Returns:
        SHA-256 and size of what was stored.
    """
    if not is_text(path, mime):
        return store(path)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix="masked-")
    copy = Path(name)
    try:
        with path.open("rb") as source, os.fdopen(descriptor, "wb") as target:
            redactor.stream(source, target)
        return store(copy)
    finally:
        copy.unlink(missing_ok=True)


def is_text(path: Path, mime: str | None) -> bool:
    """Tell a text file by its type, else by its first bytes: UTF-8 without zeros, or the mark of UTF-16."""
    kind = mime or mimetypes.guess_type(path.name)[0] or ""
    if kind.startswith("text/") or kind in _TEXT_TYPES or kind.endswith(("+json", "+xml")):
        return True
    with path.open("rb") as stream:
        head = stream.read(SNIFFED)
    if head.startswith(_WIDE_MARKS):
        return True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return b"\0" not in head
