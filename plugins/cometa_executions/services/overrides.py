"""What people decide about results and runs: verdict, archive, description.  Contract: rest-api A4.5, A6.6, R-109."""

from collections.abc import Mapping
from typing import Any

from cometa_core.audit import record
from cometa_core.errors import Conflict, Invalid
from cometa_core.scope import Scope
from cometa_core.web.fields import moment_text
from cometa_executions.models import Result, Run
from cometa_executions.services.latest import show_newest_run, status_of
from cometa_executions.services.step_writing import hold, is_over
from cometa_executions.states import State

PERSONAL_FIELDS = frozenset({"status", "archived", "description"})
VERDICTS = (State.SUCCESS.value, State.FAILED.value, State.CANCELED.value)


def decide(scope: Scope, result: Result, values: Mapping[str, Any]) -> None:
    """Change what a person may change of a result; the audit log keeps it.

    Args:
        scope: unit of work of somebody with the right to change verdicts.
        result: visible result.
        values: fields by the names of the contract, only those that were sent.

    Raises:
        Invalid: a person sends what only runners know, or a verdict that only runners reach.
        Conflict: ``result_running``, a verdict before the end.
    """
    foreign = sorted(set(values) - PERSONAL_FIELDS)
    if foreign:
        texts = {name: ["only runners send this"] for name in foreign}
        raise Invalid(f"Field {foreign[0]}: only runners send this.", fields=texts)
    hold(scope.session, result)
    before = _decided(result)
    if "status" in values:
        _override(scope, result, values["status"])
    for name in ("archived", "description"):
        if name in values:
            setattr(result, name, values[name])
    scope.session.flush()
    if "status" in values:
        show_newest_run(scope.session, result.feature_id)
    after = _decided(result)
    changed = [name for name in after if before[name] != after[name]]
    record(
        scope,
        "change_result",
        f"feature_result:{result.id}",
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )


def _decided(result: Result) -> dict[str, object]:
    return {"status": status_of(result), "archived": result.archived, "description": result.description}


def _override(scope: Scope, result: Result, status: str) -> None:
    """Let a verdict count in place of the state; the state itself takes the verdict back."""
    if status not in VERDICTS:
        raise Invalid.field("status", f"people choose one of {', '.join(VERDICTS)}")
    if not is_over(result):
        raise Conflict("The result is still running. Cancel it, or wait for its end.", code="result_running")
    by, at = scope.identity.account_id, moment_text(scope.now())
    result.override = None if status == result.state else {"status": status, "by": by, "at": at}


def archive_run(scope: Scope, run: Run, *, archived: bool) -> None:
    """Put a run into the archive, or take it out."""
    run.archived = archived
    scope.session.flush()
