"""Storing results that were made elsewhere.  Contract: rest-api A6.6, R-104 to R-107; runner A.8."""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cometa_catalog.api import Browser
from cometa_core.contracts.run import RunInfo
from cometa_core.errors import Invalid, NotFound
from cometa_core.events import append
from cometa_core.scope import Scope
from cometa_executions.models import Result, Run
from cometa_executions.result_schemas import ResultIn
from cometa_executions.services.ended import tell_plugins
from cometa_executions.services.finish import Totals, close_run, last_events
from cometa_executions.services.latest import show_newest_run
from cometa_executions.services.log import store_log
from cometa_executions.services.masking import masked_report
from cometa_executions.services.reports import REPORTED_FIELDS, ending_of
from cometa_executions.services.tasks import advance
from cometa_executions.states import ACTIVE, TERMINAL, State
from cometa_executions.step_writing_schemas import milliseconds
from cometa_features.api import Feature, visible_feature

EXTERNAL_PRIORITY = 0


@dataclass(frozen=True)
class Source:
    """Where a result comes from, as the headers of rest-api A2.5 say."""

    origin: str
    x_server: str


def store_result(scope: Scope, body: ResultIn, source: Source) -> Result:
    """Store a result of a visible feature, in a new run unless one is named.

    A final one keeps its numbers and ends its run if it was the last; one that runs is ended by its runner.

    Args:
        scope: unit of work.
        body: the result.
        source: headers that a new run keeps.

    Raises:
        NotFound: the feature is unknown or not visible; the token of a runner is bound to another run.
        Invalid: ids that are not those of the feature, an unknown browser or run; ``totals_mismatch``.
    """
    feature = visible_feature(scope, body.feature_id)
    _refuse_other_ids(feature, body)
    state = body.state()
    _refuse_other_total(body, state)
    browser = _browser_of(scope.session, body)
    run = _run_of(scope, feature, body, source)
    result = _new_result(scope, run, body, browser)
    scope.session.flush()
    body = masked_report(scope, result, body)
    result.description, result.report = body.description, _sent_report(body)
    info = RunInfo(run.id, result.id, feature.id, feature.feature_name, feature.department_id)
    if state in TERMINAL:
        _end(scope, info, result, body, state)
    else:
        _begin(scope, info, result, state)
    if body.log is not None:
        store_log(scope, result, feature.department_id, body.log)
    show_newest_run(scope.session, feature.id)
    return scope.session.get_one(Result, result.id, populate_existing=True)


def _refuse_other_ids(feature: Feature, body: ResultIn) -> None:
    wrong = {
        name: [f"the feature has {getattr(feature, name)}"]
        for name in ("app_id", "environment_id", "department_id")
        if getattr(body, name) != getattr(feature, name)
    }
    if wrong:
        first = next(iter(wrong))
        raise Invalid(f"Field {first}: {wrong[first][0]}", fields=wrong)


def _refuse_other_total(body: ResultIn, state: State) -> None:
    if state in TERMINAL and body.total != body.ok + body.fails + body.skipped:
        raise Invalid.field("total", "must be ok + fails + skipped", code="totals_mismatch")


def _browser_of(session: Session, body: ResultIn) -> Browser | None:
    if body.browser_id == 0:
        return None
    found = session.get(Browser, body.browser_id)
    if found is None:
        raise Invalid.field("browser_id", f"there is no browser {body.browser_id}")
    return found


def _run_of(scope: Scope, feature: Feature, body: ResultIn, source: Source) -> Run:
    """Return the named run, held so that it is not closed meanwhile, or a new one."""
    own = scope.identity.attributes.get("run_id")
    if own is not None and body.run_id not in {None, own}:
        raise NotFound
    run_id = body.run_id if own is None else int(str(own))
    if run_id is None:
        run = Run(
            feature_id=feature.id, app_id=feature.app_id, environment_id=feature.environment_id,
            created_at=body.result_date, executed_by=scope.identity.account_id or None, origin=source.origin,
            x_server=source.x_server,
        )  # fmt: skip
        scope.session.add(run)
        scope.session.flush()
        return run
    query = select(Run).where(Run.id == run_id, Run.feature_id == feature.id, Run.removed.is_(False))
    found = scope.session.scalars(query.with_for_update(of=Run)).first()
    if found is None:
        raise Invalid.field("run_id", f"the feature has no run {run_id}")
    return found


def _new_result(scope: Scope, run: Run, body: ResultIn, browser: Browser | None) -> Result:
    spec = dict(browser.spec) if browser is not None else {}
    result = Result(
        run_id=run.id, feature_id=run.feature_id, browser=body.browser or spec,
        browser_id=None if browser is None else browser.id, run_hash=secrets.token_hex(8),
        description=body.description, session_id=body.session_id, state=State.QUEUED.value,
        priority=EXTERNAL_PRIORITY, queued_at=body.result_date, reported_at=scope.now(), external=True,
        report=_sent_report(body),
        total=body.total, ok=body.ok, fails=body.fails, skipped=body.skipped,
        execution_ms=milliseconds(body.execution_time), pixel_diff=body.pixel_diff,
    )  # fmt: skip
    scope.session.add(result)
    return result


def _sent_report(body: ResultIn) -> dict[str, Any]:
    return body.model_dump(include=set(REPORTED_FIELDS), exclude_none=True)


def _end(scope: Scope, info: RunInfo, result: Result, body: ResultIn, state: State) -> None:
    """Store it as ended: nobody saw it in another state, so there is no transition."""
    ending = ending_of(state, "")
    result.state, result.reason, result.status_reason = state.value, ending.reason.value, ending.text
    result.attempt, result.finished_at, result.sent_totals = 1, scope.now(), True
    scope.session.flush()
    totals = Totals(body.ok, body.fails, body.skipped, result.execution_ms, body.pixel_diff)
    tell_plugins(scope, info, append(scope, info, last_events(result, state, ending, totals)), ending.text)
    close_run(scope, info)


def _begin(scope: Scope, info: RunInfo, result: Result, state: State) -> None:
    append(scope, info, [("result.queued", {"browser": result.browser, "position": 1})])
    if state in ACTIVE:
        advance(scope, result, state)
        scope.session.flush()
