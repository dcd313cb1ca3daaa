"""Reading runs and results into reports.  Lists are bounded: a report is read by people and by build servers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cometa_core.errors import NotFound
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_executions.api import (
    Artifact,
    Result,
    StepResult,
    plan_leaves,
    reported_steps,
    results_of_run,
    status_of,
    visible_result,
    visible_run,
)
from cometa_reports.document import Picture, Report, ReportedResult, ReportedStep

MOST_STEPS: Final = 5000
"""Step rows of a result in a report; the others are counted."""

MOST_PICTURES: Final = 200
"""Pictures in a report; those of failed steps come first, the others are counted."""

NO_PICTURE: Final[Mapping[str, Picture]] = {}


def report_of_run(scope: Scope, run_id: int) -> Report:
    """Read a run that the caller may see.

    Raises:
        NotFound: unknown, removed or of a foreign department.
    """
    run = visible_run(scope, run_id)
    return _report(scope.runtime, scope.session, results_of_run(scope.session, run.id))


def report_of_result(scope: Scope, result_id: int) -> Report:
    """Read a result that the caller may see; raises as ``report_of_run``."""
    return _report(scope.runtime, scope.session, [visible_result(scope, result_id)])


def any_report(runtime: Runtime, session: Session, run_id: int) -> Report:
    """Read a run for whoever operates the installation.

    Raises:
        NotFound: there is no such run.
    """
    results = results_of_run(session, run_id)
    if not results:
        raise NotFound(f"There is no run {run_id}.")
    return _report(runtime, session, results)


def any_report_of_result(runtime: Runtime, session: Session, result_id: int) -> Report:
    """Read a result for whoever may see it, which the caller decides.

    Raises:
        NotFound: there is no such result.
    """
    result = session.get(Result, result_id)
    if result is None:
        raise NotFound(f"There is no result {result_id}.")
    return _report(runtime, session, [result])


def _report(runtime: Runtime, session: Session, results: Sequence[Result]) -> Report:
    if not results:
        raise NotFound("The run has no results any more.")
    feature, run_id = results[0].feature, results[0].run_id
    keywords = {leaf["index"]: str(leaf["keyword"]) for leaf in plan_leaves(session, run_id)}
    rows = {result.id: session.scalars(reported_steps(result).limit(MOST_STEPS)).all() for result in results}
    pictures, left_out = _pictures(runtime, [row for each in rows.values() for row in each])
    report = Report(
        run_id=run_id,
        feature_id=feature.id,
        feature=feature.feature_name,
        description=feature.description or "",
        department=feature.department.name,
        results=[_result(result, rows[result.id], keywords, pictures) for result in results],
        pictures_left_out=left_out,
    )
    return replace(report, results=_with_counts(session, results, report.results))


def _with_counts(
    session: Session, results: Sequence[Result], reported: Sequence[ReportedResult]
) -> list[ReportedResult]:
    """Say how many rows are missing where a result has more of them than a report takes."""
    full = [each.id for each in reported if len(each.steps) == MOST_STEPS]
    attempts = {result.id: result.attempt for result in results}
    query = (
        select(StepResult.result_id, StepResult.attempt, func.count())
        .where(StepResult.result_id.in_(full), StepResult.status != "")
        .group_by(StepResult.result_id, StepResult.attempt)
    )
    rows = session.execute(query) if full else ()
    counts = {key: count for key, attempt, count in rows if attempt == attempts[key]}
    return [replace(each, steps_left_out=max(0, counts.get(each.id, 0) - len(each.steps))) for each in reported]


def _result(
    result: Result,
    rows: Sequence[StepResult],
    keywords: Mapping[int, str],
    pictures: Mapping[int, Mapping[str, Picture]],
) -> ReportedResult:
    return ReportedResult(
        id=result.id,
        browser=browser_text(result.browser),
        status=status_of(result),
        reason=result.status_reason,
        state=result.state,
        begun_at=result.started_at or result.queued_at,
        milliseconds=result.execution_ms,
        steps=[_step(row, result.feature_id, keywords, pictures.get(row.id, NO_PICTURE)) for row in rows],
    )


def _step(
    row: StepResult, feature_id: int, keywords: Mapping[int, str], pictures: Mapping[str, Picture]
) -> ReportedStep:
    return ReportedStep(
        sequence=row.sequence,
        keyword=keywords.get(row.leaf_index, "") if row.leaf_index is not None else "",
        name=row.step_name,
        status=row.status,
        milliseconds=row.execution_ms,
        begun_ms=max(0, row.relative_ms - row.execution_ms),
        error=row.error or "",
        owner="" if row.owner_id in {0, feature_id} else row.owner_name,
        picture=pictures.get("current"),
        difference=pictures.get("difference"),
        verdict=row.verdict or "",
    )


def _pictures(runtime: Runtime, rows: Iterable[StepResult]) -> tuple[dict[int, dict[str, Picture]], int]:
    """Choose the pictures of a report; returns them by row and role, and how many were left out."""
    found = [
        (row, artifact)
        for row in sorted(rows, key=lambda row: row.status != "Failed")
        for artifact in row.artifacts
        if artifact.role in {"current", "difference"} and artifact.mime == "image/png"
    ]
    chosen: dict[int, dict[str, Picture]] = {}
    for row, artifact in found[:MOST_PICTURES]:
        chosen.setdefault(row.id, {})[artifact.role] = _picture(runtime, row, artifact)
    return chosen, max(0, len(found) - MOST_PICTURES)


def _picture(runtime: Runtime, row: StepResult, artifact: Artifact) -> Picture:
    department_id, sha256 = artifact.department_id, artifact.sha256

    def read() -> bytes:
        try:
            with runtime.artifacts.open(department_id, sha256) as stream:
                return stream.read()
        except NotFound as missing:
            # Removed meanwhile, or lost: for whoever writes a report it is a file that cannot be read.
            raise FileNotFoundError(str(missing)) from missing

    return Picture(f"result-{row.result_id}-step-{row.sequence}-{artifact.role}.png", artifact.mime, read)


def browser_text(browser: Mapping[str, Any]) -> str:
    """Name a browser for people: ``chrome 134.0, Windows 11``."""
    family = " ".join(str(browser.get(key) or "") for key in ("browser", "browser_version")).strip()
    system = " ".join(str(browser.get(key) or "") for key in ("os", "os_version")).strip()
    device = str(browser.get("device") or "")
    return ", ".join(part for part in (family, system, device) if part and part != "Generic")
