"""Storing and removing schedules.  Contract: rest-api A6.8, A6.14, R-125, R-176, R-177."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
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
from cometa_schedules.services.deciding import pause
from cometa_schedules.services.firing import insert_record
from cometa_schedules.services.reading import fields_of, schedule_of, shown_schedule, timetable_of

DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "schedule": "", "timezone": "UTC", "missed": "skip", "dst": "shift", "overlap": "allow", "active": True,
        "expires_at": None, "parameters": MappingProxyType({}),
    }
)  # fmt: skip
NOT_SAVED = "Schedule was not saved"


def replace_schedule(scope: Scope, feature: Feature, sent: Mapping[str, Any]) -> None:
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


def change_schedule(scope: Scope, feature: Feature, sent: Mapping[str, Any]) -> None:
    """Change the sent fields of a schedule; see ``replace_schedule``."""
    stored = schedule_of(scope.session, feature.id)
    kept = {} if stored is None else fields_of(stored)
    _store(scope, feature, {**DEFAULTS, **kept, **sent})


def remove_schedule(scope: Scope, feature: Feature) -> None:
    """Remove a schedule where there is one; what became of its planned times stays known.  Contract: R-177."""
    scope.session.execute(delete(Schedule).where(Schedule.feature_id == feature.id))
    _announce(scope, feature)


def _store(scope: Scope, feature: Feature, wanted: Mapping[str, Any]) -> None:
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


def _checked(moment: datetime, wanted: Mapping[str, Any]) -> dict[str, Any]:
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
        "active": wanted["active"],
        "expires_at": wanted["expires_at"],
        "parameters": dict(wanted["parameters"]),
        "next_fire_at": next((planned.moment for planned in coming), None),
    }


def _write(scope: Scope, feature_id: int, values: Mapping[str, Any]) -> None:
    query = select(Schedule).where(Schedule.feature_id == feature_id).with_for_update()
    stored = scope.session.scalars(query.execution_options(populate_existing=True)).first()
    if stored is None:
        stored = Schedule(feature_id=feature_id, version=0)
        scope.session.add(stored)
    elif not stored.active:
        _record_pause(scope, stored)
    for name, value in values.items():
        setattr(stored, name, value)
    stored.version += 1
    stored.owner_id = scope.identity.account_id
    scope.session.flush()


def _record_pause(scope: Scope, stored: Schedule) -> None:
    """Give the planned times of a pause their record before they are forgotten.  Contract: runner J.5."""
    if stored.next_fire_at is None:
        return
    decision = pause(timetable_of(stored), stored.next_fire_at, scope.now())
    if decision is not None:
        insert_record(scope, stored, decision)


def _announce(scope: Scope, feature: Feature) -> None:
    shown = shown_schedule(scope, feature.id).model_dump(mode="json")
    data = {"feature_id": feature.id, "schedule": shown}
    announce(scope, "schedule.changed", data, department_id=feature.department_id, feature_id=feature.id)
