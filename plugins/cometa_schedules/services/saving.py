"""Storing and removing schedules.  Contract: rest-api A6.8, A6.14, R-125, R-176, R-177."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from cometa_core.errors import CometaError, Invalid
from cometa_core.events import announce
from cometa_core.scope import Scope
from cometa_features.api import Feature
from cometa_schedules.cron import parse_cron
from cometa_schedules.models import Schedule
from cometa_schedules.planning import Gap, Timetable, zone_of
from cometa_schedules.services.reading import schedule_of, shown_schedule

DEFAULTS = {"schedule": "", "timezone": "UTC", "missed": "skip", "dst": "shift", "overlap": "allow"}
NOT_SAVED = "Schedule was not saved"


def replace_schedule(scope: Scope, feature: Feature, sent: Mapping[str, str]) -> None:
    """Make a schedule what was sent, with the usual values of everything else; an empty text removes it.

    Args:
        scope: unit of work with the caller, who becomes the owner.
        feature: visible feature, held for change.
        sent: fields of a body by name; the cron text is ``schedule``.

    Raises:
        Invalid: ``invalid_cron`` or ``invalid_timezone``; nothing is changed.
        CometaError: ``schedule_not_saved``, the database refused.
    """
    _store(scope, feature, {**DEFAULTS, **sent})


def change_schedule(scope: Scope, feature: Feature, sent: Mapping[str, str]) -> None:
    """Change the sent fields of a schedule; see ``replace_schedule``."""
    stored = schedule_of(scope.session, feature.id)
    kept = {} if stored is None else _fields(stored)
    _store(scope, feature, {**DEFAULTS, **kept, **sent})


def remove_schedule(scope: Scope, feature: Feature) -> None:
    """Remove a schedule with the record of its fires; does nothing where there is none.  Contract: R-177."""
    scope.session.execute(delete(Schedule).where(Schedule.feature_id == feature.id))
    _announce(scope, feature)


def _fields(stored: Schedule) -> dict[str, str]:
    return {
        "schedule": stored.cron,
        "timezone": stored.timezone,
        "missed": stored.missed,
        "dst": stored.dst,
        "overlap": stored.overlap,
    }


def _store(scope: Scope, feature: Feature, wanted: Mapping[str, str]) -> None:
    if not wanted["schedule"].strip():
        remove_schedule(scope, feature)
        return
    values = _checked(scope.now(), wanted)
    try:
        # In a savepoint, so that a refusing database still lets the reason be told.
        with scope.session.begin_nested():
            _write(scope, feature.id, values)
            _announce(scope, feature)
    except SQLAlchemyError as error:
        raise CometaError(NOT_SAVED, code="schedule_not_saved", extra={"Error": NOT_SAVED}) from error


def _checked(moment: datetime, wanted: Mapping[str, str]) -> dict[str, Any]:
    """Turn the fields of a body into columns.

    Raises:
        Invalid: ``invalid_cron`` or ``invalid_timezone``.
    """
    try:
        cron = parse_cron(wanted["schedule"])
    except ValueError as error:
        raise Invalid(f"{NOT_SAVED}: {error}.", code="invalid_cron", fields={"schedule": [str(error)]}) from error
    try:
        zone = zone_of(wanted["timezone"])
    except ValueError as error:
        text = f"{NOT_SAVED}: the time zone {error}."
        raise Invalid(text, code="invalid_timezone", fields={"timezone": [str(error)]}) from error
    coming = Timetable(cron, zone, Gap(wanted["dst"])).after(moment)
    return {
        "cron": cron.text,
        "timezone": wanted["timezone"],
        "missed": wanted["missed"],
        "dst": wanted["dst"],
        "overlap": wanted["overlap"],
        "next_fire_at": next((planned.moment for planned in coming), None),
    }


def _write(scope: Scope, feature_id: int, values: Mapping[str, Any]) -> None:
    query = select(Schedule).where(Schedule.feature_id == feature_id).with_for_update()
    stored = scope.session.scalars(query.execution_options(populate_existing=True)).first()
    if stored is None:
        stored = Schedule(feature_id=feature_id, version=0)
        scope.session.add(stored)
    for name, value in values.items():
        setattr(stored, name, value)
    stored.version += 1
    stored.owner_id = scope.identity.account_id
    scope.session.flush()


def _announce(scope: Scope, feature: Feature) -> None:
    shown = shown_schedule(scope, feature.id).model_dump(mode="json")
    data = {"feature_id": feature.id, "schedule": shown}
    announce(scope, "schedule.changed", data, department_id=feature.department_id, feature_id=feature.id)
