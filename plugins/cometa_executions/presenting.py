"""Rows as answers; names of other objects are read from the joined rows.  Contract: rest-api A1.6, A4.5 to A4.7."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from cometa_catalog.api import application_names, environment_names
from cometa_core.scope import Scope
from cometa_executions.models import Result, Run, StepResult
from cometa_executions.numbers import seconds_text, success_rate
from cometa_executions.schemas import FeatureResult, FeatureRun, Override, Owner, StepResultOut, Waiting
from cometa_executions.services.files import FILE_ROLES, ResultFiles, files_of
from cometa_executions.services.latest import status_of
from cometa_executions.services.reading import step_ids
from cometa_executions.services.step_writing import SENT_FIELDS, counters_of
from cometa_executions.services.waits import Wait, why_waiting
from cometa_executions.states import UNFINISHED, State, state_of_run
from cometa_executions.templates import keeper_of

NO_FILES = ResultFiles()
RUNNING = frozenset(state.value for state in UNFINISHED)


def present_results(scope: Scope, results: Sequence[Result]) -> list[FeatureResult]:
    """Present results with a constant number of queries."""
    session = scope.session
    waits = why_waiting(scope, results)
    names, files = _names(session, results), files_of(session, results)
    prefix = scope.runtime.settings.text("cometa.screenshot.prefix")
    return [_present(result, names, waits.get(result.id), files.get(result.id, NO_FILES), prefix) for result in results]


def _names(session: Session, results: Sequence[Result]) -> tuple[Mapping[int, str], Mapping[int, str]]:
    runs = [result.run for result in results]
    return (
        application_names(session, {run.app_id for run in runs}),
        environment_names(session, {run.environment_id for run in runs}),
    )


def _present(
    result: Result,
    names: tuple[Mapping[int, str], Mapping[int, str]],
    wait: Wait | None,
    files: ResultFiles,
    prefix: str,
) -> FeatureResult:
    run, feature, status, report = result.run, result.feature, status_of(result), result.report or {}
    return FeatureResult(
        feature_result_id=result.id, run_id=run.id, feature_id=feature.id, result_date=result.queued_at,
        feature_name=feature.feature_name, app_id=run.app_id, app_name=names[0].get(run.app_id, ""),
        environment_id=run.environment_id, environment_name=names[1].get(run.environment_id, ""),
        department_id=feature.department_id, department_name=feature.department.name,
        browser_id=result.browser_id, browser_name=_browser_name(result, report),
        browser=result.browser, mobile=report.get("mobile", []), description=result.description,
        total=result.total, ok=result.ok, fails=result.fails, skipped=result.skipped,
        execution_time=seconds_text(result.execution_ms), execution_time_ms=result.execution_ms,
        pixel_diff=result.pixel_diff, success_rate=success_rate(result.ok, result.total),
        success=status == State.SUCCESS.value, status=status, state=result.state, reason=result.reason,
        status_reason=result.status_reason, override=Override(**result.override) if result.override else None,
        attempts=result.attempt, waiting=Waiting(**vars(wait)) if wait else None, running=result.state in RUNNING,
        archived=result.archived or run.archived, is_removed=result.removed, **_pictures(result, report, files, prefix),
        video_url=files.video_url or report.get("video_url", ""),
        files=list(dict.fromkeys([*files.names, *report.get("files", [])])),
        executed_by=run.executed_by, executed_by_name=run.account.name if run.account else None,
        origin=run.origin, x_server=run.x_server, pid=str(result.pid) if result.pid else None,
        session_id=result.session_id, run_hash=result.run_hash, network_logging_enabled=feature.network_logging,
        started_on=result.started_at, finished_on=result.finished_at,
    )  # fmt: skip


def _browser_name(result: Result, report: Mapping[str, Any]) -> str:
    sent = report.get("browser_name", "") if result.browser_id is None else ""
    name = sent or str(result.browser.get("browser", ""))
    return name[:1].upper() + name[1:]


def _pictures(result: Result, report: Mapping[str, Any], files: ResultFiles, prefix: str) -> dict[str, str]:
    """Name the pictures of the last step that has one; until then those that were sent.  Contract: R-101."""
    if not result.picture_step_id:
        return {name: report.get(name, "") for name in ("screen_actual", "screen_style", "screen_diff")}
    stem = f"{prefix}{result.picture_step_id}"
    return {
        "screen_actual": f"{stem}.png",
        "screen_style": f"{stem}_style.png" if "style" in files.compared else "",
        "screen_diff": f"{stem}.png_diff.png" if "difference" in files.compared else "",
    }


def present_run(scope: Scope, run: Run) -> FeatureRun:
    """Present a run with the sums over its results."""
    results = present_results(scope, run.results)
    state = state_of_run(State(result.state) for result in run.results)
    status = state_of_run(State(result.status) for result in results)
    ok, total = sum(result.ok for result in results), sum(result.total for result in results)
    execution_ms = sum(result.execution_time_ms for result in results)
    return FeatureRun(
        run_id=run.id, feature=run.feature_id, date_time=run.created_at, status=status, state=state,
        success=status is State.SUCCESS, running=state.value in RUNNING, total=total, ok=ok,
        fails=sum(result.fails for result in results), skipped=sum(result.skipped for result in results),
        execution_time=seconds_text(execution_ms), execution_time_ms=execution_ms,
        pixel_diff=sum(result.pixel_diff for result in results), success_rate=success_rate(ok, total),
        archived=run.archived, is_removed=run.removed, origin=run.origin, x_server=run.x_server,
        executed_by=run.executed_by, feature_results=results,
    )  # fmt: skip


def present_steps(scope: Scope, rows: Sequence[StepResult]) -> list[StepResultOut]:
    """Present step rows with a constant number of queries."""
    ids = step_ids(scope.session, rows)
    templates = keeper_of(scope.runtime).names(scope, rows)
    prefix = scope.runtime.settings.text("cometa.screenshot.prefix")
    return [_present_step(row, ids, prefix, templates.get(row.id, "")) for row in rows]


def _present_step(row: StepResult, ids: Mapping[str, int], prefix: str, template: str) -> StepResultOut:
    roles = {artifact.role for artifact in row.artifacts}
    ok, fails, skipped = counters_of(row)
    sent = {name: row.detail[name] for name in SENT_FIELDS if name in row.detail}
    return StepResultOut(
        step_result_id=row.id, feature_result_id=row.result_id, step_id=ids.get(row.step_uuid or ""),
        step_uuid=row.step_uuid, step_name=row.step_name, step_execution_sequence=row.sequence,
        step_type=row.step_type, execution_time=seconds_text(row.execution_ms), execution_time_ms=row.execution_ms,
        relative_execution_time=seconds_text(row.relative_ms), relative_execution_time_ms=row.relative_ms,
        pixel_diff=row.pixel_diff, ok=ok, fails=fails, skipped=skipped,
        success=row.status in {"Success", "Skipped"},
        status=row.status, error=row.error,
        screenshot_current=f"{prefix}{row.id}.png" if "current" in roles else "",
        screenshot_style=f"{prefix}{row.id}_style.png" if "style" in roles else "",
        screenshot_difference=f"{prefix}{row.id}.png_diff.png" if "difference" in roles else "",
        screenshot_template=template, template_name=template, diff="", verdict=row.verdict,
        baseline_state=row.baseline_state,
        files=[*row.files, *(artifact.name for artifact in row.artifacts if artifact.role in FILE_ROLES)],
        belongs_to=Owner(feature_id=row.owner_id, feature_name=row.owner_name or "Unknown"), notes=row.notes,
        warnings=row.detail.get("warnings", []), selector=row.detail.get("selector"), **sent,
    )  # fmt: skip
