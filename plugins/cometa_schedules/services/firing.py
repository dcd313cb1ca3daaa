"""Starting what is due, exactly once however many processes look.  Contract: runner J.4, J.5, R-178, R-179."""

import logging
import os
import platform
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cometa_accounts.api import identity_of
from cometa_core.errors import CometaError, NotFound
from cometa_core.events import announce
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_executions.api import Parameter, Run, RunOrder, accept_run
from cometa_features.api import Feature
from cometa_schedules.models import Fire, Schedule
from cometa_schedules.schemas import FireOut
from cometa_schedules.services.deciding import Decided, Decision, FireReason, MissedRule, Outcome, cut_off, decide
from cometa_schedules.services.reading import timetable_of
from cometa_schedules.services.telling import tell_plugins

logger = logging.getLogger(__name__)

ORIGIN = "CRONTAB"
PRIORITY = 0
GRACE_KEY = "cometa.schedule.grace_seconds"
BATCH = 1000
RECENT_RUNS = 50
NO_BROWSER_CODES = frozenset({"no_browsers", "unknown_browser", "cloud_inactive"})


def fire_due(runtime: Runtime) -> int:
    """Start everything that is due, each schedule in a transaction of its own.

    Returns:
        How many schedules this call decided about; those that others were faster with do not count.
    """
    now = runtime.clock.now()
    with runtime.reading() as session:
        query = (
            select(Schedule)
            .where(Schedule.active, Schedule.next_fire_at <= now)
            .order_by(Schedule.next_fire_at)
            .limit(BATCH)
        )
        due = session.scalars(query).all()
    return sum(_fired(runtime, schedule, now) for schedule in due)


def next_planned(runtime: Runtime) -> datetime | None:
    """Return the earliest planned time of all schedules."""
    with runtime.reading() as session:
        return session.scalar(select(func.min(Schedule.next_fire_at)).where(Schedule.active))


def _fired(runtime: Runtime, schedule: Schedule, now: datetime) -> bool:
    try:
        return fire(runtime, schedule, now)
    except Exception:  # one schedule that cannot be fired must not keep the others from it; it stays due
        logger.exception("Schedule %s of feature %s was not fired", schedule.id, schedule.feature_id)
        return False


def fire(runtime: Runtime, schedule: Schedule, now: datetime) -> bool:
    """Decide about what is due of one schedule.

    Args:
        runtime: runtime of the process.
        schedule: row as it was read; whether it still is so is checked.
        now: present moment, not earlier than ``next_fire_at``.

    Returns:
        False when another process was faster or the schedule was changed.
    """
    if schedule.next_fire_at is None:
        return False
    grace = timedelta(seconds=runtime.settings.seconds(GRACE_KEY))
    rule = MissedRule(grace, schedule.missed == "once")
    # Before the transaction: after a long downtime there is much to reckon.
    decided = cut_off(decide(timetable_of(schedule), schedule.next_fire_at, now, rule), schedule.expires_at)
    with runtime.unit_of_work() as scope:
        if not _take(scope, schedule, decided):
            return False
        feature = scope.session.get_one(Feature, schedule.feature_id)
        _record(scope, schedule, feature, decided.decisions)
    return True


def _take(scope: Scope, schedule: Schedule, decided: Decided) -> bool:
    """Move the schedule on to its following time, unless somebody else did: one of many succeeds."""
    statement = (
        update(Schedule)
        .where(
            Schedule.id == schedule.id,
            Schedule.next_fire_at == schedule.next_fire_at,
            Schedule.version == schedule.version,
        )
        .values(next_fire_at=decided.following)
        .returning(Schedule.id)
        .execution_options(synchronize_session=False)
    )
    return scope.session.scalar(statement) is not None


def _record(scope: Scope, schedule: Schedule, feature: Feature, decisions: Sequence[Decision]) -> None:
    records = []
    for decision in decisions:
        fire_id = insert_record(scope, schedule, decision)
        if fire_id is None:
            # Decided before the clock was set back.
            continue
        stored = scope.session.get_one(Fire, fire_id)
        if decision.outcome is Outcome.FIRED:
            _start(scope, schedule, stored)
        _announce(scope, feature, stored)
        records.append(stored)
    tell_plugins(scope, feature, records)


def insert_record(scope: Scope, schedule: Schedule, decision: Decision) -> int | None:
    """Store the record of planned times; None when there is one already."""
    now = scope.now()
    values: dict[str, Any] = {
        "feature_id": schedule.feature_id,
        "schedule_id": schedule.id,
        "planned_at": decision.first,
        "planned_until": decision.last,
        "decided_at": now,
        "outcome": decision.outcome.value,
        "reason": decision.reason.value,
        "scheduler": f"{platform.node()}:{os.getpid()}"[:100],
        "late_ms": int((now - decision.first) / timedelta(milliseconds=1)),
        "count": decision.count,
    }
    dialect = sqlite if scope.session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Fire).values(**values).on_conflict_do_nothing().returning(Fire.id)
    fire_id: int | None = scope.session.scalar(statement)
    return fire_id


def _start(scope: Scope, schedule: Schedule, stored: Fire) -> None:
    """Start the feature as the owner, or note why not."""
    if schedule.overlap == "skip" and _is_unfinished(scope, schedule):
        stored.outcome, stored.reason = Outcome.SKIPPED.value, FireReason.OVERLAP.value
    else:
        stored.run_id, reason = _accepted(scope, schedule)
        if stored.run_id is None:
            stored.outcome, stored.reason = Outcome.SKIPPED.value, reason.value
    scope.session.flush()


def _is_unfinished(scope: Scope, schedule: Schedule) -> bool:
    recent = (
        select(Fire.run_id)
        .where(Fire.schedule_id == schedule.id, Fire.run_id.is_not(None))
        .order_by(Fire.planned_at.desc())
        .limit(RECENT_RUNS)
    )
    open_runs = select(Run.id).where(Run.id.in_(recent), Run.completed.is_(False), Run.removed.is_(False))
    return scope.session.scalar(open_runs.limit(1)) is not None


def _accepted(scope: Scope, schedule: Schedule) -> tuple[int | None, FireReason]:
    """Accept a run with the rights that the owner has now.  Contract: R-077, R-179."""
    if schedule.owner_id is None:
        return None, FireReason.OWNER
    try:
        owner = identity_of(scope.session, scope.runtime.permissions, schedule.owner_id)
        if not owner.may("run_feature"):
            return None, FireReason.OWNER
        with scope.session.begin_nested():
            order = RunOrder(
                schedule.feature_id,
                parameters=[Parameter(name, value) for name, value in schedule.parameters.items()],
                origin=ORIGIN,
                priority=PRIORITY,
                # Nobody reads a refusal: what cannot be compiled becomes a run in Error.  Contract: X-005, runner J.5.
                attended=False,
            )
            return accept_run(replace(scope, actor=owner), order).run_id, FireReason.NONE
    except NotFound:
        # The account is gone, or no longer a member of the department.
        return None, FireReason.OWNER
    except CometaError as refused:
        logger.warning("Schedule %s cannot start feature %s: %s", schedule.id, schedule.feature_id, refused)
        return None, FireReason.NO_BROWSER if refused.code in NO_BROWSER_CODES else FireReason.REFUSED


def _announce(scope: Scope, feature: Feature, stored: Fire) -> None:
    kind = "schedule.fired" if stored.outcome == Outcome.FIRED else "schedule.missed"
    shown = FireOut.model_validate(stored).model_dump(mode="json")
    data = {"feature_id": feature.id, "fire": shown}
    announce(scope, kind, data, department_id=feature.department_id, feature_id=feature.id)
