"""The event log: everything that happened, in gapless streams.  Contract: runner K.1.

Events are stored in the same transaction as what they report.  The counter of a stream is raised inside that
transaction, so the order of ``seq`` is the order of commits.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cometa_core.contracts.events import EVERYBODY, Audience
from cometa_core.contracts.identity import Identity
from cometa_core.contracts.run import RunEvent, RunInfo
from cometa_core.db.tables import Event, EventStream
from cometa_core.event_bell import ring_after_commit
from cometa_core.scope import Scope

NewEvent = tuple[str, Mapping[str, object]]
"""Type and data of an event that is about to be stored."""

PAGE = 500
"""Events that are read at once."""


def take_numbers(session: Session, stream: str, count: int) -> int:
    """Raise the counter of a stream and return the first of ``count`` new numbers."""
    statement = (
        update(EventStream)
        .where(EventStream.name == stream)
        .values(last_seq=EventStream.last_seq + count)
        .returning(EventStream.last_seq)
        .execution_options(synchronize_session=False)
    )
    last = session.execute(statement).scalar()
    if last is None:
        # Two writers may open a stream at the same time: the second finds it existing.
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        opening = dialect.insert(EventStream).values(name=stream, last_seq=0).on_conflict_do_nothing()
        session.execute(opening)
        last = session.execute(statement).scalar_one()
    return last - count + 1


def append(scope: Scope, run: RunInfo, events: Sequence[NewEvent]) -> list[RunEvent]:
    """Store events of a run and tell plugins after the commit.

    Args:
        scope: unit of work whose transaction reports them.
        run: run and result that they belong to.
        events: type and data of each, in order.

    Returns:
        The stored events with their places in the stream of the run.
    """
    if not events:
        return []
    stream = run_stream(run.run_id)
    first = take_numbers(scope.session, stream, len(events))
    at = scope.now()
    stored = [RunEvent(kind, first + place, at, dict(data)) for place, (kind, data) in enumerate(events)]
    scope.session.execute(insert(Event), [_row(stream, run, event) for event in stored])
    scope.after_commit(lambda: ring_after_commit(scope.runtime, stream))
    scope.after_commit(lambda: _tell(scope, run, stored))
    return stored


def announce(
    scope: Scope,
    kind: str,
    data: Mapping[str, object],
    *,
    department_id: int = 0,
    feature_id: int | None = None,
    audience: Audience = EVERYBODY,
) -> None:
    """Store that an object changed.  Contract: rest-api A7.

    Args:
        scope: unit of work whose transaction changes the object.
        kind: type of the event, for instance ``application.added``.
        data: fields by type, as JSON.
        department_id: department whose members see it; 0 = the whole site.
        feature_id: key of the feature that it is about.
        audience: who of those receives it.
    """
    stream = department_stream(department_id)
    row = {
        "stream": stream,
        "seq": take_numbers(scope.session, stream, 1),
        "type": kind,
        "department_id": department_id,
        "feature_id": feature_id,
        "at": scope.now(),
        "data": dict(data),
        "audience": None if audience == EVERYBODY else asdict(audience),
    }
    scope.session.execute(insert(Event), [row])
    scope.after_commit(lambda: ring_after_commit(scope.runtime, stream))


def run_stream(run_id: int) -> str:
    """Name the stream of a run."""
    return f"run:{run_id}"


def department_stream(department_id: int) -> str:
    """Name the stream of the objects of a department; 0 is the stream of the whole site."""
    return f"department:{department_id}"


def after(session: Session, stream: str, since: int, limit: int) -> Sequence[Event]:
    """Return stored events of a stream after a place, ascending."""
    query = select(Event).where(Event.stream == stream, Event.seq > since).order_by(Event.seq).limit(limit)
    return session.scalars(query).all()


def oldest(session: Session, stream: str) -> int | None:
    """Return the place of the oldest event of a stream that is still kept; None without any."""
    return session.scalar(select(func.min(Event.seq)).where(Event.stream == stream))


def gap_after(session: Session, stream: str, since: int) -> int | None:
    """Return the place of the oldest kept event when some between ``since`` and it are kept no more, else None."""
    first = oldest(session, stream)
    return first if first is not None and first > since + 1 else None


def newest(session: Session, streams: Collection[str]) -> dict[str, int]:
    """Return the place of the newest event of each of some streams; those that never had one are missing."""
    query = select(EventStream.name, EventStream.last_seq).where(EventStream.name.in_(streams))
    return {row.name: row.last_seq for row in session.execute(query)}


def audience_of(event: Event) -> Audience:
    """Return who of those who see the department of an event receives it."""
    if event.audience is None:
        return EVERYBODY
    return Audience(**{name: tuple(values) for name, values in event.audience.items()})


def received(session: Session, stream: str, since: int, identity: Identity) -> Iterator[Event]:
    """Iterate over the stored events of a stream that somebody who sees it receives, ascending.

    Events for others are passed over, so that a page of what is left is only empty at the end of the stream.
    """
    while stored := after(session, stream, since, PAGE):
        yield from (event for event in stored if audience_of(event).includes(identity))
        since = stored[-1].seq


def _row(stream: str, run: RunInfo, event: RunEvent) -> dict[str, object]:
    return {
        "stream": stream,
        "seq": event.seq,
        "type": event.type,
        "department_id": run.department_id,
        "feature_id": run.feature_id,
        "run_id": run.run_id,
        "feature_result_id": run.feature_result_id,
        "at": event.at,
        "data": dict(event.data),
    }


def _tell(scope: Scope, run: RunInfo, events: Sequence[RunEvent]) -> None:
    runtime = scope.runtime
    for event in events:
        runtime.plugins.dispatch.notify("cometa_run_event", run=run, event=event, runtime=runtime)
