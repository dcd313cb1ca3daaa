"""Deleting the rows of removed results in short transactions.  Contract: runner I.4, rest-api A5, X-132.

Each transaction holds its results: whoever takes over a file of one, for instance as a baseline, holds it too.
"""

from collections.abc import Sequence

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from cometa_core.db.tables import Event, EventStream
from cometa_core.events import run_stream
from cometa_core.runtime import Runtime
from cometa_executions.models import Artifact, Result, Run, StepResult
from cometa_executions.services.retention_objects import ObjectKey, free_objects
from cometa_executions.services.retention_report import Removed, Tell

BATCH = 50
ROWS = 2000
IN_PLACE = {"synchronize_session": False}


def purge_removed(runtime: Runtime, tell: Tell) -> None:
    """Delete everything of removed results, oldest first; stopped anywhere, it goes on the next time.

    Args:
        runtime: the runtime.
        tell: is told about each batch.
    """
    after = 0
    while True:
        with runtime.reading() as session:
            query = select(Result.id).where(Result.removed, Result.id > after).order_by(Result.id).limit(BATCH)
            result_ids = session.scalars(query).all()
        if not result_ids:
            break
        _purge_files(runtime, result_ids, tell)
        _purge_steps(runtime, result_ids)
        _purge_results(runtime, result_ids, tell)
        after = result_ids[-1]
    _purge_empty_runs(runtime, tell)


def _purge_files(runtime: Runtime, result_ids: Sequence[int], tell: Tell) -> None:
    while True:
        with runtime.unit_of_work() as scope:
            _hold(scope.session, result_ids)
            query = select(Artifact.id, Artifact.department_id, Artifact.sha256)
            found = scope.session.execute(query.where(Artifact.result_id.in_(result_ids)).limit(ROWS)).all()
            gone = delete(Artifact).where(Artifact.id.in_([row.id for row in found]))
            scope.session.execute(gone.execution_options(**IN_PLACE))
        if not found:
            return
        keys: list[ObjectKey] = [(row.department_id, row.sha256) for row in found]
        tell(Removed(artifacts=len(found)))
        tell(free_objects(runtime, keys))


def _purge_steps(runtime: Runtime, result_ids: Sequence[int]) -> None:
    while True:
        with runtime.unit_of_work() as scope:
            _hold(scope.session, result_ids)
            found = scope.session.scalars(
                select(StepResult.id).where(StepResult.result_id.in_(result_ids)).limit(ROWS)
            ).all()
            gone = delete(StepResult).where(StepResult.id.in_(found))
            scope.session.execute(gone.execution_options(**IN_PLACE))
        if not found:
            return


def _purge_results(runtime: Runtime, result_ids: Sequence[int], tell: Tell) -> None:
    with runtime.reading() as session:
        query = select(Result.id, Result.run_id).where(Result.id.in_(result_ids)).order_by(Result.id)
        found = session.execute(query).all()
    for result_id, run_id in found:
        purge_events(runtime, run_stream(run_id), tell, result_id=result_id)
    with runtime.unit_of_work() as scope:
        gone = delete(Result).where(Result.id.in_(result_ids), Result.removed).returning(Result.id)
        count = len(scope.session.scalars(gone.execution_options(**IN_PLACE)).all())
    tell(Removed(results=count))


def _purge_empty_runs(runtime: Runtime, tell: Tell) -> None:
    """Delete removed runs that have no result any more, with their events."""
    empty = Run.removed, ~exists().where(Result.run_id == Run.id)
    while True:
        with runtime.reading() as session:
            run_ids = session.scalars(select(Run.id).where(*empty).order_by(Run.id).limit(BATCH)).all()
        if not run_ids:
            return
        for run_id in run_ids:
            purge_events(runtime, run_stream(run_id), tell)
        with runtime.unit_of_work() as scope:
            names = [run_stream(run_id) for run_id in run_ids]
            scope.session.execute(delete(Run).where(Run.id.in_(run_ids), *empty).execution_options(**IN_PLACE))
            scope.session.execute(delete(EventStream).where(EventStream.name.in_(names)).execution_options(**IN_PLACE))
        tell(Removed(runs=len(run_ids)))


def purge_events(
    runtime: Runtime, stream: str, tell: Tell, *, result_id: int | None = None, until: int | None = None
) -> None:
    """Delete events of a stream in short transactions, oldest first.

    Args:
        runtime: the runtime.
        stream: name of the stream.
        tell: is told about each batch.
        result_id: only those of this result; None: all.
        until: only those up to this place; None: all.
    """
    wanted = [Event.stream == stream]
    if result_id is not None:
        wanted.append(Event.feature_result_id == result_id)
    if until is not None:
        wanted.append(Event.seq <= until)
    while True:
        with runtime.unit_of_work() as scope:
            places = scope.session.scalars(select(Event.seq).where(*wanted).order_by(Event.seq).limit(ROWS)).all()
            gone = delete(Event).where(Event.stream == stream, Event.seq.in_(places))
            scope.session.execute(gone.execution_options(**IN_PLACE))
        if not places:
            return
        tell(Removed(events=len(places)))


def _hold(session: Session, result_ids: Sequence[int]) -> None:
    session.execute(select(Result.id).where(Result.id.in_(result_ids)).order_by(Result.id).with_for_update())
