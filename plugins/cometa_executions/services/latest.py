"""What a feature shows of its newest run.  Contract: rest-api A4.3, A6.1, R-120."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from cometa_core.web.fields import moment_text
from cometa_executions.models import Result, Run
from cometa_executions.numbers import seconds_text
from cometa_executions.services.reading import ACCOUNT_ALONE
from cometa_executions.states import State, state_of_run
from cometa_features.api import Feature, set_latest_run


def show_newest_run(session: Session, feature_id: int) -> None:
    """Let ``Feature.info`` show the newest run that is left, or nothing."""
    # Whoever comes second waits here and then sees the run of the first.  Inserted runs hold a key share of the row,
    # which this lock lets be.
    session.execute(select(Feature.id).where(Feature.id == feature_id).with_for_update(key_share=True))
    query = (
        select(Run)
        .options(joinedload(Run.account).options(*ACCOUNT_ALONE))
        .where(Run.feature_id == feature_id, Run.removed.is_(False))
        .order_by(Run.id.desc())
        .limit(1)
    )
    newest = session.scalars(query).first()
    set_latest_run(session, feature_id, None if newest is None else info_of(session, newest))


def info_of(session: Session, run: Run) -> dict[str, Any]:
    """Describe a run with the sums over its results."""
    account = run.account
    by = {"user_id": account.id, "name": account.name, "email": account.email} if account is not None else None
    sums = sums_of(results_left(session, run.id))
    return {"run_id": run.id, **sums, "result_date": moment_text(run.created_at), "executed_by": by}


def results_left(session: Session, run_id: int) -> Sequence[Result]:
    """Read the results of a run that were not removed, as they are now."""
    query = select(Result).where(Result.run_id == run_id, Result.removed.is_(False)).order_by(Result.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def status_of(result: Result) -> str:
    """Return the verdict that counts: what a person decided, else the state that the runner reached."""
    return str(result.override["status"]) if result.override else result.state


def sums_of(results: Sequence[Result]) -> dict[str, Any]:
    """Sum the results of a run for ``Feature.info`` and ``run.completed``."""
    state = state_of_run(State(status_of(result)) for result in results)
    execution_ms = sum(result.execution_ms for result in results)
    return {
        "status": state.value,
        "success": state is State.SUCCESS,
        "total": sum(result.total for result in results),
        "ok": sum(result.ok for result in results),
        "fails": sum(result.fails for result in results),
        "skipped": sum(result.skipped for result in results),
        "execution_time": seconds_text(execution_ms),
        "execution_time_ms": execution_ms,
    }
