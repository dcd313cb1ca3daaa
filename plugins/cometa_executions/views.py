"""Routes of execution, results, runs and step results."""

import re
from typing import Any

from sqlalchemy import func, not_, or_

from cometa_core.audit import record
from cometa_core.errors import BadRequest
from cometa_core.web.dialect import Accepted, Page
from cometa_core.web.paging import Paging, paged
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_executions import schemas
from cometa_executions.models import Result, Run, StepResult
from cometa_executions.presenting import present_results, present_run, present_steps
from cometa_executions.services.accept import AcceptedRun, Parameter, RunOrder, accept_run
from cometa_executions.services.cancel import Cancelled, cancel_feature, cancel_result
from cometa_executions.services.log import log_text
from cometa_executions.services.reading import (
    reported_steps,
    results_of_run,
    visible_result,
    visible_results,
    visible_run,
    visible_step_result,
)
from cometa_executions.services.removal import remove_result, remove_run
from cometa_executions.waiting import wait_for_caller
from cometa_features.api import visible_feature

ORIGIN = re.compile(r"[A-Z0-9_-]{0,40}")
TAG = "Execution"

exectest = Service("exectest", "/exectest/", description="Start a feature.", tag=TAG)
run_test = Service("run_test", "/run_test/", description="Start a feature; entry for machine callers.", tag=TAG)
STARTED = schemas.Executed | schemas.Started
START_ERRORS = ("not_found", "no_browsers", "unknown_browser", "cloud_inactive", "no_steps", "plan_error")
# Of 202 the wait ended before the results.
STARTING: dict[str, Any] = {"answer": STARTED, "other_answers": {202: STARTED}, "errors": START_ERRORS}


@exectest.get(permission="run_feature", effect=True, body=schemas.Execute, audited=False, **STARTING)
@exectest.post(permission="run_feature", body=schemas.Execute, audited=False, **STARTING)
@run_test.post(permission="run_feature", body=schemas.Execute, audited=False, **STARTING)
def start(request: Request) -> Any:
    """Start a feature in every browser of its list; with ``wait`` answer when all results are terminal."""
    body: schemas.Execute = request.body_model
    runtime = request.scope.runtime
    # The run is committed before anybody waits for it: its transaction is not the one of the request.
    # So does its entry in the audit log: a start that was told to have failed must not have started anything.
    with request.transaction_apart(request.identity) as scope:
        accepted = accept_run(scope, order_of(request, body))
        record(scope, "start", request.path)
    if not body.wait:
        return schemas.Started(run_id=accepted.run_id, feature_result_ids=list(accepted.result_ids))
    finished = wait_for_caller(runtime, accepted.run_id)
    answer = _with_results(request, accepted, running=not finished)
    return answer if finished else Accepted(answer)


def order_of(request: Request, body: schemas.Execute) -> RunOrder:
    """Build the order from body and headers."""
    return RunOrder(
        body.feature_id,
        body.browsers,
        [Parameter(found.variable_name, found.variable_value, found.encrypted) for found in body.variables],
        *headers_of(request),
    )


def headers_of(request: Request) -> tuple[str, str]:
    """Return where a run comes from, its origin and its server, as the headers say.  Contract: rest-api A2.5."""
    origin = (request.headers.get("AMVARAORIGIN") or request.headers.get("COMETA-ORIGIN") or "").upper()
    return origin if ORIGIN.fullmatch(origin) else "", (request.headers.get("X-SERVER") or "none")[:100]


def _with_results(request: Request, accepted: AcceptedRun, *, running: bool) -> schemas.Executed:
    with request.scope.runtime.unit_of_work(request.identity) as scope:
        results = present_results(scope, results_of_run(scope.session, accepted.run_id))
    ids = list(accepted.result_ids)
    return schemas.Executed(run_id=accepted.run_id, feature_result_ids=ids, running=running, results=results)


kill_task = Service("kill_task", r"/killTask/{feature_id:\d{1,18}}/", description="Cancel a feature.", tag=TAG)


@kill_task.get(permission="run_feature", effect=True, answer=schemas.TasksOut)
@kill_task.post(permission="run_feature", answer=schemas.TasksOut)
def kill(request: Request) -> schemas.TasksOut:
    """Cancel all queued and running results of a feature."""
    return _tasks(cancel_feature(request.scope, int(request.matchdict["feature_id"])))


def _tasks(cancelled: Cancelled) -> schemas.TasksOut:
    ids = list(cancelled.result_ids)
    return schemas.TasksOut(tasks=len(ids), feature_result_ids=ids)


RESULT = r"{feature_result_id:\d{1,18}}"
RUN = r"{run_id:\d{1,18}}"


def addressed_result(request: Request) -> Result:
    """Find the result of the path."""
    return visible_result(request.scope, int(request.matchdict["feature_result_id"]))


def addressed_run(request: Request) -> Run:
    """Find the run of the path."""
    return visible_run(request.scope, int(request.matchdict["run_id"]))


FEATURE = r"{feature_id:\d{1,18}}"
RESULTS_TEXT = "Results of a feature."
results_of_feature = Service(
    "feature_results_of_feature", f"/api/feature_results/{FEATURE}/", description=RESULTS_TEXT, tag=TAG
)
nested_results = Service(
    "feature_results_nested", f"/api/features/{FEATURE}/feature_results/", description=RESULTS_TEXT, tag=TAG
)
all_results = Service("feature_results", "/api/feature_results/", description=RESULTS_TEXT, tag=TAG)


@results_of_feature.get(permission="view_feature", query=schemas.ResultsQuery, answer=list[schemas.FeatureResult],
                        runner="feature_id")  # fmt: skip
@nested_results.get(permission="view_feature", query=schemas.ResultsQuery, answer=list[schemas.FeatureResult],
                    runner="feature_id")  # fmt: skip
def list_results(request: Request) -> Page:
    """List the results of a feature, newest first."""
    return _results(request, int(request.matchdict["feature_id"]))


@all_results.get(permission="view_feature", query=schemas.ResultsQuery, answer=list[schemas.FeatureResult],
                 errors=("missing_parameter",))  # fmt: skip
def list_results_by_query(request: Request) -> Page:
    """List the results of the feature that the query names."""
    feature_id = request.query_model.feature_id
    if feature_id is None:
        raise BadRequest("Name a feature: ?feature_id=…", code="missing_parameter")
    return _results(request, feature_id)


def _results(request: Request, feature_id: int) -> Page:
    query: schemas.ResultsQuery = request.query_model
    visible_feature(request.scope, feature_id)
    statement = visible_results(request.scope).where(Result.feature_id == feature_id)
    if query.archived != "all":
        is_archived = or_(Result.archived, Run.archived)
        statement = statement.where(is_archived if query.archived == "true" else not_(is_archived))
    if query.status:
        decided = Result.override["status"].as_string()
        statement = statement.where(func.coalesce(decided, Result.state) == query.status)
    page = paged(request.scope.session, statement.order_by(Result.queued_at.desc(), Result.id.desc()), query)
    return Page(present_results(request.scope, page.items), page.total)


one_result = Service("feature_result", f"/feature_results/{RESULT}/", description="One result.", tag=TAG)


@one_result.get(
    permission="view_feature", load=addressed_result, answer=schemas.FeatureResult, runner="feature_result_id"
)
def read_result(request: Request) -> schemas.FeatureResult:
    """Read one result."""
    return present_results(request.scope, [request.resource])[0]


@one_result.delete(permission="remove_feature_result", load=addressed_result, answer=schemas.RemovedResult,
                   errors=("archived", "result_running"))  # fmt: skip
def delete_result(request: Request) -> schemas.RemovedResult:
    """Remove a result, and its run when it was the last one."""
    return schemas.RemovedResult(run_removed=remove_result(request.scope, request.resource))


cancel_service = Service("cancel_result", f"/feature_results/{RESULT}/cancel/", description="Cancel a result.", tag=TAG)


@cancel_service.post(
    permission="run_feature", load=addressed_result, answer=schemas.TasksOut, errors=("terminal_state",)
)
def cancel(request: Request) -> schemas.TasksOut:
    """Cancel one queued or running result."""
    return _tasks(cancel_result(request.scope, request.resource))


log_service = Service("result_log", f"/feature_results/{RESULT}/log/", description="The log of a result.", tag=TAG)


@log_service.get(permission="view_feature", load=addressed_result, query=schemas.LogQuery, answer=schemas.LogOut)
def read_log(request: Request) -> schemas.LogOut:
    """Read the log of a result; secrets are masked."""
    return schemas.LogOut(log=log_text(request.scope, request.resource, request.query_model.tail))


one_run = Service("feature_run", f"/feature_runs/{RUN}/", description="One run.", tag=TAG)


@one_run.get(permission="view_feature", load=addressed_run, answer=schemas.FeatureRun)
def read_run(request: Request) -> schemas.FeatureRun:
    """Read a run with its results; for polling after a start."""
    return present_run(request.scope, request.resource)


@one_run.delete(permission="remove_feature_runs", load=addressed_run, answer=schemas.RemovedRun,
                errors=("archived", "result_running"))  # fmt: skip
def delete_run(request: Request) -> schemas.RemovedRun:
    """Remove a run and all its results."""
    return schemas.RemovedRun(removed_results=remove_run(request.scope, request.resource))


step_results = Service(
    "step_results", f"/api/feature_results/{RESULT}/step_results/", description="Steps of a result.", tag=TAG
)


@step_results.get(permission="view_feature", load=addressed_result, query=Paging, answer=list[schemas.StepResultOut],
                  runner="feature_result_id")  # fmt: skip
def list_step_results(request: Request) -> Page:
    """List the steps of a result in the order of reporting."""
    scope = request.scope
    page = paged(scope.session, reported_steps(request.resource), request.query_model)
    return Page(present_steps(scope, page.items), page.total)


one_step_result = Service(
    "step_result", r"/api/step_results/{step_result_id:\d{1,18}}/", description="One step of a result.", tag=TAG
)


def addressed_step_result(request: Request) -> StepResult:
    """Find the step result of the path."""
    return visible_step_result(request.scope, int(request.matchdict["step_result_id"]))


@one_step_result.get(permission="view_feature", load=addressed_step_result, answer=schemas.OneStepResult, runner=True)
def read_step_result(request: Request) -> schemas.OneStepResult:
    """Read one step of a result."""
    scope = request.scope
    return schemas.OneStepResult(results=present_steps(scope, [request.resource])[0])
