"""Reading the outcome of a run for the command line, pictures included."""

import shutil
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from cometa_core.runtime import Runtime
from cometa_executions.command_report import FeatureReport, StepReport
from cometa_executions.models import Result, StepResult
from cometa_executions.services.reading import reported_steps, results_of_run


def count_steps(runtime: Runtime, run_id: int) -> int:
    """Return how many steps of a run have ended."""
    query = (
        select(func.count())
        .select_from(StepResult)
        .join(Result, Result.id == StepResult.result_id)
        .where(Result.run_id == run_id, StepResult.status != "")
    )
    with runtime.reading() as session:
        return session.scalar(query) or 0


def report_of(runtime: Runtime, run_id: int, pictures: Path) -> FeatureReport:
    """Read a finished run and copy its pictures.

    Args:
        runtime: runtime of the installation.
        run_id: key of the run; it has one result.
        pictures: folder that pictures are copied to.
    """
    with runtime.reading() as session:
        result = results_of_run(session, run_id)[0]
        rows = session.scalars(reported_steps(result).options(selectinload(StepResult.artifacts))).all()
        steps = tuple(_step(runtime, row, pictures / str(run_id)) for row in rows)
        return FeatureReport(
            feature=result.feature.feature_name,
            status=result.state,
            reason=result.status_reason,
            total=result.total,
            ok=result.ok,
            fails=result.fails,
            skipped=result.skipped,
            execution_time_ms=result.execution_ms,
            steps=steps,
        )


def _step(runtime: Runtime, row: StepResult, folder: Path) -> StepReport:
    picture = next((artifact for artifact in row.artifacts if artifact.role == "current"), None)
    path = None
    if picture is not None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"step-{row.sequence:03d}.png"
        with runtime.artifacts.open(picture.department_id, picture.sha256) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
    return StepReport(row.step_name, row.status, row.execution_ms, row.error, path)
