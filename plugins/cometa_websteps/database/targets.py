"""What can be opened: PostgreSQL over the network, SQLite in files of the run.

Contract: steps.json (Open database), runner B.1, I.2, X-054.
"""

import contextlib
import math
import os
import socket
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from cometa_runner.egress import Denied, Unreachable, permitted
from cometa_runner.egress.dialing import Place
from cometa_runner.steps import Deadline, StepContext, StepFailure
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.file_names import existing_file

if TYPE_CHECKING:
    # Only runs that open a database load SQLAlchemy.
    from sqlalchemy import URL

POSTGRESQL_PORT = 5432

POSTGRESQL_OPTIONS = frozenset({"sslmode", "application_name", "client_encoding"})
"""Parts of a URL after the question mark that may be used; others would name servers or files of the worker."""

LONGEST_CONNECT_SECONDS = 30
"""Seconds that opening may take; less when the step has less."""

CANCEL_SECONDS = 1.0
"""Seconds that a server has to take note of a cancel, and as many to follow it."""

_CANCELED = "57014"
_SHORTEST_CONNECT_SECONDS = 2


@dataclass(frozen=True)
class Manner:
    """How a statement runs.

    Attributes:
        read_only: whether it may change nothing.
        milliseconds: how long it may take.
    """

    read_only: bool
    milliseconds: int


class Target(Protocol):
    """A database that can be opened.

    Attributes:
        url: address for SQLAlchemy.
        label: the address for people, without password.
        password: its password; empty for none.
        probe: query that shows whether the database works.
    """

    url: "URL"
    label: str
    password: str
    probe: str

    def arguments(self, deadline: Deadline) -> dict[str, Any]:
        """Give arguments for the driver."""

    def prepare(self, raw: Any) -> None:
        """Do what has to be done once to the driver's connection."""

    def before(self, manner: Manner) -> list[str]:
        """Give statements that begin the transaction in which the statement of a step runs."""

    def interrupt(self, raw: Any) -> None:
        """Make the statement that runs on the driver's connection give up; called from another thread."""

    def is_late(self, error: Exception) -> bool:
        """Tell whether the database gave up because the time was over."""


class Postgresql:
    """A server of PostgreSQL, at addresses that the egress policy allows.

    Args:
        url: address as written.
        places: the allowed places that its host leads to.
    """

    probe = "select 1"

    def __init__(self, url: "URL", places: list[Place]) -> None:
        self.url = url.set(drivername="postgresql+psycopg", port=url.port or POSTGRESQL_PORT)
        self.label = url.render_as_string(hide_password=True)
        self.password = url.password or ""
        self._places = places

    def arguments(self, deadline: Deadline) -> dict[str, Any]:
        """Pin the connection to the addresses that were checked; the name stays for the certificate.

        Prepared statements are the form of the protocol that takes one statement only.
        """
        seconds = math.ceil(min(deadline.remaining(), LONGEST_CONNECT_SECONDS))
        return {
            "host": ",".join(str(self.url.host) for _ in self._places),
            "hostaddr": ",".join(str(place.address) for place in self._places),
            "connect_timeout": max(seconds, _SHORTEST_CONNECT_SECONDS),
            "prepare_threshold": 0,
            "passfile": os.devnull,
        }

    def prepare(self, raw: Any) -> None:
        """Do nothing."""

    def before(self, manner: Manner) -> list[str]:
        """Let the server refuse changes, and end the statement in time so that the connection can be used again."""
        mode = ["SET TRANSACTION READ ONLY"] if manner.read_only else []
        return [*mode, f"SET LOCAL statement_timeout = {manner.milliseconds}"]

    def interrupt(self, raw: Any) -> None:
        """Ask the server to give up; end the connection when it does not listen."""
        with contextlib.suppress(Exception):  # whatever the reason is: what waits has to go on
            # Over a connection of its own, to the address that was checked.
            raw.cancel_safe(timeout=CANCEL_SECONDS)
            if Deadline(CANCEL_SECONDS).poll(lambda: raw.info.transaction_status.name != "ACTIVE" or None):
                return
        with contextlib.suppress(Exception), socket.socket(fileno=os.dup(raw.fileno())) as stream:
            stream.shutdown(socket.SHUT_RDWR)

    def is_late(self, error: Exception) -> bool:
        """Tell whether ``statement_timeout`` ended a statement."""
        return getattr(getattr(error, "orig", None), "sqlstate", None) == _CANCELED


class Sqlite:
    """A database in a file of the run, or in memory.

    Args:
        url: address whose file was checked.
        label: the address as written.
    """

    probe = "select count(*) from sqlite_master"
    password = ""

    def __init__(self, url: "URL", label: str) -> None:
        self.url = url
        self.label = label

    def arguments(self, deadline: Deadline) -> dict[str, Any]:
        """Wait for a moment for others that write."""
        return {"timeout": min(1.0, deadline.remaining())}

    def prepare(self, raw: sqlite3.Connection) -> None:
        """Keep statements inside of the file: no other one is attached, and its own code is not trusted."""
        raw.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        raw.execute("PRAGMA trusted_schema = OFF")

    def before(self, manner: Manner) -> list[str]:
        """Let SQLite refuse changes."""
        return [f"PRAGMA query_only = {'ON' if manner.read_only else 'OFF'}"]

    def interrupt(self, raw: sqlite3.Connection) -> None:
        """Make the statement give up."""
        raw.interrupt()

    def is_late(self, error: Exception) -> bool:
        """Tell whether a statement was interrupted."""
        return str(getattr(error, "orig", error)) == "interrupted"


def target_of(context: StepContext, url: "URL") -> Target:
    """Check an address before anything is opened.

    Raises:
        StepFailure: ``bad-value`` for what cannot be opened, ``file`` for a file outside of the run, ``egress`` for a
            server that the policy denies, ``database`` for one whose name is unknown.
    """
    kind, _, driver = url.drivername.partition("+")
    if kind == "sqlite" and driver in {"", "pysqlite"}:
        return _sqlite(context, url)
    if kind == "postgresql" and driver in {"", "psycopg"}:
        return _postgresql(context, url)
    raise StepFailure("bad-value", expected="a database of the kind postgresql or sqlite", found=quoted(url.drivername))


def _sqlite(context: StepContext, url: "URL") -> Target:
    label = url.render_as_string(hide_password=True)
    if url.host or url.query:
        raise StepFailure(
            "bad-value", expected="a URL such as sqlite:///uploads/shop.db or sqlite:///:memory:", found=quoted(label)
        )
    name = url.database
    place = None if name in {None, "", ":memory:"} else str(existing_file(context.workdir, str(name)))
    return Sqlite(url.set(drivername="sqlite+pysqlite", database=place), label)


def _postgresql(context: StepContext, url: "URL") -> Target:
    label = url.render_as_string(hide_password=True)
    if not url.host:
        raise StepFailure("bad-value", expected="a URL with the name of a server", found=quoted(label))
    unknown = sorted(set(url.query) - POSTGRESQL_OPTIONS)
    if unknown:
        known = ", ".join(sorted(POSTGRESQL_OPTIONS))
        raise StepFailure("bad-value", expected=f"a URL with no other options than {known}", found=", ".join(unknown))
    try:
        places = permitted(context.settings.egress, url.host, url.port or POSTGRESQL_PORT, context.deadline)
    except Denied as denied:
        raise StepFailure(
            "egress",
            expected=f"{label} to lead where the egress policy allows",
            found=f"{denied.target}, which is denied by {denied.reason}",
        ) from denied
    except Unreachable as problem:
        raise StepFailure("database", expected=f"a connection to {label}", found=str(problem)) from problem
    return Postgresql(url, places)
