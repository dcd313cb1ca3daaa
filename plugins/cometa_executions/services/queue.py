"""The order of the queue and the limits that hold results in it; claims and explanations use the same.

Contract: runner A.5.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Select, and_, cast, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from cometa_accounts.api import Department
from cometa_catalog.api import Cloud
from cometa_executions.models import Result
from cometa_executions.states import ACTIVE, State
from cometa_features.api import Feature

ACTIVE_STATES = [state.value for state in ACTIVE]


class Queue:
    """Expressions over the queued results; ``Feature``, ``Department`` and ``Cloud`` are joined.

    Attributes:
        order: claims take the results in this order: priority plus a point per minute waited, then the department with
            fewest active results, then age.
        department_limit: most active results of the department; 0 = no limit.
        department_is_full: whether that limit is reached.
        cloud_limit: most active results of the cloud; 0 or null = no limit.
        cloud_is_full: whether that limit is reached.
    """

    def __init__(self, session: Session, now: datetime) -> None:
        in_department = _active_in_department()
        self.order = ((Result.priority + _minutes_waited(session, now)).desc(), in_department, Result.id)
        self.department_limit = func.coalesce(cast(Department.settings["max_parallel"].as_string(), Integer), 0)
        self.department_is_full = and_(self.department_limit > 0, in_department >= self.department_limit)
        self.cloud_limit = func.coalesce(Cloud.max_concurrency, 0)
        self.cloud_is_full = and_(self.cloud_limit > 0, _active_in_cloud() >= self.cloud_limit)

    def of(self, *columns: Any) -> Select[Any]:
        """Select columns of the queued results that workers may take, in the order of the queue."""
        return (
            select(*columns)
            .select_from(Result)
            .join(Feature, Feature.id == Result.feature_id)
            .join(Department, Department.id == Feature.department_id)
            .outerjoin(Cloud, Cloud.name == Result.browser["cloud"].as_string())
            .where(Result.state == State.QUEUED.value, Result.removed.is_(False), Result.external.is_(False))
            .order_by(*self.order)
        )

    def admissible(self, *columns: Any) -> Select[Any]:
        """Select columns of the queued results that no limit of department or cloud holds."""
        return self.of(*columns).where(not_(or_(self.department_is_full, self.cloud_is_full)))


def count_active(session: Session, department_id: int | None = None) -> int:
    """Count the results that are being executed on all workers, of one department or of all."""
    query = select(func.count()).select_from(Result).where(Result.state.in_(ACTIVE_STATES))
    if department_id is not None:
        query = query.join(Result.feature).where(Feature.department_id == department_id)
    return session.scalar(query) or 0


def _active_in_department() -> Any:
    other, feature = aliased(Result), aliased(Feature)
    return (
        select(func.count())
        .select_from(other)
        .join(feature, feature.id == other.feature_id)
        .where(other.state.in_(ACTIVE_STATES), feature.department_id == Feature.department_id)
        .correlate(Feature)
        .scalar_subquery()
    )


def _active_in_cloud() -> Any:
    other = aliased(Result)
    return (
        select(func.count())
        .select_from(other)
        .where(other.state.in_(ACTIVE_STATES), other.browser["cloud"].as_string() == Cloud.name)
        .correlate(Cloud)
        .scalar_subquery()
    )


def _minutes_waited(session: Session, now: datetime) -> Any:
    """Minutes since the result was queued, whole, as SQL of the database at hand."""
    if session.get_bind().dialect.name == "sqlite":
        waited = func.julianday(now.replace(tzinfo=None)) - func.julianday(Result.queued_at)
        return cast(waited * 24 * 60, Integer)
    return cast(func.extract("epoch", now - Result.queued_at) / 60, Integer)
