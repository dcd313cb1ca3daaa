"""Pages of lists.  Contract: rest-api A1.4."""

import pytest
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship

from cometa_core.security.permission import PUBLIC
from cometa_core.web.dialect import Page
from cometa_core.web.paging import Paging, count, paged
from cometa_core.web.service import Service


class Tables(DeclarativeBase):
    """Tables of this module alone."""


class Shelf(Tables):
    """A parent."""

    __tablename__ = "shelf"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list["Book"]] = relationship(back_populates="shelf", order_by="Book.id")


class Book(Tables):
    """A child."""

    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelf.id"))
    title: Mapped[str]
    shelf: Mapped[Shelf] = relationship(back_populates="books")


@pytest.fixture(scope="module")
def session():
    """Three shelves with two books each, and an empty one."""
    engine = create_engine("sqlite://")
    Tables.metadata.create_all(engine)
    with Session(engine) as session:
        for number in range(1, 4):
            books = [Book(title=f"{number}.{place}") for place in (1, 2)]
            session.add(Shelf(id=number, name=f"Shelf {number}", books=books))
        session.add(Shelf(id=4, name="Empty", books=[]))
        session.flush()
        yield session
    engine.dispose()


@pytest.fixture
def app(serve, session):
    books = Service("books", "/books/")

    @books.get(permission=PUBLIC, query=Paging)
    def list_books(request):
        rows = paged(session, select(Book).order_by(Book.id), request.query_model)
        return Page([book.title for book in rows.items], rows.total)

    return serve(books)


def links_of(answer):
    """Read the header ``Link``: relation -> address."""
    parts = [part.split("; rel=") for part in answer.headers.get("Link", "").split(", ") if part]
    return {relation.strip('"'): address.strip("<>") for address, relation in parts}


def test_a_list_is_a_bare_array_with_its_total(app):
    """R-015."""
    answer = app.get("/books")
    assert answer.json == ["1.1", "1.2", "2.1", "2.2", "3.1", "3.2"]
    assert (answer.headers["X-Total-Count"], links_of(answer)) == ("6", {})


def test_a_page_knows_its_neighbours(app):
    """R-016: with prefix and other parameters."""
    answer = app.get("/backend/books?a=1&page=2&b=%C3%A4+%26&a=2&size=1")
    assert answer.json == ["1.2"]
    others = "a=1&b=%C3%A4+%26&a=2"
    assert links_of(answer) == {
        "next": f"/backend/books?{others}&page=3&size=1",
        "prev": f"/backend/books?{others}&page=1&size=1",
    }


def test_following_the_links_reads_every_row_once(app):
    """R-016."""
    found, address = [], "/backend/books/?size=4"
    while address:
        answer = app.get(address)
        found += answer.json
        address = links_of(answer).get("next")
    assert found == ["1.1", "1.2", "2.1", "2.2", "3.1", "3.2"]


@pytest.mark.parametrize(
    ("query", "rows", "relations"),
    [
        ("page=1&size=6", 6, set()),
        ("page=1&size=5", 5, {"next"}),
        ("page=2&size=5", 1, {"prev"}),
        ("page=3&size=2", 2, {"prev"}),
        ("page=2", 0, {"prev"}),
        ("page=4&size=2", 0, {"prev"}),
        ("page=5&size=2", 0, set()),
        ("page=1000000000&size=5000", 0, set()),
        ("size=5000", 6, set()),
    ],
)
def test_links_lead_only_to_pages_that_exist(app, query, rows, relations):
    """R-017: a page behind the end is empty."""
    answer = app.get(f"/books?{query}", status=200)
    assert (len(answer.json), set(links_of(answer)), answer.headers["X-Total-Count"]) == (rows, relations, "6")


@pytest.mark.parametrize(
    "query",
    ["size=0", "size=5001", "page=x", "page=0", "page=-1", "size=", "page=1.5", "size=1e2", "page=99999999999",
     "page=%EF%BC%91x", "size=10&size=x", "page=1%00"],
)  # fmt: skip
def test_what_is_no_page_is_refused(app, query):
    """R-017: the parameter is named."""
    answer = app.get(f"/books?{query}", status=400)
    assert answer.json["code"] == "invalid_query"
    assert list(answer.json["fields"]) == [query.split("=")[0]]
    assert query.split("=")[0] in answer.json["error"]


@pytest.mark.parametrize(("page", "size", "number", "rows"), [(None, None, 1, 5000), (3, None, 3, 200),
                                                              (None, 7, 1, 7), (2, 5000, 2, 5000)])  # fmt: skip
def test_defaults_of_page_and_size(page, size, number, rows):
    paging = Paging(page=page, size=size)
    assert (paging.number, paging.rows) == (number, rows)


def test_unknown_query_parameters_are_ignored(app):
    assert len(app.get("/books?colour=red&%C3%A4=1", status=200).json) == 6


ON_SHELVES = select(Book).join(Shelf)


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        (select(Shelf), 4),
        (select(Shelf).where(Shelf.id > 9), 0),
        (ON_SHELVES.where(Shelf.name != "Shelf 1"), 4),
        (ON_SHELVES.order_by(Shelf.name.desc(), Book.title), 6),
        (select(Shelf).outerjoin(Book).distinct(), 4),
        (select(Shelf).join(Book).where(Book.title.like("%.%")).distinct(), 3),
        (select(Shelf).join(Book).group_by(Shelf.id).having(func.count(Book.id) > 1), 3),
        (select(Book).options(joinedload(Book.shelf)), 6),
        (select(Shelf).options(joinedload(Shelf.books)), 4),
        (select(Shelf).where(Shelf.id.in_(select(Book.shelf_id))), 3),
    ],
)
def test_the_total_is_the_number_of_rows_without_paging(session, statement, rows):
    assert count(session, statement) == rows
    ordered = statement.order_by(None).order_by(*statement.column_descriptions[0]["entity"].__mapper__.primary_key)
    assert len(paged(session, ordered, Paging()).items) == rows
    first = paged(session, ordered, Paging(page=1, size=2))
    assert (len(first.items), first.total) == (min(rows, 2), rows)


def test_pages_of_rows_with_joined_collections_are_complete(session):
    rows = paged(session, select(Shelf).options(joinedload(Shelf.books)).order_by(Shelf.id), Paging(page=2, size=2))
    assert [(shelf.id, len(shelf.books)) for shelf in rows.items] == [(3, 2), (4, 0)]
