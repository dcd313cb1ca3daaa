"""What notifications say about a result: plain values, kept with the message.  Contract: runner L."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from cometa_core.contracts.run import ResultEnding, RunInfo
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_core.web.fields import moment_text
from cometa_executions.api import Result, StepResult
from cometa_notifications.settings import RESULT_URL

FAILURES = frozenset({"Failed", "Error", "Timeout", "Missed", "Skipped"})
"""States after which ``send_mail_on_error`` and ``failed_execution`` send; the last two are those of planned starts."""

COUNTS = ("ok", "fails", "skipped", "total")


def of_ending(scope: Scope, run: RunInfo, ending: ResultEnding) -> dict[str, Any]:
    """Return the facts of a result that ends now."""
    result = scope.session.get_one(Result, run.feature_result_id)
    data = ending.event.data
    return {
        **_place(scope.runtime, run),
        "state": ending.state,
        "reason": ending.reason,
        "text": ending.text,
        "browser": browser_name(result.browser),
        "at": moment_text(ending.event.at),
        "seq": ending.event.seq,
        "event": dict(data),
        "execution_ms": data.get("execution_time_ms", 0),
        **{name: data.get(name, 0) for name in COUNTS},
    }


def of_running(scope: Scope, run: RunInfo, attempt: int) -> dict[str, Any]:
    """Return the facts of a result that is being executed; the counts are those of the steps so far."""
    result = scope.session.get_one(Result, run.feature_result_id)
    return {
        **_place(scope.runtime, run),
        "state": result.state,
        "reason": "",
        "text": "",
        "browser": browser_name(result.browser),
        "at": moment_text(scope.now()),
        **_counted(scope.session, result.id, attempt),
    }


def browser_name(spec: Mapping[str, Any]) -> str:
    """Name a browser with its version, for people."""
    return f"{spec.get('browser') or ''} {spec.get('browser_version') or ''}".strip()


def _place(runtime: Runtime, run: RunInfo) -> dict[str, Any]:
    keys = {"run_id": run.run_id, "feature_id": run.feature_id, "feature_result_id": run.feature_result_id}
    url = runtime.settings.text(RESULT_URL).format(**keys)
    return {**keys, "department_id": run.department_id, "feature_name": run.feature_name, "url": url}


def _counted(session: Session, result_id: int, attempt: int) -> dict[str, int]:
    def number(status: str) -> Any:
        return func.coalesce(func.sum(case((StepResult.status == status, 1), else_=0)), 0)

    query = select(number("Success"), number("Failed"), number("Skipped"), func.count()).where(
        StepResult.result_id == result_id, StepResult.attempt == attempt, StepResult.status != ""
    )
    return dict(zip(COUNTS, map(int, session.execute(query).one()), strict=True))
