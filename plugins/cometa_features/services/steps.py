"""Storing the step list of a feature.  Contract: rest-api A4.4, R-136."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete

from cometa_catalog.api import vocabulary
from cometa_core.scope import Scope
from cometa_features.models import Feature, Step
from cometa_features.schemas import StepBody
from cometa_features.sentences import CallFinder
from cometa_features.services.identity import RowKey, matched_rows
from cometa_features.services.reading import step_timeouts, steps_of
from cometa_features.texts import StepText


def save_steps(scope: Scope, feature: Feature, bodies: Sequence[StepBody]) -> None:
    """Replace the step list of a feature; rows that continue old ones keep uuid and id.

    Args:
        scope: unit of work.
        feature: the feature, already stored.
        bodies: the whole new list; inlined rows are dropped.
    """
    bodies = [body for body in bodies if body.step_type != "substep"]
    old = steps_of(scope.session, [feature.id])[feature.id]
    matched = matched_rows([_old_key(step) for step in old], [_new_key(body) for body in bodies])
    kept = {place for place in matched if place is not None}
    gone = [step.id for place, step in enumerate(old) if place not in kept]
    if gone:
        scope.session.execute(delete(Step).where(Step.id.in_(gone)))
    calls = CallFinder(vocabulary(scope.runtime))
    default_timeout = step_timeouts(scope.session, [feature.id])[feature.id]
    for position, (body, place) in enumerate(zip(bodies, matched, strict=True)):
        step = old[place] if place is not None else Step(uuid=str(uuid.uuid4()), feature_id=feature.id)
        _write(step, position, _values(body, step, default_timeout), calls)
        scope.session.add(step)
    feature.steps = sum(body.enabled for body in bodies)
    scope.session.flush()


def _old_key(step: Step) -> RowKey:
    return RowKey(step.content, step.uuid, step.id)


def _new_key(body: StepBody) -> RowKey:
    return RowKey(body.step_content, body.step_uuid or None, body.id or None)


def _values(body: StepBody, step: Step, default_timeout: int) -> dict[str, Any]:
    """Give the columns of a row.

    An editor sends back the timeout that it was shown.  Where that was the default of the department, the row goes on
    following it instead of being frozen to today's value.
    """
    followed = step.id is not None and step.timeout is None and body.timeout == default_timeout
    return {
        "keyword": body.step_keyword,
        "content": body.step_content,
        "action": body.step_action or None,
        "params": body.params,
        "enabled": body.enabled,
        "screenshot": body.screenshot,
        "compare": body.compare,
        "continue_on_failure": body.continue_on_failure,
        "timeout": None if followed else body.timeout,
        "max_diff": body.max_diff,
        "ignore_regions": body.ignore_regions,
    }


def _write(step: Step, position: int, values: dict[str, Any], calls: CallFinder) -> None:
    step.position = position
    for name, value in values.items():
        setattr(step, name, value)
    target = calls.target(StepText(step.uuid, step.keyword, step.content, step.action, step.params))
    step.calls_id = None if target is None else target.feature_id
    step.calls_name = None if target is None else target.feature_name
