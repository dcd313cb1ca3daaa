"""Ending a result: open rows are closed, totals are counted, the run is closed, once.  Contract: runner A.1, D.8."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.orm import Session

from cometa_core.contracts.run import RunInfo
from cometa_core.events import NewEvent, append
from cometa_core.scope import Scope
from cometa_executions.models import Artifact, PlanRecord, Result, Run, StepResult
from cometa_executions.services.ended import tell_plugins
from cometa_executions.services.latest import results_left, show_newest_run, sums_of
from cometa_executions.services.transition import change_state
from cometa_executions.states import UNFINISHED, Reason, State, state_of_run

LONGEST_LOG_TAIL = 64 * 1024


@dataclass(frozen=True)
class Ending:
    """How a result ends.

    Attributes:
        state: terminal state, or None to decide Success or Failed by the step rows.
        reason: machine word.
        text: sentence for people; empty for Success and Failed.
        log_tail: last 64 KB of the log; None = keep what is stored.
        values: further columns of the result.
    """

    state: State | None
    reason: Reason = Reason.NONE
    text: str = ""
    log_tail: str | None = None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Totals:
    """Sums over the step rows of one attempt."""

    ok: int
    fails: int
    skipped: int
    execution_ms: int
    pixel_diff: int
    compare_errors: int = 0

    @property
    def total(self) -> int:
        """All rows."""
        return self.ok + self.fails + self.skipped


def end_result(scope: Scope, run: RunInfo, old: State, ending: Ending, *, fence: int | None = None) -> bool:
    """Write the terminal state of a result with all sums, and close its run when it was the last one.

    Args:
        scope: unit of work; everything is one transaction.
        run: run and result.
        old: state that the caller believes.
        ending: how it ends.
        fence: fence of the writer; None for results that nobody holds.

    Returns:
        Whether this caller ended it; False when somebody else was faster.
    """
    session = scope.session
    assert run.feature_result_id is not None
    result = session.get(Result, run.feature_result_id, populate_existing=True, with_for_update=True)
    if result is None or result.state != old.value or (fence is not None and result.fence != fence):
        return False
    sent = sent_totals(session, result)
    skips = [] if sent else close_rows(session, result, ending)
    totals = sent or count(session, result)
    state = ending.state or (State.FAILED if totals.fails else State.SUCCESS)
    if not change_state(session, result.id, old, state, fence=fence, **_columns(scope, result, ending, totals)):
        return False
    session.refresh(result)
    events = append(scope, run, [*skips, *last_events(result, state, ending, totals)])
    tell_plugins(scope, run, events, ending.text)
    close_run(scope, run)
    return True


def has_steps(session: Session, result: Result) -> bool:
    """Tell whether a step of the last attempt was reported."""
    query = select(StepResult.id).where(StepResult.result_id == result.id, StepResult.attempt == result.attempt)
    return session.scalar(query.limit(1)) is not None


def sent_totals(session: Session, result: Result) -> Totals | None:
    """Return the numbers that an external runner sent which reported no step; what it did not reach is skipped.

    Contract: rest-api A4.5, A6.6.

    Returns:
        None where the step rows, or the plan, tell more.
    """
    if result.worker or has_steps(session, result):
        return None
    planned = session.scalar(select(PlanRecord.run_id).where(PlanRecord.run_id == result.run_id)) is not None
    if planned and not (result.ok or result.fails or result.skipped):
        return None
    skipped = max(result.skipped, result.total - result.ok - result.fails)
    return Totals(result.ok, result.fails, skipped, result.execution_ms, result.pixel_diff)


def close_rows(session: Session, result: Result, ending: Ending) -> list[NewEvent]:
    """Close the row that had begun and add every leaf of the plan that was never reported as skipped.

    Returns:
        An event for each row that was closed or added.
    """
    cancelled = ending.state is State.CANCELED
    status = "Skipped" if cancelled else "Failed"
    text = ending.text or "The step did not end."
    # What a step is killed for is its own time-out, as when it had ended by itself.  Contract: runner B.5.
    code = "timeout" if ending.reason is Reason.STEP_LIMIT else ending.reason.value
    begun = session.scalars(
        select(StepResult).where(
            StepResult.result_id == result.id, StepResult.attempt == result.attempt, StepResult.status == ""
        )
    ).all()
    events: list[NewEvent] = []
    for row in begun:
        row.status, row.error, row.error_code = status, None if cancelled else text, code
        events.append(("step.end", {"seq": row.sequence, "status": status, "error": row.error}))
    session.flush()
    return [*events, *_add_unreported(session, result, "cancelled" if cancelled else "after_failure")]


def _add_unreported(session: Session, result: Result, reason: str) -> list[NewEvent]:
    document = session.scalar(select(PlanRecord.document).where(PlanRecord.run_id == result.run_id)) or {}
    own = (StepResult.result_id == result.id, StepResult.attempt == result.attempt)
    reported = set(session.scalars(select(StepResult.leaf_index).where(*own).distinct()))
    missing = [leaf for leaf in document.get("leaves", []) if leaf["index"] not in reported]
    if not missing:
        return []
    last = session.scalar(select(func.max(StepResult.sequence)).where(*own)) or 0
    elapsed = session.scalar(select(func.max(StepResult.relative_ms)).where(*own)) or 0
    rows = [_skipped_row(result, leaf, last + place, elapsed, reason) for place, leaf in enumerate(missing, start=1)]
    session.execute(insert(StepResult), rows)
    return [("step.skip", {"seq": row["sequence"], "reason": reason}) for row in rows]


def _skipped_row(result: Result, leaf: dict[str, Any], sequence: int, elapsed: int, reason: str) -> dict[str, Any]:
    return {
        "result_id": result.id,
        "attempt": result.attempt,
        "sequence": sequence,
        "step_uuid": leaf["uuid"],
        "leaf_index": leaf["index"],
        "step_name": leaf["text"],
        "owner_id": leaf["owner"]["feature_id"],
        "owner_name": leaf["owner"]["feature_name"],
        "status": "Skipped",
        "relative_ms": elapsed,
        "detail": {"reason": reason},
    }


def count(session: Session, result: Result) -> Totals:
    """Sum the step rows of the last attempt.  Contract: runner D.8, D.9, F.6."""

    def number(status: str) -> Any:
        return func.coalesce(func.sum(case((StepResult.status == status, 1), else_=0)), 0)

    query = select(
        number("Success"),
        number("Failed"),
        number("Skipped") + number("Canceled"),
        func.coalesce(func.max(StepResult.relative_ms), 0),
        func.coalesce(func.sum(StepResult.pixel_diff), 0),
        func.coalesce(func.sum(case((StepResult.verdict == "error", 1), else_=0)), 0),
    ).where(StepResult.result_id == result.id, StepResult.attempt == result.attempt)
    return Totals(*(int(value) for value in session.execute(query).one()))


def last_picture(session: Session, result: Result) -> int | None:
    """Return the key of the last step row that has a picture."""
    query = (
        select(func.max(Artifact.step_result_id))
        .where(Artifact.result_id == result.id, Artifact.attempt == result.attempt, Artifact.role == "current")
    )  # fmt: skip
    return session.scalar(query)


def _columns(scope: Scope, result: Result, ending: Ending, totals: Totals) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "reason": ending.reason.value,
        "status_reason": ending.text,
        "finished_at": scope.now(),
        "total": totals.total,
        "ok": totals.ok,
        "fails": totals.fails,
        "skipped": totals.skipped,
        "execution_ms": totals.execution_ms,
        "pixel_diff": totals.pixel_diff,
        "picture_step_id": last_picture(scope.session, result),
        "pid": None,
        **ending.values,
    }
    if ending.log_tail is not None:
        columns["log_tail"] = ending.log_tail[-LONGEST_LOG_TAIL:]
    return columns


def last_events(result: Result, state: State, ending: Ending, totals: Totals) -> list[NewEvent]:
    """Build the events that end a result: ``result.finished``, after ``result.error`` where the platform failed."""
    events: list[NewEvent] = []
    if state in {State.ERROR, State.TIMEOUT}:
        events.append(("result.error", {"reason": ending.reason.value, "message": ending.text}))
    events.append(
        (
            "result.finished",
            {
                "state": state.value,
                "reason": ending.reason.value,
                "total": totals.total,
                "ok": totals.ok,
                "fails": totals.fails,
                "skipped": totals.skipped,
                "execution_time_ms": totals.execution_ms,
                "pixel_diff": totals.pixel_diff,
                "compare_errors": totals.compare_errors,
                "attempts": result.attempt,
            },
        )
    )
    return events


def close_run(scope: Scope, run: RunInfo) -> None:
    """Close a run whose results are all terminal, exactly once.  Contract: X-009."""
    session = scope.session
    # Two results that end at the same time must see each other: the row of the run is the lock.
    # Writes that only refer to it, as those about results do, must not wait for it: they hold their result.
    locked = session.scalar(select(Run).where(Run.id == run.run_id).with_for_update(key_share=True))
    unfinished = (
        select(func.count())
        .select_from(Result)
        .where(Result.run_id == run.run_id, Result.state.in_([state.value for state in UNFINISHED]))
    )
    if locked is None or session.scalar(unfinished):
        return
    # Also a run that was closed before: a result may have joined it since.
    show_newest_run(session, run.feature_id)
    closing = update(Run).where(Run.id == run.run_id, Run.completed.is_(False)).values(completed=True)
    if session.connection().execute(closing.execution_options(synchronize_session=False)).rowcount != 1:
        return
    left = results_left(session, run.run_id)
    state, sums = state_of_run(State(result.state) for result in left).value, sums_of(left)
    info = RunInfo(run.run_id, None, run.feature_id, run.feature_name, run.department_id)
    append(scope, info, [("run.completed", {"state": state, **sums})])
