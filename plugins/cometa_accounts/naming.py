"""What follows from a name: the key by which names are equal, and the slug.  Contract: rest-api A4.2, A5."""

import unicodedata
from typing import Any

from slugify import slugify
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

LONGEST_KEY = 300
"""A name of 100 characters may become three times as long without case."""

LONGEST_SLUG_BASE = 100


def name_key(name: str) -> str:
    """Return what two names share that differ only in case.

    Databases disagree about the case of letters outside of ASCII, so it is decided here.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def unique_slug(session: Session, column: "InstrumentedAttribute[Any]", name: str, *, own: str | None = None) -> str:
    """Make the slug of a name, with a suffix ``-2``, ``-3`` ... where it is taken.

    Args:
        session: open session.
        column: column that holds the slugs of the table.
        name: name of the row.
        own: slug that the row has now and may keep.
    """
    base = slugify(name, max_length=LONGEST_SLUG_BASE) or "row"
    taken = set(session.scalars(select(column).where(column.like(f"{base}%"))))
    taken.discard(own or "")
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
