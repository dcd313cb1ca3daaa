"""Routes that store and change results and runs.  Contract: rest-api A6.6, A6.7."""

from cometa_core.errors import BadRequest
from cometa_core.security.permission import AUTHENTICATED
from cometa_core.web.dialect import Created, Updated
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_executions import schemas
from cometa_executions.models import Result
from cometa_executions.presenting import present_results, present_run
from cometa_executions.result_schemas import NamedResultPatch, ResultIn, ResultPatch, RunPatch
from cometa_executions.runner_fields import digits_as_number
from cometa_executions.services.external_results import Source, store_result
from cometa_executions.services.overrides import archive_run, decide
from cometa_executions.services.reading import visible_result
from cometa_executions.services.removal import remove_result, remove_run
from cometa_executions.services.reports import report_result
from cometa_executions.services.rights import require_runner_or
from cometa_executions.services.tokens import is_runner
from cometa_executions.task_views import named_feature
from cometa_executions.views import (
    RESULT,
    RUN,
    TAG,
    addressed_run,
    all_results,
    headers_of,
    one_result,
    one_run,
)

SAME_ID = r"{same_id:\d{1,18}}"
RIGHT = "change_result_status"
PATCH_ERRORS = ("not_found", "terminal_state", "result_running", "totals_mismatch")


@all_results.post(permission="run_feature", body=ResultIn, load=named_feature, answer=schemas.FeatureResult, status=201,
                  errors=("not_found", "totals_mismatch"), audited=False, runner=True)  # fmt: skip
def add_result(request: Request) -> Created:
    """Store a result that was made elsewhere, in a new run unless one is named."""
    result = store_result(request.scope, request.body_model, Source(*headers_of(request)))
    return Created(present_results(request.scope, [result])[0])


def changeable_result(request: Request) -> Result:
    """Find the result of the path for its runner or for somebody who may change verdicts."""
    result_id = int(request.matchdict["feature_result_id"])
    require_runner_or(request.scope, RIGHT, result_id)
    return visible_result(request.scope, result_id)


def changeable_named_result(request: Request) -> Result | None:
    """Find the result that the body names; None where it names none, which is a wrong field."""
    require_runner_or(request.scope, RIGHT)
    result_id = digits_as_number((request.raw_body_object or {}).get("feature_result_id"))
    if not isinstance(result_id, int) or isinstance(result_id, bool) or not 0 < result_id < 10**18:
        return None
    require_runner_or(request.scope, RIGHT, result_id)
    return visible_result(request.scope, result_id)


@one_result.patch(permission=AUTHENTICATED, load=changeable_result, body=ResultPatch, answer=schemas.FeatureResult,
                  errors=PATCH_ERRORS, audited=False, runner="feature_result_id")  # fmt: skip
@all_results.patch(permission=AUTHENTICATED, load=changeable_named_result, body=NamedResultPatch,
                   answer=schemas.FeatureResult, errors=PATCH_ERRORS, audited=False, runner=True)  # fmt: skip
def change_result(request: Request) -> Updated:
    """Change a result: people its verdict, archive and description, its runner what it knows."""
    body: ResultPatch = request.body_model
    values = body.sent()
    values.pop("feature_result_id", None)
    change = report_result if is_runner(request.scope) else decide
    change(request.scope, request.resource, values)
    return Updated(present_results(request.scope, [request.resource])[0])


remove_service = Service(
    "remove_result",
    f"/feature_results/{RESULT}/remove/{SAME_ID}/",
    description="Remove a result.",
    tag=TAG,
)


def result_named_twice(request: Request) -> Result:
    """Find the result of a path that names it twice.

    Raises:
        BadRequest: ``id_mismatch``.
    """
    result_id = int(request.matchdict["feature_result_id"])
    if int(request.matchdict["same_id"]) != result_id:
        raise BadRequest("The path names two different results.", code="id_mismatch")
    return visible_result(request.scope, result_id)


@remove_service.get(permission="remove_feature_result", effect=True, load=result_named_twice,
                    answer=schemas.RemovedResult, errors=("id_mismatch", "archived", "result_running"))  # fmt: skip
def remove_named_result(request: Request) -> schemas.RemovedResult:
    """Remove a result, and its run when it was the last one."""
    return schemas.RemovedResult(run_removed=remove_result(request.scope, request.resource))


@one_run.patch(permission=RIGHT, load=addressed_run, body=RunPatch, answer=schemas.FeatureRun)
def change_run(request: Request) -> Updated:
    """Put a run into the archive, or take it out."""
    archive_run(request.scope, request.resource, archived=request.body_model.archived)
    return Updated(present_run(request.scope, request.resource))


remove_run_service = Service("remove_run", f"/feature_runs/{RUN}/remove/", description="Remove a run.", tag=TAG)


@remove_run_service.get(permission="remove_feature_runs", effect=True, load=addressed_run, answer=schemas.RemovedRun,
                        errors=("archived", "result_running"))  # fmt: skip
def remove_addressed_run(request: Request) -> schemas.RemovedRun:
    """Remove a run and all its results."""
    return schemas.RemovedRun(removed_results=remove_run(request.scope, request.resource))
