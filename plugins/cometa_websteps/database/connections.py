"""The databases that a run has open, by the names that its steps gave them.

Contract: steps.json, library database; runner D.2.
"""

import contextlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cometa_runner.egress import watched
from cometa_runner.steps import Deadline, StepContext, StepFailure
from cometa_runner.steps.failure import quoted
from cometa_websteps.database.targets import Manner, Target, target_of

if TYPE_CHECKING:
    # Only runs that open a database load SQLAlchemy.
    from sqlalchemy import Connection

_KEPT = "database.connections"
_QUERY = re.compile(r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(select|with|values|table)\b", re.IGNORECASE | re.DOTALL)
_SHORTEST_STATEMENT_MS = 10
_SERVER_MARGIN_S = 0.2


@dataclass
class Database:
    """An open connection.

    Attributes:
        name: how steps call it.
        target: what was opened.
        connection: SQLAlchemy's connection.
        errors: what a database raises.
    """

    name: str
    target: Target
    connection: "Connection"
    errors: tuple[type[Exception], ...]

    def ask(self, statement: str, most: int, deadline: Deadline) -> tuple[list[str], Sequence[Sequence[Any]]]:
        """Run a query that changes nothing; give the names of its columns and at most this many rows.

        Raises:
            StepFailure: ``database``, ``timeout``, or ``bad-value`` for a statement that gives no rows.
            Cancelled: somebody stopped the run.
        """
        with self._running("the query to be answered", deadline, read_only=True) as connection:
            # Rows come as they are fetched: a query without limit must not fill the memory.
            streamed = _QUERY.match(statement) is not None
            result = connection.exec_driver_sql(statement, execution_options={"stream_results": streamed})
            with contextlib.closing(result):
                if not result.returns_rows:
                    raise StepFailure("bad-value", expected="a query that gives rows", found=quoted(statement))
                return list(result.keys()), result.fetchmany(most)

    def change(self, statement: str, deadline: Deadline) -> int:
        """Run a statement and commit it; give the number of rows it touched, -1 where a statement touches none.

        Raises:
            StepFailure: ``database`` or ``timeout``; nothing is changed then.
            Cancelled: somebody stopped the run.
        """
        with self._running("the statement to be carried out", deadline, read_only=False) as connection:
            result = connection.exec_driver_sql(statement)
            return -1 if result.returns_rows else int(result.rowcount)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    @contextlib.contextmanager
    def _running(self, wanted: str, deadline: Deadline, *, read_only: bool) -> Iterator["Connection"]:
        """Run one statement in a transaction and commit it; what goes wrong becomes a failure of the step."""
        deadline.check()
        connection = self.connection.execution_options(no_parameters=True)
        try:
            # Taken here and not in the thread that watches: a connection that was lost is opened anew by this.
            raw = connection.connection.driver_connection
            with watched(deadline, lambda: self.target.interrupt(raw)), connection.begin():
                for command in self.target.before(Manner(read_only, _milliseconds(deadline))):
                    connection.exec_driver_sql(command)
                yield connection
        except self.errors as error:
            deadline.check()
            if self.target.is_late(error):
                within = f"{wanted} by the database {self.name} within {deadline.seconds:g} s"
                late = StepFailure(
                    "timeout", expected=within, found="it still at work", waited_ms=deadline.elapsed_ms()
                )
                raise late from error
            found = message_of(error, self.target.password)
            raise StepFailure("database", expected=f"{wanted} by the database {self.name}", found=found) from error


class Connections:
    """The open connections of a run by name."""

    def __init__(self) -> None:
        self._open: dict[str, Database] = {}

    def open(self, context: StepContext, url: str, name: str) -> None:
        """Open a connection and try it; one that has the name already is closed.

        Raises:
            StepFailure: ``bad-value`` or ``file`` for an address that cannot be used, ``egress``, ``database``.
        """
        database = _opened(context, url, name)
        former = self._open.pop(name, None)
        if former is not None:
            former.close()
        self._open[name] = database
        database.ask(database.target.probe, 1, context.deadline)
        context.detail(f"Connected to {database.target.label}")

    def known(self, name: str) -> Database:
        """Give an open connection.

        Raises:
            StepFailure: ``database`` when there is none of that name.
        """
        if name not in self._open:
            others = ", ".join(quoted(other) for other in self._open)
            found = f"only {others}" if others else "none"
            raise StepFailure("database", expected=f"an open database with the name {quoted(name)}", found=found)
        return self._open[name]

    def close(self) -> None:
        """Close all connections."""
        while self._open:
            _, database = self._open.popitem()
            database.close()


def connections(context: StepContext) -> Connections:
    """Give the connections of the run."""
    return context.keep(_KEPT, Connections, Connections.close)


def message_of(error: Exception, password: str) -> str:
    """Give what a database says, in one line and without the password that was used."""
    said = " ".join(str(getattr(error, "orig", None) or error).split())
    return said.replace(password, "***") if password else said


def _opened(context: StepContext, text: str, name: str) -> Database:
    from sqlalchemy import NullPool, create_engine, event, exc, make_url  # noqa: PLC0415 - see TYPE_CHECKING above

    try:
        url = make_url(text.strip())
    except (exc.ArgumentError, ValueError) as error:
        expected = "the URL of a database, such as postgresql://user:password@host/name"
        raise StepFailure("bad-value", expected=expected, found="something else") from error
    if url.password:
        context.announce_secret(url.password)
    target = target_of(context, url)
    engine = create_engine(target.url, poolclass=NullPool, connect_args=target.arguments(context.deadline))
    event.listen(engine, "connect", lambda raw, _record: target.prepare(raw))
    errors = (exc.SQLAlchemyError, sqlite3.Warning)
    try:
        return Database(name, target, engine.connect(), errors)
    except errors as error:
        context.deadline.check()
        found = message_of(error, target.password)
        raise StepFailure("database", expected=f"a connection to {target.label}", found=found) from error


def _milliseconds(deadline: Deadline) -> int:
    """Give the time that the server allows: a little less than the step's, so that the connection survives."""
    return max(_SHORTEST_STATEMENT_MS, round((deadline.remaining() - _SERVER_MARGIN_S) * 1000))
