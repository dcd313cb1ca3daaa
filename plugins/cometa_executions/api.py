"""What other plugins and the worker may use of the executions plugin."""

from cometa_executions.event_schemas import EventOut
from cometa_executions.models import Artifact, Result, Run, StepResult
from cometa_executions.presenting import present_steps
from cometa_executions.schemas import StepResultOut
from cometa_executions.services.accept import AcceptedRun, Parameter, RunOrder, accept_run
from cometa_executions.services.claim import Claim, WorkerIdentity, claim_next
from cometa_executions.services.event_streams import visible_stream
from cometa_executions.services.finish import Ending, end_result
from cometa_executions.services.latest import status_of
from cometa_executions.services.pictures import (
    StepPicture,
    Verdict,
    drop_picture,
    hold_for_pictures,
    put_picture,
    set_baseline_state,
    set_verdict,
)
from cometa_executions.services.plans import StoredPlan, library_modules, stored_plan
from cometa_executions.services.progress import (
    ArtifactReport,
    Batch,
    CancelRequest,
    StepReport,
    begin_running,
    keep_alive,
    store_batch,
)
from cometa_executions.services.reading import (
    artifact_of_step,
    plan_leaves,
    reported_steps,
    results_of_run,
    visible_result,
    visible_run,
    visible_step_result,
)
from cometa_executions.services.rights import require_runner_or
from cometa_executions.services.sweep import LeaseWatch, end_left, recover_own, sweep
from cometa_executions.services.tokens import IssuedToken, is_runner, issue_token
from cometa_executions.services.transition import Lease, LeaseLost
from cometa_executions.services.waits import no_worker, queue_limit
from cometa_executions.services.workers import remember_worker
from cometa_executions.states import Reason, State
from cometa_executions.templates import offer_templates

__all__ = [
    "AcceptedRun",
    "Artifact",
    "ArtifactReport",
    "Batch",
    "CancelRequest",
    "Claim",
    "Ending",
    "EventOut",
    "IssuedToken",
    "Lease",
    "LeaseLost",
    "LeaseWatch",
    "Parameter",
    "Reason",
    "Result",
    "Run",
    "RunOrder",
    "State",
    "StepPicture",
    "StepReport",
    "StepResult",
    "StepResultOut",
    "StoredPlan",
    "Verdict",
    "WorkerIdentity",
    "accept_run",
    "artifact_of_step",
    "begin_running",
    "claim_next",
    "drop_picture",
    "end_left",
    "end_result",
    "hold_for_pictures",
    "is_runner",
    "issue_token",
    "keep_alive",
    "library_modules",
    "no_worker",
    "offer_templates",
    "plan_leaves",
    "present_steps",
    "put_picture",
    "queue_limit",
    "recover_own",
    "remember_worker",
    "reported_steps",
    "require_runner_or",
    "results_of_run",
    "set_baseline_state",
    "set_verdict",
    "status_of",
    "store_batch",
    "stored_plan",
    "sweep",
    "visible_result",
    "visible_run",
    "visible_step_result",
    "visible_stream",
]
