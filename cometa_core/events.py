"""The event log: everything that happened, in gapless streams.  Contract: runner K.1.

Events are stored in the same transaction as what they report.  The counter of a stream is raised inside that
transaction, so the order of ``seq`` is the order of commits.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cometa_core.contracts.run import RunEvent, RunInfo
from cometa_core.db.tables import Event, EventStream
from cometa_core.scope import Scope

NewEvent = tuple[str, Mapping[str, object]]
"""Type and data of an event that is about to be stored."""


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
    stream = f"run:{run.run_id}"
    first = take_numbers(scope.session, stream, len(events))
    at = scope.now()
    stored = [RunEvent(kind, first + place, at, dict(data)) for place, (kind, data) in enumerate(events)]
    scope.session.execute(insert(Event), [_row(stream, run, event) for event in stored])
    scope.after_commit(lambda: _tell(scope, run, stored))
    return stored


def after(session: Session, run_id: int, since: int, limit: int) -> Sequence[Event]:
    """Return stored events of a run after a place, ascending."""
    query = select(Event).where(Event.stream == f"run:{run_id}", Event.seq > since).order_by(Event.seq).limit(limit)
    return session.scalars(query).all()


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
