"""Runs without a browser, a file of SQLite, a server of PostgreSQL."""

import sqlite3

import psycopg
import pytest
from sqlalchemy import make_url

from cometa_runner.steps import StepFailure, StepLibrary, load_vocabulary
from cometa_runner.steps.plain_context import PlainContext

ORDERS = """
create table orders (id integer primary key, state text, price numeric(10, 2), test integer default 0);
insert into orders values (1, 'paid', 19.90, 0), (2, 'open', 5, 1), (3, null, 7.25, 1);
"""


@pytest.fixture(scope="package")
def vocabulary():
    """The sentences of the library."""
    return load_vocabulary([StepLibrary("database", "cometa_websteps.database", "Databases")])


@pytest.fixture
def run(tmp_path):
    """A run without a browser whose ``uploads/shop.db`` has three orders."""
    made = PlainContext(tmp_path, timeout=5)
    file = sqlite3.connect(tmp_path / "uploads/shop.db")
    file.executescript(ORDERS)
    file.close()
    yield made
    made.close_kept()


@pytest.fixture
def fails(run, say):
    """Give a function that carries out a sentence that must fail, and returns its failure."""

    def fails(sentence: str, timeout: float = 5) -> StepFailure:
        run.timeout = timeout
        with pytest.raises(StepFailure) as failure:
            say(sentence)
        run.timeout = 5
        return failure.value

    return fails


@pytest.fixture
def value(run):
    """Give a function that tells what a variable holds."""
    return lambda name: run.variables.get(name).value


@pytest.fixture(scope="package")
def server_url(postgres_server):
    """A database of PostgreSQL; its orders are made anew for each test that asks for ``postgres``."""
    return postgres_server.create_database()


@pytest.fixture
def postgres(server_url):
    """The URL of a database of PostgreSQL with three orders."""
    url = make_url(server_url)
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        connection.execute("drop table if exists orders")
        for statement in ORDERS.strip().split(";")[:-1]:
            connection.execute(statement)
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.system)])
def shop(request, say):
    """An open database with the name ``shop``, of either kind."""
    if request.param == "sqlite":
        say('Open database "sqlite:///uploads/shop.db" under the name "shop"')
    else:
        url = request.getfixturevalue("postgres").render_as_string(hide_password=False)
        say(f'Open database "{url}" under the name "shop"')
    return request.param
