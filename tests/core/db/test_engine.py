"""Engines: many processes write at the same time and none loses anything."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from pyramid_retry import IRetryableError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from cometa_core.db.engine import database_file, make_engine, unusable
from cometa_core.errors import ConfigurationError

COUNT_UP = """
import sys
from sqlalchemy import text
from cometa_core.db.engine import make_engine
engine = make_engine(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with engine.begin() as connection:
        value = connection.execute(text("select value from counter")).scalar_one()
        connection.execute(text("update counter set value = :value"), {"value": value + 1})
"""
PROCESSES, ROUNDS = 6, 20


@pytest.fixture
def counter(tmp_path, open_engine):
    engine = open_engine(f"sqlite:///{tmp_path / 'counter.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(text("create table counter (value integer)"))
        connection.execute(text("insert into counter values (0)"))
    return engine


def value_of(engine):
    with engine.connect() as connection:
        return connection.execute(text("select value from counter")).scalar_one()


def test_processes_that_read_and_then_write_lose_nothing(counter):
    arguments = [sys.executable, "-c", COUNT_UP, counter.url.render_as_string(), str(ROUNDS)]
    processes = [subprocess.Popen(arguments) for _ in range(PROCESSES)]
    assert [process.wait(60) for process in processes] == [0] * PROCESSES
    assert value_of(counter) == PROCESSES * ROUNDS


def test_threads_that_read_and_then_write_lose_nothing(counter):
    def count_up(_):
        with counter.begin() as connection:
            value = connection.execute(text("select value from counter")).scalar_one()
            connection.execute(text("update counter set value = :value"), {"value": value + 1})

    with ThreadPoolExecutor(PROCESSES) as pool:
        list(pool.map(count_up, range(PROCESSES * ROUNDS)))
    assert value_of(counter) == PROCESSES * ROUNDS


def test_reading_takes_no_write_lock_and_sees_one_moment(counter):
    readonly = counter.execution_options(readonly=True)
    with readonly.connect() as reader:
        assert reader.execute(text("select value from counter")).scalar_one() == 0
        with counter.begin() as writer:
            writer.execute(text("update counter set value = 1"))
        assert reader.execute(text("select value from counter")).scalar_one() == 0
    assert value_of(counter) == 1


def test_a_reader_does_not_wait_for_a_writer(counter):
    with counter.begin() as writer:
        writer.execute(text("update counter set value = 1"))
        answered = threading.Event()
        readonly = counter.execution_options(readonly=True)

        def read():
            with readonly.connect() as reader:
                reader.execute(text("select value from counter"))
            answered.set()

        thread = threading.Thread(target=read)
        thread.start()
        assert answered.wait(5)
        thread.join()


def test_foreign_keys_are_checked(engine):
    with engine.connect() as connection, connection.begin():
        connection.execute(text("create table parent (id integer primary key)"))
        connection.execute(text("create table child (parent_id integer references parent (id))"))
    with engine.connect() as connection, pytest.raises(Exception, match=r"(?i)foreign key"):
        connection.execute(text("insert into child values (1)"))


def test_a_lock_of_sqlite_is_worth_another_attempt(counter):
    """So that pyramid_retry repeats the request."""
    with counter.begin() as writer:
        writer.execute(text("update counter set value = 1"))
        with counter.connect() as other:
            other.connection.driver_connection.execute("pragma busy_timeout=0")
            with pytest.raises(OperationalError) as locked:
                other.begin()
            other.connection.invalidate()
    assert IRetryableError.providedBy(locked.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [("nonsense", "is not a database URL"), ("mysql://host/x", "works with sqlite and postgresql")],
)
def test_other_urls_are_refused(url, words):
    with pytest.raises(ConfigurationError, match=words):
        make_engine(url)


def test_an_engine_touches_nothing_before_it_is_used(tmp_path, open_engine):
    engine = open_engine(f"sqlite:///{tmp_path / 'folder' / 'database.sqlite3'}")
    assert database_file(engine) == tmp_path / "folder" / "database.sqlite3"
    assert not (tmp_path / "folder").exists()


def test_only_files_of_sqlite_are_files(open_engine):
    assert database_file(open_engine("sqlite:///:memory:")) is None
    assert database_file(open_engine("postgresql://somewhere/else")) is None


def test_a_database_that_is_away_is_named_without_its_password(open_engine):
    engine = open_engine("postgresql://ada:hunter2@127.0.0.1:1/cometa")
    with pytest.raises(OperationalError) as away:
        engine.connect()
    sentence = str(unusable(engine, away.value))
    assert "postgresql+psycopg://ada:***@127.0.0.1:1/cometa cannot be used" in sentence
    assert "sqlalchemy.url" in sentence
    assert "hunter2" not in sentence
    assert "\n" not in sentence


def test_a_failed_statement_does_not_tell_its_parameters(tmp_path):
    """What testers store must not reach the log with a traceback."""
    engine = make_engine(f"sqlite:///{tmp_path}/x.db")
    with pytest.raises(DBAPIError) as raised, engine.begin() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:secret)"), {"secret": "correct horse battery"})
    engine.dispose()
    assert "correct horse" not in str(raised.value)
