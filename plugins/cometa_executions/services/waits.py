"""Why queued results wait.  Contract: runner A.5, X-016."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from cometa_accounts.api import Department, department_settings
from cometa_catalog.api import Cloud
from cometa_core.scope import Scope
from cometa_executions.models import Result, WorkerRecord
from cometa_executions.services.queue import Queue, count_active
from cometa_executions.states import State

FRESH = timedelta(seconds=60)
"""A worker that was not seen for longer counts as gone."""

EXTERNAL = "a runner outside of this installation has to take it"


@dataclass(frozen=True)
class Wait:
    """Why a queued result waits.

    Attributes:
        position: place in the queue of all departments, from 1.
        limit: sentence that names what holds it.
        workers: number of living workers that may take it.
    """

    position: int
    limit: str
    workers: int


def why_waiting(scope: Scope, results: Sequence[Result]) -> dict[int, Wait]:
    """Explain every queued result of a list, with a constant number of queries."""
    if not any(result.state == State.QUEUED.value for result in results):
        return {}
    session = scope.session
    queue = Queue(session, scope.now())
    columns = (
        Result.id, Department.settings["queue_name"].as_string().label("queue"),
        Result.browser["browser"].as_string().label("browser"),
        queue.department_is_full.label("department_is_full"), queue.department_limit.label("department_limit"),
        queue.cloud_is_full.label("cloud_is_full"), queue.cloud_limit.label("cloud_limit"), Cloud.name.label("cloud"),
    )  # fmt: skip
    wanted = {result.id for result in results}
    rows = [(place, row) for place, row in enumerate(session.execute(queue.of(*columns)).mappings(), start=1)]
    workers = _living_workers(scope)
    site = _site_limit(scope, session)
    waits = {row["id"]: _wait(place, row, workers, site) for place, row in rows if row["id"] in wanted}
    elsewhere = (result for result in results if result.external and result.state == State.QUEUED.value)
    return waits | {result.id: Wait(1, EXTERNAL, 0) for result in elsewhere}


def no_worker(scope: Scope) -> str:
    """Say that no worker is there to take anything; empty when one is."""
    return "" if _living_workers(scope) else f"no worker was seen for {FRESH.seconds} seconds"


def queue_limit(scope: Scope, department_id: int) -> str:
    """Name the limit that a new result of a department would wait for; empty when there is none."""
    most = int(department_settings(scope.session, department_id)["max_parallel"] or 0)
    if most and count_active(scope.session, department_id) >= most:
        return f"its department executes {most} results at once"
    return _site_limit(scope, scope.session)


def _wait(place: int, row: RowMapping, workers: Sequence[WorkerRecord], site: str) -> Wait:
    able = [worker for worker in workers if _takes(worker, row)]
    return Wait(place, _limit(row, workers, able, site), len(able))


def _limit(row: RowMapping, workers: Sequence[WorkerRecord], able: Sequence[WorkerRecord], site: str) -> str:
    if not workers:
        return f"no worker was seen for {FRESH.seconds} seconds"
    if not able:
        return f"no worker takes {row['browser']} from the queue {row['queue'] or 'without a name'}"
    if row["department_is_full"]:
        return f"its department executes {row['department_limit']} results at once"
    if row["cloud_is_full"]:
        return f"the cloud {row['cloud']} executes {row['cloud_limit']} results at once"
    return site or "all slots are in use"


def _takes(worker: WorkerRecord, row: RowMapping) -> bool:
    return (not worker.queues or (row["queue"] or "") in worker.queues) and (
        not worker.browsers or row["browser"] in worker.browsers
    )


def _living_workers(scope: Scope) -> Sequence[WorkerRecord]:
    query = select(WorkerRecord).where(WorkerRecord.seen_at > scope.now() - FRESH).order_by(WorkerRecord.name)
    return scope.session.scalars(query).all()


def _site_limit(scope: Scope, session: Session) -> str:
    limit = scope.runtime.settings.integer("cometa.max_parallel")
    return f"all workers together execute {limit} results at once" if limit and count_active(session) >= limit else ""
