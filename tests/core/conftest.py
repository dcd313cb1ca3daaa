"""Both databases, empty or with the tables of the core."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from cometa_core.db.engine import make_engine
from cometa_core.db.migrations import CORE_SOURCE, upgrade

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.system)]


@pytest.fixture(params=KINDS)
def database_url(request, tmp_path) -> str:
    """Address of an empty database: SQLite in a folder of the test, and PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'database.sqlite3'}"
    return request.getfixturevalue("postgres_server").create_database()


@pytest.fixture
def open_engine() -> Iterator[Callable[[str], Engine]]:
    """Make engines that are closed at the end of the test."""
    opened: list[Engine] = []

    def make(url: str) -> Engine:
        opened.append(make_engine(url))
        return opened[-1]

    yield make
    for engine in opened:
        engine.dispose()


@pytest.fixture
def engine(database_url, open_engine) -> Engine:
    """The engine of an empty database."""
    return open_engine(database_url)


@pytest.fixture
def core_engine(engine) -> Engine:
    """The engine of a database that has the tables of the core."""
    list(upgrade(engine, [CORE_SOURCE]))
    return engine
