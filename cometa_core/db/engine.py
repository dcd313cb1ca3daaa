"""One engine for a database URL, set up so that many processes can write at the same time.

SQLite runs with a write-ahead log, a busy time-out and ``BEGIN IMMEDIATE``: a deferred transaction that reads first
and writes later fails at once when another one wrote in between, which no time-out can mend.
"""

import sqlite3
from pathlib import Path
from typing import Any

import pyramid_retry
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError, DatabaseError

from cometa_core.errors import ConfigurationError

BUSY_TIMEOUT_MS = 30_000
CONNECT_TIMEOUT_S = 10


def make_engine(url: str, *, pool_size: int = 20) -> Engine:
    """Create the engine for a URL without connecting.

    Args:
        url: ``sqlite:///FILE`` or ``postgresql://…``.
        pool_size: connections that are kept open at most.

    Raises:
        ConfigurationError: the URL cannot be read or names another database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        example = "sqlite:////var/lib/cometa.db"
        raise ConfigurationError(f"sqlalchemy.url is not a database URL such as {example}.") from error
    if parsed.get_backend_name() == "sqlite":
        # zope.sqlalchemy decides by the full driver name whether savepoints work.
        return _sqlite_engine(parsed.set(drivername="sqlite+pysqlite").render_as_string(hide_password=False))
    if parsed.get_backend_name() == "postgresql":
        return _postgresql_engine(parsed.set(drivername="postgresql+psycopg").render_as_string(False), pool_size)
    raise ConfigurationError(
        f"sqlalchemy.url names {parsed.get_backend_name()}; Cometa Core works with sqlite and postgresql."
    )


def database_file(engine: Engine) -> Path | None:
    """Return the file of an SQLite database; None for databases that are no files."""
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    return Path(name) if name and name != ":memory:" else None


def unusable(engine: Engine, error: DatabaseError) -> ConfigurationError:
    """Turn a driver's complaint into a sentence without credentials."""
    url = engine.url.render_as_string(hide_password=True)
    reason = str(error.orig).strip().splitlines()[0] if error.orig else "no reason given"
    remedy = "Check sqlalchemy.url and that it is running."
    if database_file(engine) is not None:
        remedy = "Check sqlalchemy.url, who may write the file and its folder, and the free space."
    return ConfigurationError(f"The database {url} cannot be used: {reason}. {remedy}")


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        # SQLAlchemy's "begin" event below opens transactions instead of the driver.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        readonly = connection.get_execution_options().get("readonly", False)
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")

    @event.listens_for(engine, "handle_error")
    def retryable(context: ExceptionContext) -> None:
        # pyramid_retry knows PostgreSQL's serialization errors but not SQLite's lock.
        if context.sqlalchemy_exception is not None and "database is locked" in str(context.original_exception):
            pyramid_retry.mark_error_retryable(context.sqlalchemy_exception)

    return engine


def _postgresql_engine(url: str, pool_size: int) -> Engine:
    return create_engine(
        url,
        # What testers store must not reach the log with the traceback of a statement.
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "cometa"},
    )
