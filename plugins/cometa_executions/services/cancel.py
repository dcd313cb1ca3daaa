"""Cancelling results.  Contract: runner A.6, X-017, X-020."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from cometa_core.contracts.run import RunInfo
from cometa_core.errors import Conflict
from cometa_core.events import append
from cometa_core.scope import Scope
from cometa_executions.models import Result
from cometa_executions.services.external_leases import cancelled
from cometa_executions.services.finish import Ending, end_result
from cometa_executions.services.reading import run_info, visible_result, visible_results
from cometa_executions.states import ACTIVE, UNFINISHED, Reason, State
from cometa_features.api import visible_feature

LARGEST_PID = 2**31 - 1


@dataclass(frozen=True)
class Cancelled:
    """Keys of the results that were cancelled or told to stop."""

    result_ids: tuple[int, ...]


def cancel_feature(scope: Scope, feature_id: int) -> Cancelled:
    """Cancel all queued and running results of a feature that the caller may see.

    Raises:
        NotFound: the feature is unknown or not visible.
    """
    feature = visible_feature(scope, feature_id)
    query = visible_results(scope).where(
        Result.feature_id == feature.id, Result.state.in_([state.value for state in UNFINISHED])
    )
    # All rows are locked before the first event is written: the holder of one of them locks its row first and the
    # events of the run afterwards, and both orders at once would block each other.
    query = query.order_by(Result.id).with_for_update(of=Result)
    return _cancel(scope, scope.session.scalars(query).unique().all())


def cancel_process(scope: Scope, pid: int, result_id: int | None) -> Cancelled:
    """Cancel the running result whose runner has a number.

    Args:
        scope: unit of work of the caller.
        pid: number of the process on the machine that runs it.
        result_id: the result that is meant, where machines have processes of the same number.

    Raises:
        NotFound: the named result is unknown or not visible.
        Conflict: ``ambiguous_pid``, several results have this number.
    """
    if result_id is not None:
        visible_result(scope, result_id)
    if pid > LARGEST_PID:
        return Cancelled(())
    query = visible_results(scope).where(Result.pid == pid, Result.state.in_([state.value for state in ACTIVE]))
    if result_id is not None:
        query = query.where(Result.id == result_id)
    found = scope.session.scalars(query.order_by(Result.id).with_for_update(of=Result)).unique().all()
    if len(found) > 1:
        text = f"{len(found)} running results have the process number {pid}. Say which one: feature_result_id."
        raise Conflict(text, code="ambiguous_pid")
    return _cancel(scope, found)


def cancel_result(scope: Scope, result: Result) -> Cancelled:
    """Cancel one result.

    Raises:
        Conflict: ``terminal_state``, it already ended.
    """
    cancelled = _cancel(scope, [result])
    if not cancelled.result_ids:
        raise Conflict(f"The result already ended as {result.state}.", code="terminal_state")
    return cancelled


def _cancel(scope: Scope, results: Sequence[Result]) -> Cancelled:
    return Cancelled(tuple(result.id for result in results if _cancel_one(scope, result)))


def _cancel_one(scope: Scope, result: Result) -> bool:
    """End a queued result at once; tell the owner of an active one."""
    by = scope.identity.name or scope.identity.email
    info = run_info(result)
    text = f"Canceled by {by}."
    if end_result(scope, info, State.QUEUED, Ending(State.CANCELED, Reason.CANCELLED, text)):
        return True
    if not request_cancel(scope, info, by):
        return False
    end_if_external(scope, info)
    return True


def end_if_external(scope: Scope, info: RunInfo) -> None:
    """End an active result of an external runner at once: nobody tells it to stop, it learns by its next report.

    Contract: runner A.8.
    """
    result = scope.session.get_one(Result, info.feature_result_id, populate_existing=True)
    if result.worker == "" and result.state in {state.value for state in ACTIVE}:
        end_result(scope, info, State(result.state), cancelled(result))


def request_cancel(scope: Scope, info: RunInfo, by: str) -> bool:
    """Ask the worker that holds an active result to end it; asking again changes nothing.

    Returns:
        Whether the result is active.
    """
    active = (Result.id == info.feature_result_id, Result.state.in_([state.value for state in ACTIVE]))
    statement = (
        update(Result)
        .where(*active, Result.cancel_requested_at.is_(None))
        .values(cancel_requested_at=scope.now(), cancel_requested_by=by)
        .execution_options(synchronize_session=False)
    )
    if scope.session.connection().execute(statement).rowcount != 1:
        return scope.session.scalar(select(Result.id).where(*active)) is not None
    append(scope, info, [("result.cancel_requested", {"by": by})])
    return True
