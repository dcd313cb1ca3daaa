"""The task that the doorbell rings."""

from typing import TYPE_CHECKING

from cometa_core.runtime import Runtime

if TYPE_CHECKING:
    from cometa_worker.service import WorkerService

WORK_TASK = "executions.work"
SERVICE = "worker.service"


def execute_queued(runtime: Runtime) -> None:
    """Execute results until none is admissible; the message carries no data of a run.  Contract: runner A.1, A.7."""
    service_of(runtime).execute_admissible()


def service_of(runtime: Runtime) -> "WorkerService":
    """Return the worker of this process."""

    def missing() -> "WorkerService":
        raise RuntimeError("This process is not a worker.")

    return runtime.once(SERVICE, missing)
