"""Lists in pages.  Contract: rest-api A1.4."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field
from sqlalchemy import Select, func, inspect, select
from sqlalchemy.orm import Session

from cometa_core.web.validation import Query

LARGEST_SIZE = 5000
USUAL_SIZE = 200
Row = TypeVar("Row")


class Paging(Query):
    """Which page of a list is wanted: only ``page``: 200 rows each; neither: the first 5000 rows."""

    page: Annotated[int, Field(ge=1, le=10**9)] | None = None
    size: Annotated[int, Field(ge=1, le=LARGEST_SIZE)] | None = None

    @property
    def rows(self) -> int:
        """Rows of a page."""
        return self.size or (USUAL_SIZE if self.page is not None else LARGEST_SIZE)

    @property
    def number(self) -> int:
        """Number of the page, from 1."""
        return self.page or 1


@dataclass(frozen=True)
class Rows(Generic[Row]):
    """The rows of one page and the number of rows before paging."""

    items: Sequence[Row]
    total: int


def paged(session: Session, statement: Select[Any], paging: Paging) -> Rows[Any]:
    """Execute a statement for one page.

    Args:
        session: open session.
        statement: select of one entity with a total order.
        paging: which page.
    """
    start = (paging.number - 1) * paging.rows
    items = session.scalars(statement.offset(start).limit(paging.rows)).unique().all()
    if len(items) < paging.rows and (items or start == 0):
        # The end is on this page: counting would only repeat what is known.
        return Rows(items, start + len(items))
    return Rows(items, count(session, statement))


def count(session: Session, statement: Select[Any]) -> int:
    """Count the rows of a select of one entity without reading them."""
    entity = statement.column_descriptions[0]["entity"]
    mapper = inspect(entity).mapper
    # The key instead of all columns: less to carry, and still right for DISTINCT.
    keys = [getattr(entity, mapper.get_property_by_column(column).key) for column in mapper.primary_key]
    bare: Select[Any] = statement.with_only_columns(*keys, maintain_column_froms=True).order_by(None)
    return session.scalar(select(func.count()).select_from(bare.subquery())) or 0
