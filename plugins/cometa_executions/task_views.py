"""Routes of the reports of runners about their process.  Contract: rest-api A6.17."""

from cometa_core.errors import NotFound
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_executions.runner_fields import digits_as_number
from cometa_executions.services.tasks import TaskReport, beat_task, finish_task, start_task
from cometa_executions.task_schemas import TaskIn, TaskOut
from cometa_features.api import visible_feature

ERRORS = ("not_found", "terminal_state", "result_running")
ACTIONS = {"start": start_task, "finish": finish_task, "delete": finish_task, "heartbeat": beat_task}

update_task = Service("update_task", "/updateTask/", description="Reports of runners.", tag="Execution")


def named_feature(request: Request) -> None:
    """Refuse a feature that the caller does not see, before anything is said about other fields."""
    feature_id = digits_as_number((request.raw_body_object or {}).get("feature_id"))
    if not isinstance(feature_id, int) or isinstance(feature_id, bool) or not 0 < feature_id < 10**18:
        return
    if request.identity.attributes.get("feature_id", feature_id) != feature_id:
        raise NotFound
    visible_feature(request.scope, feature_id)


@update_task.get(permission="run_feature", effect=True, body=TaskIn, load=named_feature, answer=TaskOut,
                 errors=ERRORS, audited=False, runner=True)  # fmt: skip
@update_task.post(permission="run_feature", body=TaskIn, load=named_feature, answer=TaskOut,
                  errors=ERRORS, audited=False, runner=True)  # fmt: skip
def report_task(request: Request) -> TaskOut:
    """Report that a runner began to execute a result, still does, or ended."""
    body: TaskIn = request.body_model
    own = request.identity.attributes.get("feature_result_id")
    if body.feature_result_id is not None and own is not None and own != body.feature_result_id:
        raise NotFound
    result_id = body.feature_result_id if own is None else int(str(own))
    found = ACTIONS[body.action](request.scope, TaskReport(body.feature_id, body.pid, body.browser, result_id))
    return TaskOut(feature_result_id=found.result_id, tasks=found.tasks)
