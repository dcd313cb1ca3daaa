"""Slugs: unique, readable words of a name.  Contract: rest-api A4.2."""

from typing import Any

from slugify import slugify
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session


def unique_slug(session: Session, column: "InstrumentedAttribute[Any]", name: str, *, own: str | None = None) -> str:
    """Make the slug of a name, with a suffix ``-2``, ``-3`` ... where it is taken.

    Args:
        session: open session.
        column: column that holds the slugs of the table.
        name: name of the row.
        own: slug that the row has now and may keep.
    """
    base = slugify(name) or "row"
    taken = set(session.scalars(select(column).where(column.like(f"{base}%"))))
    taken.discard(own or "")
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
