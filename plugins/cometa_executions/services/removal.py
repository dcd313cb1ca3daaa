"""Removing results and runs: hidden everywhere at once.  Contract: rest-api A5, R-113 to R-120."""

from sqlalchemy import func, select

from cometa_core.contracts.change import ResourceChange
from cometa_core.errors import Conflict
from cometa_core.scope import Scope
from cometa_executions.models import Result, Run
from cometa_executions.services.latest import show_newest_run
from cometa_executions.states import UNFINISHED


def remove_result(scope: Scope, result: Result) -> bool:
    """Hide a result, and its run when it was the last one.

    Returns:
        Whether the run was removed too.

    Raises:
        Conflict: ``archived`` or ``result_running``.
    """
    refuse_unremovable(result, result.run)
    result.removed = True
    scope.session.flush()
    left = scope.session.scalar(select(func.count()).where(Result.run_id == result.run_id, Result.removed.is_(False)))
    if not left:
        result.run.removed = True
        scope.session.flush()
    show_newest_run(scope.session, result.feature_id)
    return not left


def remove_run(scope: Scope, run: Run) -> list[int]:
    """Hide a run and all its results; returns their keys.

    Raises:
        Conflict: ``archived`` or ``result_running``; nothing is removed.
    """
    for result in run.results:
        refuse_unremovable(result, run)
    for result in run.results:
        result.removed = True
    run.removed = True
    scope.session.flush()
    show_newest_run(scope.session, run.feature_id)
    return [result.id for result in run.results]


def refuse_unremovable(result: Result, run: Run) -> None:
    """Refuse to remove what is archived or still running."""
    if result.archived or run.archived:
        raise Conflict("Archived results cannot be removed. Take them out of the archive first.", code="archived")
    if result.state in {state.value for state in UNFINISHED}:
        raise Conflict("The result is still running. Cancel it first.", code="result_running")


def refuse_feature_removal(change: ResourceChange, scope: Scope) -> None:
    """Refuse to delete a feature that runs or has archived results.  Contract: R-131.

    Raises:
        Conflict: ``feature_running`` or ``archived``.
    """
    if (change.kind, change.action) != ("feature", "delete"):
        return
    own = Result.feature_id == change.identifier
    running = Result.state.in_([state.value for state in UNFINISHED])
    if scope.session.scalar(select(func.count()).where(own, running, Result.removed.is_(False))):
        raise Conflict("The feature is running. Cancel it first.", code="feature_running")
    archived = select(func.count()).select_from(Result).join(Result.run).where(own, Result.archived | Run.archived)
    if scope.session.scalar(archived):
        raise Conflict("The feature has archived results. Take them out of the archive first.", code="archived")
