"""Claiming the next admissible result.  Contract: runner A.4, A.5, X-014."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, text, update
from sqlalchemy.orm import Session

from cometa_accounts.api import Department
from cometa_core.contracts.run import RunInfo
from cometa_core.events import append
from cometa_core.scope import Scope
from cometa_executions.models import Result
from cometa_executions.services.queue import Queue, count_active
from cometa_executions.services.transition import Lease
from cometa_executions.states import State
from cometa_features.api import Feature

CLAIM_LOCK = 0x636F6D65
"""Key of PostgreSQL's advisory lock: claims count limits, so they happen one after the other."""


@dataclass(frozen=True)
class WorkerIdentity:
    """A worker as it claims.

    Attributes:
        name: configured name.
        incarnation: random text of this life of the process.
        queues: names of the queues that it serves; empty = all.
        browsers: browser families that it can open; empty = all.
    """

    name: str
    incarnation: str
    queues: tuple[str, ...] = ()
    browsers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """A claimed result."""

    lease: Lease
    attempt: int
    run: RunInfo


def claim_next(scope: Scope, worker: WorkerIdentity) -> Claim | None:
    """Take the next result that may be executed now; None when there is none.

    The order is priority plus a point per minute waited, then the department with fewest active results, then age.
    """
    session = scope.session
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": CLAIM_LOCK})
    limit = scope.runtime.settings.integer("cometa.max_parallel")
    if limit and count_active(session) >= limit:
        return None
    for result_id, feature_id, feature_name, department_id in session.execute(_candidates(scope, worker)):
        claimed = _take(session, result_id, worker)
        if claimed is not None:
            fence, attempt, run_id = claimed
            info = RunInfo(run_id, result_id, feature_id, feature_name, department_id)
            append(scope, info, [("result.initializing", {"worker": worker.name, "attempt": attempt})])
            return Claim(Lease(result_id, fence), attempt, info)
    return None


def _take(session: Session, result_id: int, worker: WorkerIdentity) -> tuple[int, int, int] | None:
    statement = (
        update(Result)
        .where(Result.id == result_id, Result.state == State.QUEUED.value)
        .values(
            state=State.INITIALIZING.value,
            fence=Result.fence + 1,
            beat=0,
            attempt=Result.attempt + 1,
            worker=worker.name,
            incarnation=worker.incarnation,
        )
        .returning(Result.fence, Result.attempt, Result.run_id)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(statement).first()
    return None if row is None else (row[0], row[1], row[2])


def _candidates(scope: Scope, worker: WorkerIdentity) -> Select[Any]:
    """Build the query of the best few results that this worker may take."""
    queue = Queue(scope.session, scope.now())
    query = queue.admissible(Result.id, Feature.id, Feature.feature_name, Feature.department_id).limit(5)
    if worker.queues:
        query = query.where(func.coalesce(Department.settings["queue_name"].as_string(), "").in_(worker.queues))
    if worker.browsers:
        query = query.where(Result.browser["browser"].as_string().in_(worker.browsers))
    return query
