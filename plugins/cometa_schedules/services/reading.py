"""Reading schedules and their fires.  Contract: rest-api A6.14, R-172."""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import islice, takewhile
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session

from cometa_core.scope import Scope
from cometa_schedules.cron import parse_cron
from cometa_schedules.models import Fire, Schedule
from cometa_schedules.planning import Gap, Timetable, zone_of
from cometa_schedules.schemas import FireQuery, LastFire, PreviewedFire, ScheduleOut
from cometa_schedules.services.obstacles import obstacles

SHOWN_RUNS = 5


def schedule_of(session: Session, feature_id: int) -> Schedule | None:
    """Return the schedule of a feature."""
    return session.scalars(select(Schedule).where(Schedule.feature_id == feature_id)).first()


FEATURE_IDS: BindParameter[list[int]] = bindparam("feature_ids", expanding=True)
# Made once: every answer with a feature asks.
TEXTS = select(Schedule.feature_id, Schedule.cron, Schedule.timezone).where(Schedule.feature_id.in_(FEATURE_IDS))


def schedule_texts(session: Session, feature_ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
    """Return cron text and zone of those features that have a schedule; one query."""
    found = session.execute(TEXTS, {"feature_ids": sorted(feature_ids)})
    return {feature_id: (cron, zone) for feature_id, cron, zone in found}


def timetable_of(schedule: Schedule) -> Timetable:
    """Return when a stored schedule fires.

    Raises:
        ValueError: the zone has left the zone database since it was stored.
    """
    return Timetable(parse_cron(schedule.cron), zone_of(schedule.timezone), Gap(schedule.dst))


def shown_schedule(scope: Scope, feature_id: int) -> ScheduleOut:
    """Show the schedule of a feature with its latest fire and its next five."""
    schedule = schedule_of(scope.session, feature_id)
    if schedule is None:
        return ScheduleOut()
    latest = scope.session.scalars(fires_of(feature_id).limit(1)).first()
    coming = timetable_of(schedule).fires_after(scope.now())
    return ScheduleOut.model_validate(
        {
            **fields_of(schedule),
            "owner": schedule.owner_id,
            "state": "active" if schedule.active else "inactive",
            "last_fire": None if latest is None else LastFire.model_validate(latest),
            "next_runs": list(islice(takewhile(lambda at: not is_over(schedule, at), coming), SHOWN_RUNS)),
            "obstacles": obstacles(scope, schedule),
        }
    )


def fields_of(schedule: Schedule) -> dict[str, Any]:
    """Return the writable fields of a schedule by their names in the API."""
    return {
        "schedule": schedule.cron,
        "timezone": schedule.timezone,
        "missed": schedule.missed,
        "dst": schedule.dst,
        "overlap": schedule.overlap,
        "active": schedule.active,
        "expires_at": schedule.expires_at,
        "parameters": schedule.parameters,
    }


def is_over(schedule: Schedule, moment: datetime) -> bool:
    """Tell whether a schedule starts nothing any more at a moment."""
    return schedule.expires_at is not None and moment > schedule.expires_at


def previewed(scope: Scope, feature_id: int) -> list[PreviewedFire]:
    """Return the next 20 fires of a feature with offsets and marks; empty where there is no schedule.

    Contract: runner J.3.
    """
    schedule = schedule_of(scope.session, feature_id)
    if schedule is None or not schedule.active:
        return []
    return [
        PreviewedFire(planned_at=each.local, local=each.local.isoformat(), mark=each.mark)
        for each in timetable_of(schedule).preview(scope.now())
        if not is_over(schedule, each.local)
    ]


def fires_of(feature_id: int) -> Select[Fire]:
    """Select the records of the schedules of a feature, removed ones included, the latest planned time first."""
    return select(Fire).where(Fire.feature_id == feature_id).order_by(Fire.planned_at.desc(), Fire.id.desc())


def chosen_fires(feature_id: int, query: FireQuery) -> Select[Fire]:
    """Select those records that a caller asks for.  Contract: X-141."""
    chosen = fires_of(feature_id)
    if query.since is not None:
        chosen = chosen.where(Fire.planned_until >= query.since)
    if query.until is not None:
        chosen = chosen.where(Fire.planned_at <= query.until)
    if query.outcome is not None:
        chosen = chosen.where(Fire.outcome == query.outcome)
    return chosen
