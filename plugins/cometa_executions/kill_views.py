"""Routes that cancel by the number of a process.  Contract: rest-api A6.17, R-184 to R-186."""

from pydantic import BaseModel, Field

from cometa_core.errors import BadRequest
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_core.web.validation import Body, Query, read_parameters, validate_body
from cometa_executions.runner_fields import RunnerId
from cometa_executions.schemas import TasksOut
from cometa_executions.services.cancel import cancel_process

TEXT = "Cancel the result of a process."
TAG = "Execution"


class Process(BaseModel):
    """Which process is meant."""

    pid: RunnerId | None = Field(default=None, description="Number of the process, unless the path has it.")
    feature_result_id: RunnerId | None = Field(
        default=None, description="The result that is meant, where several have processes of this number."
    )


class ProcessQuery(Process, Query):
    """Which process is meant, as query parameters."""


class ProcessBody(Process, Body):
    """Which process is meant, by query and body together."""


kill_named = Service("kill_pid", r"/killTaskPID/{pid:\d{1,18}}/", description=TEXT, tag=TAG)
kill_sent = Service("kill_sent_pid", "/killTaskPID/", description=TEXT, tag=TAG)
kill_without = Service("kill_without_pid", "/killTaskPID//", description=TEXT, tag=TAG)
BY_QUERY = {"permission": "run_feature", "effect": True, "body": ProcessBody, "answer": TasksOut}
# Not the body: callers who name the process in path or query send none.
BY_POST = {"permission": "run_feature", "query": ProcessQuery, "answer": TasksOut}
ERRORS = ("missing_parameter", "ambiguous_pid", "not_found")


@kill_named.get(**BY_QUERY, errors=ERRORS)
@kill_named.post(**BY_POST, errors=ERRORS)
@kill_sent.get(**BY_QUERY, errors=ERRORS)
@kill_sent.post(**BY_POST, errors=ERRORS)
@kill_without.get(**BY_QUERY, errors=ERRORS)
@kill_without.post(**BY_POST, errors=ERRORS)
def kill_process(request: Request) -> TasksOut:
    """Cancel the running result of the process that path, query or a JSON body name; the query wins over the body."""
    sent = request.body_model or validate_body(ProcessBody, read_parameters(ProcessBody, request))
    pid = int(request.matchdict["pid"]) if "pid" in request.matchdict else sent.pid
    if pid is None:
        raise BadRequest("Name a process: ?pid=…", code="missing_parameter")
    ids = list(cancel_process(request.scope, pid, sent.feature_result_id).result_ids)
    return TasksOut(tasks=len(ids), feature_result_ids=ids)
