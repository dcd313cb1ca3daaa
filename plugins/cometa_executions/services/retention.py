"""Retention: what expired or was removed makes room.  Contract: runner I.3, I.4, X-132, X-133."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Select, delete, distinct, func, or_, select

from cometa_core.contracts.change import ResourceChange
from cometa_core.db.tables import Event, EventStream
from cometa_core.events import run_stream
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_executions.models import Artifact, Result, Run
from cometa_executions.services.retention_expiry import expired_results, hide_expired
from cometa_executions.services.retention_objects import orphans, prefixes_of_hour, sweep_objects
from cometa_executions.services.retention_report import Removed, Tell
from cometa_executions.services.retention_rows import purge_events, purge_removed

logger = logging.getLogger(__name__)

OBJECT_EVENTS_KEPT = timedelta(days=7)
MINUTE = 17
"""Minute of the hour in which workers make room."""

AT_ONCE = 500
STREAMS_OF_OBJECTS = EventStream.name.like("department:%")


def make_room_hourly(runtime: Runtime) -> None:
    """Make room once an hour; called each minute in each worker.  Several at once do no harm."""
    now = runtime.clock.now()
    if now.minute == MINUTE:
        make_room(runtime, prefixes_of_hour(now.hour))


def make_room(runtime: Runtime, prefixes: Sequence[str] | None = None, tell: Tell | None = None) -> Removed:
    """Hide expired results, delete everything of removed ones, old events of objects and objects without a row.

    Args:
        runtime: the runtime.
        prefixes: first two digits of the hashes of objects to look at; None: all objects.
        tell: is told what was removed so far.

    Returns:
        What was removed.
    """
    removed = Removed()

    def note(part: Removed) -> None:
        removed.add(part)
        if tell is not None:
            tell(removed)

    last, count = hide_expired(runtime, 0)
    while count:
        note(Removed(expired=count))
        last, count = hide_expired(runtime, last)
    purge_removed(runtime, note)
    _purge_object_events(runtime, note)
    note(sweep_objects(runtime, prefixes))
    if removed != Removed():
        logger.info("Retention removed %s", removed.document())
    return removed


def look_for_room(runtime: Runtime) -> Removed:
    """Count what ``make_room`` would remove, without removing anything.

    Bytes and objects that several results share count once; those that others need too are counted as well.
    """
    with runtime.reading() as session:
        expired = expired_results(session, runtime.clock.now()).subquery()
        going = select(Result.id).where(or_(Result.removed, Result.id.in_(select(expired.c.id))))
        files = select(Artifact.department_id, Artifact.sha256, Artifact.size).where(Artifact.result_id.in_(going))
        unique = files.distinct().subquery()
        runs = select(func.count(distinct(Result.run_id))).where(
            Result.id.in_(going), Result.run_id.not_in(select(Result.run_id).where(Result.id.not_in(going)))
        )
        found = Removed(
            expired=session.scalar(select(func.count()).select_from(expired)) or 0,
            results=session.scalar(select(func.count()).select_from(going.subquery())) or 0,
            runs=session.scalar(runs) or 0,
            artifacts=session.scalar(select(func.count()).where(Artifact.result_id.in_(going))) or 0,
            events=session.scalar(_count_of_events(runtime, going)) or 0,
            objects=session.scalar(select(func.count()).select_from(unique)) or 0,
            bytes=session.scalar(select(func.sum(unique.c.size))) or 0,
        )
    for left in orphans(runtime, None):
        found.add(Removed(objects=1, bytes=left.size))
    return found


def _count_of_events(runtime: Runtime, going: Select[int]) -> Select[int]:
    old = runtime.clock.now() - OBJECT_EVENTS_KEPT
    of_objects = Event.stream.like("department:%") & (Event.at < old)
    return select(func.count()).select_from(Event).where(or_(Event.feature_result_id.in_(going), of_objects))


def _purge_object_events(runtime: Runtime, tell: Tell) -> None:
    """Delete events of objects after seven days; the counters of their streams stay."""
    old = runtime.clock.now() - OBJECT_EVENTS_KEPT
    with runtime.reading() as session:
        query = select(Event.stream, func.max(Event.seq)).join(EventStream, EventStream.name == Event.stream)
        ends = session.execute(query.where(STREAMS_OF_OBJECTS, Event.at < old).group_by(Event.stream)).all()
    for stream, until in ends:
        purge_events(runtime, stream, tell, until=until)


def forget_events_of_feature(change: ResourceChange, scope: Scope) -> None:
    """Delete the events of a feature's runs with it: their rows go by themselves, events reference nothing.

    The files of its results lose their rows, so that the daily look at all objects frees them.
    """
    if (change.kind, change.action) != ("feature", "delete"):
        return
    run_ids = scope.session.scalars(select(Run.id).where(Run.feature_id == change.identifier).order_by(Run.id)).all()
    for start in range(0, len(run_ids), AT_ONCE):
        names = [run_stream(run_id) for run_id in run_ids[start : start + AT_ONCE]]
        for gone in (
            delete(Event).where(Event.stream.in_(names)),
            delete(EventStream).where(EventStream.name.in_(names)),
        ):
            scope.session.execute(gone.execution_options(synchronize_session=False))
