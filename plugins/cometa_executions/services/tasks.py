"""What external runners report about their process: start, heartbeat, finish.  Contract: rest-api A6.17, R-183."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from cometa_catalog.api import is_same_browser
from cometa_core.errors import Conflict, NotFound
from cometa_core.events import NewEvent, append
from cometa_core.scope import Scope
from cometa_executions.models import Result, Task
from cometa_executions.services.reading import run_info, visible_result, visible_results
from cometa_executions.services.transition import change_state
from cometa_executions.states import TERMINAL, UNFINISHED, State

MOST_CANDIDATES = 200
OPEN_STATES = [state.value for state in UNFINISHED]


@dataclass(frozen=True)
class TaskReport:
    """What a runner reports.

    Attributes:
        feature_id: key of a visible feature.
        pid: number of the process on the machine of the runner.
        browser: browser that it opens; needed for a start without ``result_id``.
        result_id: result that it executes; None: found by browser or pid.
    """

    feature_id: int
    pid: int
    browser: Mapping[str, Any] | None = None
    result_id: int | None = None


@dataclass(frozen=True)
class TaskState:
    """The result that a report was about, None if there is none, and how many tasks the report found or ended."""

    result_id: int | None
    tasks: int


def start_task(scope: Scope, report: TaskReport) -> TaskState:
    """Note that a runner executes a result: task, state Running, pid.  The same again changes nothing.

    Raises:
        NotFound: the result is unknown or not visible, or none of the feature waits with this browser.
        Conflict: ``terminal_state``, it has ended; ``result_running``, a worker executes it.
    """
    result = _taken(scope, report) if report.result_id is None else visible_result(scope, report.result_id)
    result = _held(scope, result, report.feature_id)
    if State(result.state) in TERMINAL:
        raise Conflict(f"The result already ended as {result.state}.", code="terminal_state")
    if result.worker:
        raise Conflict(f"The worker {result.worker} executes this result.", code="result_running")
    advance(scope, result, State.RUNNING, report.pid)
    task = scope.session.get(Task, result.id)
    if task is None:
        task = Task(result_id=result.id, feature_id=result.feature_id, started_at=scope.now())
        scope.session.add(task)
    task.pid, task.ended_at = report.pid, None
    scope.session.flush()
    return TaskState(result.id, 1)


def _held(scope: Scope, result: Result, feature_id: int) -> Result:
    """Lock a result until the end of the transaction, so that reports about it follow each other."""
    if result.feature_id != feature_id:
        raise NotFound
    scope.session.refresh(result, with_for_update={"of": Result})
    return result


def _taken(scope: Scope, report: TaskReport) -> Result:
    """Take the newest result that nobody executes; of several runners each takes another one."""
    query = (
        visible_results(scope)
        .where(
            Result.feature_id == report.feature_id,
            Result.state.in_(OPEN_STATES),
            Result.worker == "",
            Result.pid.is_(None),
            Result.id.not_in(select(Task.result_id)),
        )
        .order_by(Result.id.desc())
        .limit(MOST_CANDIDATES)
    )
    for result in scope.session.scalars(query).unique():
        if is_same_browser(report.browser or {}, result.browser) and _take(scope.session, result.id, report.pid):
            return result
    raise NotFound("No result of this feature waits for a runner with this browser.")


def _take(session: Session, result_id: int, pid: int) -> bool:
    free = (Result.id == result_id, Result.state.in_(OPEN_STATES), Result.worker == "", Result.pid.is_(None))
    return _changed(session, update(Result).where(*free).values(pid=pid))


def _changed(session: Session, statement: Update) -> bool:
    return session.connection().execute(statement.execution_options(synchronize_session=False)).rowcount == 1


def advance(scope: Scope, result: Result, target: State, pid: int | None = None) -> None:
    """Bring a held result as far as a target, whatever state it waits in, and note that its runner reports.

    Raises:
        Conflict: ``result_running``, somebody else began to execute it.
    """
    session, now, events = scope.session, scope.now(), list[NewEvent]()
    if result.state == State.QUEUED.value and target is not State.QUEUED:
        _change(session, result, State.INITIALIZING, attempt=Result.attempt + 1, beat=0)
        events.append(("result.initializing", {"worker": "", "attempt": result.attempt}))
    if result.state == State.INITIALIZING.value and target is State.RUNNING:
        _change(session, result, State.RUNNING, started_at=now)
        started = {"session_id": result.session_id, "browser": result.browser, "pid": pid, "attempt": result.attempt}
        events.append(("result.started", started))
    append(scope, run_info(result), events)
    result.pid, result.reported_at = pid or result.pid, now
    if target is State.RUNNING:
        result.started_at = result.started_at or now


def _change(session: Session, result: Result, state: State, **values: Any) -> None:
    if not change_state(session, result.id, State(result.state), state, **values):
        # The row is locked, so only a database without locks of rows comes here.
        raise Conflict("Somebody else began to execute this result.", code="result_running")
    session.refresh(result)


def finish_task(scope: Scope, report: TaskReport) -> TaskState:
    """Note that the process of a runner ended; its result becomes terminal by its own report.

    Raises:
        NotFound: the named result is unknown or not visible.
    """
    task = _task_of(scope, report)
    if task is None:
        return TaskState(report.result_id, 0)
    ending = update(Task).where(Task.result_id == task.result_id, Task.ended_at.is_(None)).values(ended_at=scope.now())
    if not _changed(scope.session, ending):
        return TaskState(task.result_id, 0)
    renew_lease(scope, task.result_id, pid=None)
    return TaskState(task.result_id, 1)


def beat_task(scope: Scope, report: TaskReport) -> TaskState:
    """Renew the lease of a runner.

    Raises:
        NotFound: the result is unknown or not visible, or no task of the feature has this pid.
        Conflict: ``terminal_state``, the result has ended and the runner has to stop.
    """
    task = _task_of(scope, report)
    result_id = report.result_id if task is None else task.result_id
    if result_id is None:
        raise NotFound("No task of this feature has this pid.")
    if not renew_lease(scope, result_id):
        state = scope.session.scalar(select(Result.state).where(Result.id == result_id))
        raise Conflict(f"The result already ended as {state}.", code="terminal_state")
    return TaskState(result_id, int(task is not None and task.ended_at is None))


def _task_of(scope: Scope, report: TaskReport) -> Task | None:
    """Find the task of the named result, else the one with the pid: a running one first, then the newest."""
    if report.result_id is not None:
        result = visible_result(scope, report.result_id)
        if result.feature_id != report.feature_id:
            raise NotFound
        return scope.session.get(Task, result.id)
    query = (
        select(Task)
        .join(Result, Result.id == Task.result_id)
        .where(Task.feature_id == report.feature_id, Task.pid == report.pid, Result.removed.is_(False))
        .order_by(Task.ended_at.is_not(None), Task.result_id.desc())
        .limit(1)
    )
    return scope.session.scalars(query).first()


def renew_lease(scope: Scope, result_id: int, **values: object) -> bool:
    """Note that a runner reported.

    Args:
        scope: unit of work.
        result_id: key of its result.
        values: further columns to set.

    Returns:
        Whether the result is not terminal yet; else nothing is changed.
    """
    unfinished = (Result.id == result_id, Result.state.in_(OPEN_STATES))
    return _changed(scope.session, update(Result).where(*unfinished).values(reported_at=scope.now(), **values))
