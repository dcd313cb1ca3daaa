"""Reading schedules and their fires.  Contract: rest-api A6.14, R-172."""

from collections.abc import Collection, Mapping
from itertools import islice

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session

from cometa_core.scope import Scope
from cometa_schedules.cron import parse_cron
from cometa_schedules.models import Fire, Schedule
from cometa_schedules.planning import Gap, Timetable, zone_of
from cometa_schedules.schemas import LastFire, ScheduleOut

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
    return ScheduleOut.model_validate(
        {
            "schedule": schedule.cron,
            "timezone": schedule.timezone,
            "missed": schedule.missed,
            "dst": schedule.dst,
            "overlap": schedule.overlap,
            "owner": schedule.owner_id,
            "state": "active",
            "last_fire": None if latest is None else LastFire.model_validate(latest),
            "next_runs": list(islice(timetable_of(schedule).fires_after(scope.now()), SHOWN_RUNS)),
        }
    )


def fires_of(feature_id: int) -> Select[Fire]:
    """Select the records of the schedule of a feature, the latest planned time first."""
    schedule_id = select(Schedule.id).where(Schedule.feature_id == feature_id).scalar_subquery()
    return select(Fire).where(Fire.schedule_id == schedule_id).order_by(Fire.planned_at.desc())
