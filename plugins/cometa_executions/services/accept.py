"""Accepting a run: one transaction stores run, results and frozen plan.  Contract: runner A.1, X-001 to X-004."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cometa_accounts.api import department_settings
from cometa_catalog.api import ResolvedBrowser, resolve_browsers, vocabulary
from cometa_core.contracts.run import RunInfo
from cometa_core.errors import Invalid
from cometa_core.events import append
from cometa_core.scope import Scope
from cometa_executions.models import PlanRecord, Result, Run
from cometa_executions.plan import Plan, PlanDefaults, PlanErrors, compile_plan
from cometa_executions.services.finish import Ending, end_result
from cometa_executions.services.latest import show_newest_run
from cometa_executions.states import Reason, State
from cometa_features.api import Feature, load_texts, visible_feature

MANUAL_PRIORITY = 10
WORK_TASK = "executions.work"


@dataclass(frozen=True)
class Parameter:
    """A variable supplied with a run; it overrides every stored one and is never stored as variable."""

    name: str
    value: str
    secret: bool = False


@dataclass(frozen=True)
class RunOrder:
    """What a caller asks for.

    Attributes:
        feature_id: feature to execute.
        browsers: specs that replace those of the feature; None = those of the feature.
        parameters: variables of highest precedence.
        origin: recorded header, see rest-api A2.5.
        x_server: recorded header.
        priority: place in the queue, runner A.5.
        attended: whether somebody reads the answer.  If nobody does, a feature that cannot be compiled is stored as a
            run whose results are in state Error with all reasons as their log, so that it is seen and notified.
    """

    feature_id: int
    browsers: Sequence[Mapping[str, Any]] | None = None
    parameters: Sequence[Parameter] = field(default_factory=tuple)
    origin: str = ""
    x_server: str = "none"
    priority: int = MANUAL_PRIORITY
    attended: bool = True


@dataclass(frozen=True)
class AcceptedRun:
    """Keys of a stored run and of its results."""

    run_id: int
    result_ids: tuple[int, ...]


def accept_run(scope: Scope, order: RunOrder) -> AcceptedRun:
    """Store a run with one queued result per browser and ring the workers after the commit.

    Raises:
        NotFound: the feature is unknown or not visible.
        Invalid: ``no_browsers``, ``unknown_browser``, ``cloud_inactive``, ``no_steps`` or ``plan_error``; nothing is
            stored, except for plan errors of orders that nobody attends.  Contract: X-004, X-005.
    """
    feature = visible_feature(scope, order.feature_id)
    browsers = resolve_browsers(scope, feature.browsers if order.browsers is None else order.browsers)
    try:
        plan = plan_of(scope, feature)
    except Invalid as refused:
        if order.attended:
            raise
        return _store_refused(scope, feature, order, browsers, refused)
    run = _store_run(scope, feature, order)
    document = {**plan.document(), "flags": {"network_log": feature.network_logging}}
    scope.session.add(PlanRecord(run_id=run.id, document=document, parameters=_seal(scope, run.id, order)))
    results = [_store_result(scope, run, browser, plan, order.priority) for browser in browsers]
    scope.session.flush()
    _publish(scope, feature, run, results)
    ring_workers(scope, len(results))
    return AcceptedRun(run.id, tuple(result.id for result in results))


def _store_refused(
    scope: Scope, feature: Feature, order: RunOrder, browsers: Sequence[ResolvedBrowser], refused: Invalid
) -> AcceptedRun:
    """Store a run that ended before it began.  Contract: runner A.1 point 2, X-005."""
    run = _store_run(scope, feature, order)
    empty: dict[str, Any] = {**Plan(()).document(), "flags": {}}
    scope.session.add(PlanRecord(run_id=run.id, document=empty, parameters=[]))
    results = [_store_result(scope, run, browser, Plan(()), order.priority) for browser in browsers]
    scope.session.flush()
    _publish(scope, feature, run, results)
    log = "\n".join([str(refused), *(text for texts in refused.fields.values() for text in texts)])
    for result in results:
        ending = Ending(State.ERROR, Reason.PLAN_ERROR, str(refused), log)
        end_result(scope, _info(feature, run, result), State.QUEUED, ending)
    return AcceptedRun(run.id, tuple(result.id for result in results))


def plan_of(scope: Scope, feature: Feature) -> Plan:
    """Compile the present text of a feature.

    Raises:
        Invalid: ``no_steps``, or ``plan_error`` with every reason under ``fields``.
    """
    text, reachable = load_texts(scope.session, feature.id)
    if not any(step.enabled for step in text.steps):
        raise Invalid("The feature has no enabled step. Add steps or enable one.", code="no_steps")
    settings = department_settings(scope.session, feature.department_id)
    defaults = PlanDefaults(bool(settings["continue_on_failure"]), int(settings["step_timeout"]))
    compiled = compile_plan(text, reachable, vocabulary(scope.runtime), defaults)
    if isinstance(compiled, PlanErrors):
        raise plan_refused(compiled)
    return compiled


def plan_refused(errors: PlanErrors) -> Invalid:
    """Turn plan errors into the answer: all of them, each at its step."""
    fields: dict[str, list[str]] = {}
    for error in errors.errors:
        fields.setdefault(f"steps_content[{error.position}]", []).append(error.text)
    count = len(errors.errors)
    message = f"The feature cannot be executed: {errors.errors[0].text}"
    return Invalid(message + (f" (and {count - 1} more)" if count > 1 else ""), code="plan_error", fields=fields)


def ring_workers(scope: Scope, count: int) -> None:
    """Enqueue one wake-up per result once the transaction is committed."""
    tasks = scope.runtime.tasks

    def ring() -> None:
        for _ in range(count):
            if not tasks.enqueue(WORK_TASK):
                return

    scope.after_commit(ring)


def _store_run(scope: Scope, feature: Feature, order: RunOrder) -> Run:
    run = Run(
        feature_id=feature.id,
        app_id=feature.app_id,
        environment_id=feature.environment_id,
        created_at=scope.now(),
        executed_by=scope.actor.account_id if scope.actor is not None else None,
        origin=order.origin,
        x_server=order.x_server,
    )
    scope.session.add(run)
    scope.session.flush()
    return run


def _store_result(scope: Scope, run: Run, browser: ResolvedBrowser, plan: Plan, priority: int) -> Result:
    result = Result(
        run_id=run.id,
        feature_id=run.feature_id,
        browser=dict(browser.spec),
        browser_id=browser.browser_id,
        run_hash=secrets.token_hex(8),
        state=State.QUEUED.value,
        priority=priority,
        queued_at=scope.now(),
        total=len(plan.leaves),
    )
    scope.session.add(result)
    return result


def _seal(scope: Scope, run_id: int, order: RunOrder) -> list[dict[str, Any]]:
    place = parameters_place(run_id)
    return [
        {
            "name": parameter.name,
            "value": scope.runtime.seals.seal(parameter.value, place) if parameter.secret else parameter.value,
            "secret": parameter.secret,
        }
        for parameter in order.parameters
    ]


def parameters_place(run_id: int) -> str:
    """Name the place that sealed parameters of a run are bound to."""
    return f"executions_plan:parameters:{run_id}"


def _publish(scope: Scope, feature: Feature, run: Run, results: Sequence[Result]) -> None:
    for place, result in enumerate(results):
        append(
            scope, _info(feature, run, result), [("result.queued", {"browser": result.browser, "position": place + 1})]
        )
    show_newest_run(scope.session, feature.id)


def _info(feature: Feature, run: Run, result: Result) -> RunInfo:
    return RunInfo(run.id, result.id, feature.id, feature.feature_name, feature.department_id)
