"""Which results have expired, and hiding them like removed ones.  Contract: runner I.4, X-132."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, or_, select, update
from sqlalchemy.orm import Session

from cometa_accounts.api import Department
from cometa_core.audit import record
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_executions.models import Result, Run
from cometa_executions.services.latest import show_newest_run
from cometa_executions.states import UNFINISHED
from cometa_features.api import Feature

BATCH = 100
LONGEST_DAYS = 36_500
"""More days than this are never over."""

IN_PLACE = {"synchronize_session": False}


def expired_results(session: Session, now: datetime) -> Select[int, int, int, int]:
    """Select result, run, feature and department of finished results that are older than their department keeps them.

    Archived ones, and those of archived runs, never expire.
    """
    ended = func.coalesce(Result.finished_at, Result.queued_at)
    return (
        select(Result.id, Result.run_id, Result.feature_id, Feature.department_id)
        .join(Run, Run.id == Result.run_id)
        .join(Feature, Feature.id == Result.feature_id)
        .where(
            Result.removed.is_(False),
            Result.archived.is_(False),
            Run.archived.is_(False),
            Result.state.not_in([state.value for state in UNFINISHED]),
            or_(false(), *_too_old(session, now, ended)),
        )
    )


def _too_old(session: Session, now: datetime, ended: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
    """Return a condition for each number of days that departments keep results."""
    departments: dict[int, list[int]] = defaultdict(list)
    for department_id, settings in session.execute(select(Department.id, Department.settings)):
        days = (settings or {}).get("result_expire_days", 0)
        if isinstance(days, int) and 0 < days <= LONGEST_DAYS:
            departments[days].append(department_id)
    return [
        and_(Feature.department_id.in_(ids), ended < now - timedelta(days=days)) for days, ids in departments.items()
    ]


def hide_expired(runtime: Runtime, after: int) -> tuple[int, int]:
    """Hide the oldest expired results after a key, and runs without results left, in one short transaction.

    The audit log says which they were; nobody acted.

    Args:
        runtime: the runtime.
        after: key of the last result that was looked at before.

    Returns:
        Key of the last result that was hidden, 0 without any; and how many there were.
    """
    with runtime.unit_of_work() as scope:
        query = expired_results(scope.session, scope.now()).where(Result.id > after).order_by(Result.id).limit(BATCH)
        found = scope.session.execute(query.with_for_update(of=(Result, Run), skip_locked=True)).all()
        if not found:
            return 0, 0
        _hide(scope, [row.id for row in found], {row.run_id for row in found})
        for feature_id in sorted({row.feature_id for row in found}):
            show_newest_run(scope.session, feature_id)
        _record(scope, found)
    return found[-1].id, len(found)


def _hide(scope: Scope, result_ids: Sequence[int], run_ids: Collection[int]) -> None:
    session = scope.session
    session.execute(update(Result).where(Result.id.in_(result_ids)).values(removed=True).execution_options(**IN_PLACE))
    left = exists().where(Result.run_id == Run.id, Result.removed.is_(False))
    session.execute(
        update(Run).where(Run.id.in_(sorted(run_ids)), ~left).values(removed=True).execution_options(**IN_PLACE)
    )


def _record(scope: Scope, found: Sequence[Row[int, int, int, int]]) -> None:
    departments: dict[int, list[int]] = defaultdict(list)
    for row in found:
        departments[row.department_id].append(row.id)
    for department_id, result_ids in departments.items():
        record(scope, "retention.expired", f"department:{department_id}", before={"feature_results": result_ids})
