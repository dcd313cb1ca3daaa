"""Changing stored step results, with the verdict of their result.  Contract: rest-api A6.10, R-156."""

from typing import Any

from cometa_core.errors import Conflict, Invalid
from cometa_core.scope import Scope
from cometa_core.web.fields import moment_text
from cometa_executions.models import Result, StepResult
from cometa_executions.services.finish import count
from cometa_executions.services.latest import show_newest_run
from cometa_executions.services.masking import masked_values
from cometa_executions.services.step_writing import SENT_FIELDS, hold, is_over, sent_details, sum_pixels
from cometa_executions.services.tokens import is_runner
from cometa_executions.states import State

PERSONAL_FIELDS = frozenset({"status", "notes"})
FIXED = frozenset({State.CANCELED.value, State.ERROR.value, State.TIMEOUT.value})
"""Verdicts that no step decided, so that none changes them."""


def change_step(scope: Scope, row: StepResult, values: dict[str, Any]) -> None:
    """Change fields of a step result; a new status recounts result and run.

    Args:
        scope: unit of work of a person with the right to change verdicts, or of a runner.
        row: visible step result.
        values: new values by the names of the contract, only those that were sent.

    Raises:
        Invalid: a person sends what only runners know.
        Conflict: ``terminal_state``, a runner changes the verdict of a result that has ended.
    """
    foreign = sorted(set(values) - PERSONAL_FIELDS)
    if foreign and not is_runner(scope):
        texts = {name: ["only runners send this"] for name in foreign}
        raise Invalid(f"Field {foreign[0]}: only runners send this.", fields=texts)
    session = scope.session
    result = hold(session, row.result)
    if is_over(result) and is_runner(scope) and "status" in values:
        raise Conflict(f"The result already ended as {result.state}.", code="terminal_state")
    _set_columns(row, masked_values(scope, result, values))
    session.flush()
    if "pixel_diff" in values:
        sum_pixels(session, result)
    if "status" in values:
        recount(scope, result)


def _set_columns(row: StepResult, values: dict[str, Any]) -> None:
    for name in ("notes", "error", "files", "pixel_diff"):
        if name in values:
            setattr(row, name, values[name])
    detail = {name: value for name, value in row.detail.items() if name not in values or name not in SENT_FIELDS}
    if "status" in values:
        row.status = values["status"]
        detail.pop("counters", None)
    row.detail = {**detail, **sent_details(values)}


def recount(scope: Scope, result: Result) -> None:
    """Count the steps of a held result again; its verdict, and what the feature shows of its run, follow."""
    session = scope.session
    totals = count(session, result)
    result.ok, result.fails, result.skipped = totals.ok, totals.fails, totals.skipped
    result.total = totals.total if is_over(result) else max(result.total, totals.total)
    if is_over(result):
        _follow_steps(scope, result, State.FAILED if totals.fails else State.SUCCESS)
    session.flush()
    show_newest_run(session, result.feature_id)


def _follow_steps(scope: Scope, result: Result, verdict: State) -> None:
    status = result.override["status"] if result.override else result.state
    if status in FIXED:
        return
    by, at = scope.identity.account_id, moment_text(scope.now())
    result.override = None if verdict == result.state else {"status": verdict.value, "by": by, "at": at}
