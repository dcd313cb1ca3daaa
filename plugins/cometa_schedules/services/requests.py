"""What steps ask for: a schedule for another feature, the end of the one that started them.  Contract: steps.json."""

from dataclasses import replace
from datetime import timedelta
from itertools import islice

from pydantic import ValidationError
from sqlalchemy import select

from cometa_accounts.api import identity_of
from cometa_core.contracts.identity import Identity
from cometa_core.contracts.requests import StepAnswer, StepRequest
from cometa_core.errors import Invalid, NotFound
from cometa_core.scope import Scope
from cometa_core.web.fields import moment_text
from cometa_executions.api import Run
from cometa_features.api import Feature
from cometa_schedules.models import Fire, Schedule
from cometa_schedules.schemas import SchedulePatch
from cometa_schedules.services.reading import is_over, schedule_of, timetable_of
from cometa_schedules.services.saving import remove_schedule, replace_schedule

LIFETIME = timedelta(days=1)
"""How long a schedule that a step made stays."""


def add_schedule(scope: Scope, request: StepRequest) -> StepAnswer:
    """Give a feature of the department a schedule that ends after a day, owned by whoever started the run.

    A schedule without an end is somebody's and stays; one that ends by itself is replaced.
    """
    owner = _starter(scope, request)
    if owner is None or not owner.may("edit_feature") or not owner.sees_department(request.run.department_id):
        text = "Expected a run started by somebody who may edit features of this department, found another one."
        return StepAnswer.refused("bad-value", text)
    name = str(request.data["feature_name"])
    features = scope.session.scalars(
        select(Feature)
        .where(Feature.department_id == request.run.department_id, Feature.feature_name == name)
        .with_for_update()
        .limit(2)
    ).all()
    if len(features) != 1:
        found = "several" if features else "none"
        return StepAnswer.refused("bad-value", f'Expected one feature "{name}" in this department, found {found}.')
    return _stored(replace(scope, actor=owner), features[0], request)


def _stored(scope: Scope, feature: Feature, request: StepRequest) -> StepAnswer:
    present = schedule_of(scope.session, feature.id)
    if present is not None and present.expires_at is None:
        text = f'Expected "{feature.feature_name}" to have no schedule, found "{present.cron}", which has no end.'
        return StepAnswer.refused("bad-value", text)
    # A step may say no more than a request of the API.
    asked = {"schedule": request.data["schedule"], "parameters": request.data["parameters"]}
    try:
        sent = SchedulePatch.model_validate(asked).sent()
    except ValidationError as error:
        return StepAnswer.refused("bad-value", f"Expected a schedule, found one refused: {error.errors()[0]['msg']}.")
    if not sent["schedule"].strip():
        return StepAnswer.refused("bad-value", "Expected a cron expression, found an empty text.")
    try:
        replace_schedule(scope, feature, {**sent, "expires_at": scope.now() + LIFETIME})
    except Invalid as error:
        return StepAnswer.refused("bad-value", str(error))
    stored = schedule_of(scope.session, feature.id)
    assert stored is not None
    coming = next(islice(timetable_of(stored).fires_after(scope.now()), 1), None)
    next_run = None if coming is None or is_over(stored, coming) else moment_text(coming)
    return StepAnswer({"feature_id": feature.id, "next_run": next_run})


def delete_schedule(scope: Scope, request: StepRequest) -> StepAnswer:
    """Remove the schedule that started the run, if one did."""
    query = (
        select(Feature)
        .join(Schedule, Schedule.feature_id == Feature.id)
        .join(Fire, Fire.schedule_id == Schedule.id)
        .where(Fire.run_id == request.run.run_id)
    )
    feature = scope.session.scalars(query).first()
    if feature is not None:
        remove_schedule(scope, feature)
    return StepAnswer({"removed": feature is not None})


def _starter(scope: Scope, request: StepRequest) -> Identity | None:
    account_id = scope.session.scalar(select(Run.executed_by).where(Run.id == request.run.run_id))
    if account_id is None:
        return None
    try:
        return identity_of(scope.session, scope.runtime.permissions, account_id)
    except NotFound:
        return None
