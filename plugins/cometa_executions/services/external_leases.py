"""External runners that went silent or take too long; workers watch their own.  Contract: rest-api A1.8, R-065, R-066.

An active result without a worker is executed by an external runner.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.orm import joinedload

from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_executions.models import Result, Task
from cometa_executions.services.finish import Ending, end_result
from cometa_executions.services.reading import run_info
from cometa_executions.states import ACTIVE, Reason, State

SILENT_TEXT = "The runner of this result did not report any more. Look for its process and start the feature again."
LIMIT_TEXT = "The feature took longer than cometa.limit.feature_seconds allows."


def end_external(runtime: Runtime) -> None:
    """End the results of external runners that somebody cancelled, that take too long, or whose runner is silent."""
    settings, now = runtime.settings, runtime.clock.now()
    longest = timedelta(seconds=settings.seconds("cometa.limit.feature_seconds"))
    lease = timedelta(seconds=settings.seconds("cometa.external_lease"))
    _end_all(runtime, Result.cancel_requested_at.is_not(None), None)
    _end_all(runtime, Result.started_at < now - longest, Ending(State.TIMEOUT, Reason.FEATURE_LIMIT, LIMIT_TEXT))
    lost = or_(Result.reported_at < now - lease, Task.ended_at < now - lease)
    _end_all(runtime, lost, Ending(State.ERROR, Reason.WORKER_LOST, SILENT_TEXT))


def _end_all(runtime: Runtime, condition: ColumnElement[bool], ending: Ending | None) -> None:
    with runtime.reading() as session:
        found = session.scalars(_external(condition)).unique().all()
    for seen in found:
        with runtime.unit_of_work() as scope:
            if _unchanged(scope, seen):
                end_result(scope, run_info(seen), State(seen.state), ending or cancelled(seen))


def _external(condition: ColumnElement[bool]) -> Select[Result]:
    return (
        select(Result)
        .outerjoin(Task, Task.result_id == Result.id)
        .options(joinedload(Result.feature))
        .where(Result.state.in_([state.value for state in ACTIVE]), Result.worker == "", condition)
        .order_by(Result.id)
    )


def _unchanged(scope: Scope, seen: Result) -> bool:
    """Tell whether the runner did not report since the look; holds the row until the end of the transaction."""
    statement = (
        update(Result)
        .where(
            Result.id == seen.id,
            Result.state == seen.state,
            Result.worker == "",
            Result.reported_at.is_not_distinct_from(seen.reported_at),
        )
        .values(fence=Result.fence + 1)
        .execution_options(synchronize_session=False)
    )
    return scope.session.connection().execute(statement).rowcount == 1


def cancelled(result: Result) -> Ending:
    """Describe the end of a result that somebody cancelled."""
    return Ending(State.CANCELED, Reason.CANCELLED, f"Canceled by {result.cancel_requested_by}.")
