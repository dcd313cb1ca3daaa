"""What external runners report about their result: state, numbers, log.  Contract: rest-api A4.5, A6.6; runner A.8."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cometa_core.errors import Conflict, Invalid
from cometa_core.scope import Scope
from cometa_executions.models import Result
from cometa_executions.runner_fields import LARGEST_COUNT
from cometa_executions.services.finish import Ending, end_result, has_steps
from cometa_executions.services.log import store_log
from cometa_executions.services.masking import masked_values
from cometa_executions.services.reading import run_info
from cometa_executions.services.step_writing import hold, is_over
from cometa_executions.services.tasks import advance
from cometa_executions.states import UNFINISHED, Reason, State
from cometa_executions.step_writing_schemas import milliseconds

AFTER_THE_END = timedelta(minutes=10)
LATE_FIELDS = frozenset({"log", "video_url", "files"})
REPORTED_FIELDS = ("browser_name", "mobile", "files", "video_url", "screen_style", "screen_actual", "screen_diff")
"""Fields that nothing but a report knows; they are kept as they were sent."""

COUNTERS = ("total", "ok", "fails", "skipped")
ENDINGS: Mapping[State, tuple[Reason, str]] = {
    State.CANCELED: (Reason.CANCELLED, "The runner was told to stop."),
    State.ERROR: (Reason.RUNNER_DIED, "The runner reported an error of browser or machine."),
    State.TIMEOUT: (Reason.FEATURE_LIMIT, "The runner reported that the feature took too long."),
}


def ending_of(state: State, text: str) -> Ending:
    """Describe how a runner ended a result; its sentence replaces ours."""
    reason, sentence = ENDINGS.get(state, (Reason.NONE, ""))
    return Ending(state, reason, (text or sentence) if reason else "")


def report_result(scope: Scope, result: Result, values: Mapping[str, Any]) -> None:
    """Store what a runner reports about its result; a final status ends it.

    Args:
        scope: unit of work of the runner.
        result: its result.
        values: fields by the names of the contract, only those that were sent.

    Raises:
        Conflict: ``terminal_state``, it has ended, and this is not its log, video or files within 10 minutes;
            ``result_running``, a worker executes it.
        Invalid: a state that lies behind, what only people decide; ``totals_mismatch``.
    """
    if "archived" in values:
        raise Invalid.field("archived", "only people send this")
    hold(scope.session, result)
    _refuse_closed(scope, result, values)
    values = masked_values(scope, result, values)
    _set_columns(result, values)
    scope.session.flush()
    if not is_over(result):
        _move(scope, result, values)
    if "log" in values:
        # It belongs to an attempt, which begins with the first state after Queued.
        store_log(scope, result, result.feature.department_id, values["log"])


def _move(scope: Scope, result: Result, values: Mapping[str, Any]) -> None:
    target = _target(values)
    if target is not None:
        _refuse_backwards(result, target)
    if target is None or target in UNFINISHED:
        _go_on(scope, result, target or State(result.state), values)
    else:
        _end(scope, result, target, values)


def _refuse_closed(scope: Scope, result: Result, values: Mapping[str, Any]) -> None:
    if is_over(result):
        in_time = result.finished_at is not None and scope.now() <= result.finished_at + AFTER_THE_END
        if not in_time or set(values) - LATE_FIELDS:
            raise Conflict(f"The result already ended as {result.state}.", code="terminal_state")
    elif result.worker:
        raise Conflict(f"The worker {result.worker} executes this result.", code="result_running")


def _set_columns(result: Result, values: Mapping[str, Any]) -> None:
    for name in ("description", "session_id", "browser"):
        if name in values:
            setattr(result, name, values[name])
    kept = {name: values[name] for name in REPORTED_FIELDS if name in values}
    if kept:
        result.report = {**(result.report or {}), **kept}


def _target(values: Mapping[str, Any]) -> State | None:
    """Return the state that a report asks for; None = it stays."""
    if "status" in values:
        return State(values["status"])
    if values.get("running") is False:
        return State.SUCCESS if values.get("success") else State.FAILED
    return None


def _refuse_backwards(result: Result, target: State) -> None:
    order = [state.value for state in UNFINISHED]
    if target.value in order and order.index(target.value) < order.index(result.state):
        raise Invalid.field("status", f"the result is already {result.state}")


def _go_on(scope: Scope, result: Result, state: State, values: Mapping[str, Any]) -> None:
    advance(scope, result, state)
    _set_numbers(result, values)
    scope.session.flush()


def _end(scope: Scope, result: Result, state: State, values: Mapping[str, Any]) -> None:
    """End a held result; its numbers are those of its steps, if it reported any."""
    # From Queued only some ends are possible, and whoever listens is told that it began.
    advance(scope, result, State.RUNNING)
    if not has_steps(scope.session, result):
        _set_numbers(result, values)
        _refuse_other_total(result, values)
    scope.session.flush()
    ending = ending_of(state, values.get("status_reason", ""))
    if not end_result(scope, run_info(result), State.RUNNING, ending):
        raise Conflict("The result has just ended.", code="terminal_state")


def _set_numbers(result: Result, values: Mapping[str, Any]) -> None:
    for name in (*COUNTERS, "pixel_diff"):
        if name in values:
            setattr(result, name, values[name])
    if "execution_time_ms" in values:
        result.execution_ms = values["execution_time_ms"]
    elif "execution_time" in values:
        result.execution_ms = milliseconds(values["execution_time"])


def _refuse_other_total(result: Result, values: Mapping[str, Any]) -> None:
    """Refuse numbers that do not fit; skipped ones that were not sent are what is left.

    Raises:
        Invalid: ``totals_mismatch``.
    """
    reached = result.ok + result.fails
    skipped = result.skipped if "skipped" in values else max(result.skipped, result.total - reached)
    if reached + skipped > LARGEST_COUNT or ("total" in values and result.total != reached + skipped):
        raise Invalid.field("total", "must be ok + fails + skipped", code="totals_mismatch")
