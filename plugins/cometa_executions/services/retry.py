"""Queueing a lost result again: before its first step always, afterwards by policy.  Contract: runner A.3, A.4."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cometa_core.contracts.run import RunInfo
from cometa_core.events import NewEvent, append
from cometa_core.scope import Scope
from cometa_executions.models import Result, StepResult
from cometa_executions.services.transition import change_state
from cometa_executions.states import Reason, State

MOST_REQUEUES = 2
RETRY_ONCE = "retry_once"
LOST_STEP = "The worker that executed this step is gone; the feature is executed again."


def requeue(scope: Scope, info: RunInfo, seen: Result, fence: int) -> bool:
    """Queue a lost result again if it may be executed once more.

    Args:
        scope: unit of work that holds the fence.
        info: run and result.
        seen: the result as it was seen when it was lost.
        fence: fence that the loser has lost it to.

    Returns:
        Whether it is queued: never when it was lost too often before its first step, or in its second execution.
    """
    if seen.state == State.INITIALIZING.value:
        return _queue_unexecuted(scope, info, seen, fence)
    return _queue_executed(scope, info, seen, fence)


def _queue_unexecuted(scope: Scope, info: RunInfo, seen: Result, fence: int) -> bool:
    """Queue a result again that was lost before its first step.  Contract: X-031."""
    if seen.requeues >= MOST_REQUEUES:
        return False
    changed = change_state(
        scope.session, seen.id, State.INITIALIZING, State.QUEUED, fence=fence,
        requeues=Result.requeues + 1, worker="", incarnation="",
    )  # fmt: skip
    if changed:
        _tell(scope, info, seen, [])
    return changed


def _queue_executed(scope: Scope, info: RunInfo, seen: Result, fence: int) -> bool:
    """Queue the second execution of a result where the site wants it.  Contract: X-030.

    Attempts that were lost before their first step executed nothing and do not count.
    """
    wanted = scope.runtime.settings.text("cometa.lost_run") == RETRY_ONCE
    if not wanted or seen.attempt - seen.requeues > 1:
        return False
    # It waits anew: the time of its execution must not let it expire.
    changed = change_state(
        scope.session, seen.id, State.RUNNING, State.QUEUED, fence=fence,
        worker="", incarnation="", pid=None, session_id=None, started_at=None, queued_at=scope.now(),
    )  # fmt: skip
    if changed:
        _tell(scope, info, seen, _close_begun(scope.session, seen))
    return changed


def _close_begun(session: Session, seen: Result) -> list[NewEvent]:
    """Let no step of the lost attempt stay open; its rows are kept."""
    begun = session.scalars(
        select(StepResult).where(
            StepResult.result_id == seen.id, StepResult.attempt == seen.attempt, StepResult.status == ""
        )
    ).all()
    for row in begun:
        row.status, row.error, row.error_code = "Failed", LOST_STEP, Reason.WORKER_LOST.value
    return [("step.end", {"seq": row.sequence, "status": row.status, "error": row.error}) for row in begun]


def _tell(scope: Scope, info: RunInfo, seen: Result, events: list[NewEvent]) -> None:
    told = {"reason": Reason.WORKER_LOST.value, "attempt": seen.attempt}
    append(scope, info, [*events, ("result.requeued", told)])
