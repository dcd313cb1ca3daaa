"""What every worker repeats: lost leases, expired queue entries, lost wake-ups.  Contract: runner A.4, A.7."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import joinedload

from cometa_core.contracts.run import RunInfo
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_executions.models import Result, Run
from cometa_executions.services.claim import Claim
from cometa_executions.services.external_leases import end_external
from cometa_executions.services.finish import Ending, close_run, end_result
from cometa_executions.services.reading import run_info
from cometa_executions.services.retry import requeue
from cometa_executions.states import ACTIVE, UNFINISHED, Reason, State

LOST_TEXT = "The worker that executed this result is gone. Start the feature again."
EXPIRED_TEXT = "No worker took this result in time. Check that a worker is running and allows this browser."


@dataclass
class LeaseWatch:
    """What one observer saw of each active result, by its own monotonic clock; a lease has no clock of its own.

    Attributes:
        seen: result -> (fence, beat, moment at which this pair was first seen).
    """

    seen: dict[int, tuple[int, int, float]] = field(default_factory=dict)

    def lost(self, active: Sequence[Result], moment: float, lease_seconds: float) -> list[Result]:
        """Return the results whose fence and beat stood still for the length of a lease."""
        present = {}
        for result in active:
            fence, beat, since = self.seen.get(result.id, (-1, -1, moment))
            if (fence, beat) != (result.fence, result.beat):
                since = moment
            present[result.id] = (result.fence, result.beat, since)
        self.seen = present
        return [result for result in active if moment - present[result.id][2] >= lease_seconds]

    def forget(self) -> None:
        """Start anew, after the database could not be reached: standing still proves nothing then."""
        self.seen.clear()


def sweep(runtime: Runtime, watch: LeaseWatch, ring: Callable[[], object]) -> None:
    """Do everything that must be made up for once; one transaction a result.

    Args:
        runtime: the runtime.
        watch: what this process saw before.
        ring: wakes this worker when queued results exist.
    """
    with runtime.reading() as session:
        active = session.scalars(_active_query()).unique().all()
    lease_seconds = runtime.settings.seconds("cometa.lease_seconds")
    for result in watch.lost(active, runtime.clock.monotonic(), lease_seconds):
        with runtime.unit_of_work() as scope:
            end_lost(scope, result)
    end_external(runtime)
    expire_queued(runtime)
    close_open_runs(runtime)
    if count_queued(runtime):
        ring()


def count_queued(runtime: Runtime) -> int:
    """Count the results that wait for a worker."""
    with runtime.reading() as session:
        waiting = (Result.state == State.QUEUED.value, Result.external.is_(False))
        query = select(func.count()).select_from(Result).where(*waiting)
        return session.scalar(query) or 0


def recover_own(runtime: Runtime, worker: str, incarnation: str) -> int:
    """End or requeue what an earlier life of this worker left behind; returns how many.  Contract: X-032."""
    with runtime.reading() as session:
        query = _active_query().where(Result.worker == worker, Result.incarnation != incarnation)
        left = session.scalars(query).unique().all()
    for result in left:
        with runtime.unit_of_work() as scope:
            end_lost(scope, result)
    return len(left)


def end_lost(scope: Scope, seen: Result) -> None:
    """Apply the policy to a result whose lease is lost; nothing happens if it moved since it was seen.

    Lost in Initializing: nothing was executed, so it is queued again, at most twice.  Lost in Running: Error, or queued
    again once where ``cometa.lost_run`` says so.
    """
    session = scope.session
    # The final compare-and-set repeats both numbers: whoever raised one of them in between is alive.
    taken = (
        update(Result)
        .where(Result.id == seen.id, Result.fence == seen.fence, Result.beat == seen.beat, Result.state == seen.state)
        .values(fence=Result.fence + 1)
        .execution_options(synchronize_session=False)
    )
    if session.connection().execute(taken).rowcount != 1:
        return
    info, fence = run_info(seen), seen.fence + 1
    if seen.cancel_requested_at is not None:
        text = f"Canceled by {seen.cancel_requested_by}."
        end_result(scope, info, State(seen.state), Ending(State.CANCELED, Reason.CANCELLED, text), fence=fence)
    elif not requeue(scope, info, seen, fence):
        end_result(scope, info, State(seen.state), Ending(State.ERROR, Reason.WORKER_LOST, LOST_TEXT), fence=fence)


def end_left(scope: Scope, claim: Claim, state: State) -> None:
    """Apply the policy to a result that its own worker leaves behind because it stops.  Contract: runner A.7."""
    seen = scope.session.get(Result, claim.lease.result_id, options=[joinedload(Result.feature)])
    if seen is not None and seen.fence == claim.lease.fence and seen.state == state.value:
        end_lost(scope, seen)


def expire_queued(runtime: Runtime) -> None:
    """End results that waited longer than the limit.  Contract: X-024."""
    limit = timedelta(seconds=runtime.settings.seconds("cometa.queue.max_wait_seconds"))
    with runtime.reading() as session:
        query = (
            select(Result)
            .options(joinedload(Result.feature))
            .where(Result.state == State.QUEUED.value, Result.queued_at < runtime.clock.now() - limit)
        )
        expired = session.scalars(query).all()
    for result in expired:
        with runtime.unit_of_work() as scope:
            end_result(scope, run_info(result), State.QUEUED, Ending(State.ERROR, Reason.QUEUE_EXPIRED, EXPIRED_TEXT))


def close_open_runs(runtime: Runtime) -> None:
    """Close runs whose results are all terminal although nobody closed them."""
    unfinished = select(Result.run_id).where(Result.state.in_([state.value for state in UNFINISHED]))
    with runtime.reading() as session:
        query = (
            select(Run)
            .options(joinedload(Run.feature))
            .where(Run.completed.is_(False), Run.removed.is_(False), Run.id.not_in(unfinished))
            .limit(100)
        )
        left_open = session.scalars(query).all()
    for run in left_open:
        info = RunInfo(run.id, None, run.feature_id, run.feature.feature_name, run.feature.department_id)
        with runtime.unit_of_work() as scope:
            close_run(scope, info)


def _active_query() -> Select[Result]:
    """Select what workers hold; results of external runners have no worker."""
    return (
        select(Result)
        .options(joinedload(Result.feature))
        .where(Result.state.in_([state.value for state in ACTIVE]), Result.worker != "")
        .order_by(Result.id)
    )
