"""Routes that write step results.  Contract: rest-api A6.10."""

from cometa_core.errors import Invalid
from cometa_core.security.permission import AUTHENTICATED
from cometa_core.web.dialect import Created, Updated
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_executions.models import StepResult
from cometa_executions.presenting import present_steps
from cometa_executions.runner_fields import LARGEST_COUNT
from cometa_executions.schemas import StepResultOut, StepResultRow
from cometa_executions.services.rights import require_runner_or
from cometa_executions.services.step_changes import change_step
from cometa_executions.services.step_writing import set_pixel_difference, store_step
from cometa_executions.step_writing_schemas import PixelDifference, StepResultIn, StepResultPatch
from cometa_executions.views import addressed_result, addressed_step_result, one_step_result, step_results


def presented(request: Request, row: StepResult) -> StepResultOut:
    """Present one row."""
    return present_steps(request.scope, [row])[0]


@step_results.post(permission="run_feature", load=addressed_result, body=StepResultIn, answer=StepResultRow, status=201,
                   other_answers={200: StepResultRow},
                   errors=("id_mismatch", "duplicate_sequence", "terminal_state", "result_running"),
                   audited=False, runner="feature_result_id")  # fmt: skip
def add_step_result(request: Request) -> Created | StepResultRow:
    """Store a step that a runner reports; the same report again answers 200 with the stored row."""
    row, is_new = store_step(request.scope, request.resource, request.body_model)
    answer = StepResultRow(**presented(request, row).model_dump(exclude={"error"}))
    return Created(answer) if is_new else answer


def changeable_step_result(request: Request) -> StepResult:
    """Find the step result of the path for somebody who may change it.

    Raises:
        Forbidden: the caller is neither a runner nor allowed to change verdicts.
    """
    require_runner_or(request.scope, "change_result_status")
    return addressed_step_result(request)


@one_step_result.patch(permission=AUTHENTICATED, load=changeable_step_result, body=StepResultPatch,
                       answer=StepResultOut, errors=("terminal_state",), runner=True)  # fmt: skip
def change_step_result(request: Request) -> Updated:
    """Change the status or notes of a step; a new status recounts result and run."""
    body: StepResultPatch = request.body_model
    change_step(request.scope, request.resource, body.model_dump(include=body.model_fields_set))
    return Updated(presented(request, request.resource))


pixel_difference = Service(
    "pixel_diff",
    r"/steps/{step_result_id:\d{1,18}}/pixel_diff/{pixels:\d{1,18}}/",
    description="The differing pixels of a step.",
    tag="Execution",
)


@pixel_difference.get(permission="run_feature", effect=True, load=addressed_step_result, answer=PixelDifference,
                      errors=("terminal_state",), audited=False, runner=True)  # fmt: skip
@pixel_difference.post(permission="run_feature", load=addressed_step_result, answer=PixelDifference,
                       errors=("terminal_state",), audited=False, runner=True)  # fmt: skip
def set_pixel_diff(request: Request) -> PixelDifference:
    """Store how many pixels of a step differ; the sum of its result follows."""
    pixels = int(request.matchdict["pixels"])
    if pixels > LARGEST_COUNT:
        raise Invalid.field("pixel_diff", f"at most {LARGEST_COUNT}")
    set_pixel_difference(request.scope, request.resource, pixels)
    return PixelDifference(step_result_id=request.resource.id, pixel_diff=pixels)
