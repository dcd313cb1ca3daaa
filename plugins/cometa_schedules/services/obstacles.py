"""Why a schedule would start nothing, or not at once, if it were due now.  Contract: runner J.5, X-141."""

from cometa_accounts.api import identity_of
from cometa_core.errors import NotFound
from cometa_core.scope import Scope
from cometa_executions.api import no_worker, queue_limit
from cometa_features.api import Feature
from cometa_schedules.models import Schedule
from cometa_schedules.schemas import Obstacle


def obstacles(scope: Scope, schedule: Schedule) -> list[Obstacle]:
    """Name everything that stands in the way of a schedule; empty when nothing does."""
    feature = scope.session.get_one(Feature, schedule.feature_id)
    found = [_paused(schedule), _expired(scope, schedule), _owner(scope, schedule, feature)]
    reasons = (("no_worker", no_worker(scope)), ("queue", queue_limit(scope, feature.department_id)))
    found += [Obstacle.model_validate({"reason": reason, "text": text}) for reason, text in reasons if text]
    return [obstacle for obstacle in found if obstacle is not None]


def _paused(schedule: Schedule) -> Obstacle | None:
    return None if schedule.active else Obstacle(reason="inactive", text="The schedule is not active.")


def _expired(scope: Scope, schedule: Schedule) -> Obstacle | None:
    if schedule.expires_at is None or scope.now() <= schedule.expires_at:
        return None
    return Obstacle(reason="expired", text=f"The schedule ended at {schedule.expires_at:%Y-%m-%d %H:%M:%S} UTC.")


def _owner(scope: Scope, schedule: Schedule, feature: Feature) -> Obstacle | None:
    if schedule.owner_id is None:
        return Obstacle(reason="owner", text="The account that owned the schedule is gone.")
    try:
        owner = identity_of(scope.session, scope.runtime.permissions, schedule.owner_id)
    except NotFound:
        return Obstacle(reason="owner", text="The account that owned the schedule is gone.")
    if not owner.may("run_feature"):
        return Obstacle(reason="owner", text="The owner of the schedule has not the permission run_feature.")
    if not owner.sees_department(feature.department_id):
        return Obstacle(reason="owner", text="The owner of the schedule is no member of the department.")
    return None
