"""Writing step results that runners report over the API, and changing stored ones.  Contract: rest-api A6.10."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from cometa_core.errors import BadRequest, Conflict, Invalid
from cometa_core.events import append
from cometa_core.scope import Scope
from cometa_executions.models import Result, StepResult
from cometa_executions.services.masking import masked_report
from cometa_executions.services.reading import plan_leaves, run_info
from cometa_executions.states import TERMINAL, State
from cometa_executions.step_writing_schemas import StepResultIn, milliseconds
from cometa_features.api import Feature, Step

AFTER_THE_END = timedelta(minutes=10)
SENT_FIELDS = ("healing_data", "rest_api", "database_query_result", "current_step_variables_value")
"""Fields that plugins of runners fill; they are kept in the details of the row."""

IDENTIFYING = {"feature_result_id", "step_execution_sequence"}


def counters_of(row: StepResult) -> tuple[int, int, int]:
    """Return how many steps of a row were ok, failed and skipped: as sent, else one by its status."""
    sent = row.detail.get("counters")
    if sent is not None:
        return sent[0], sent[1], sent[2]
    return int(row.status == "Success"), int(row.status == "Failed"), int(row.status in {"Skipped", "Canceled"})


def is_over(result: Result) -> bool:
    """Tell whether a result is terminal."""
    return State(result.state) in TERMINAL


def hold(session: Session, result: Result) -> Result:
    """Lock a result until the end of the transaction, so that reports about it follow each other."""
    session.refresh(result, with_for_update={"of": Result})
    return result


def store_step(scope: Scope, result: Result, body: StepResultIn) -> tuple[StepResult, bool]:
    """Store a step that a runner reports; the same again changes nothing.

    Returns:
        The row, and whether it is new.

    Raises:
        BadRequest: ``id_mismatch``, the body names another result.
        Invalid: ``step_id`` is no step of the feature.
        Conflict: ``duplicate_sequence``, another step has this place; ``terminal_state``, the result ended;
            ``result_running``, a worker executes it and reports alone.
    """
    if body.feature_result_id != result.id:
        raise BadRequest("feature_result_id is not the id of the path.", code="id_mismatch")
    hold(scope.session, result)
    digest = _digest(body)
    known = _known(scope.session, result, body.step_execution_sequence)
    if known is not None:
        if known.detail.get("digest") == digest:
            return known, False
        raise Conflict(f"Another step has the sequence {known.sequence}.", code="duplicate_sequence")
    _refuse_closed(scope, result)
    row = _new_row(scope.session, result, masked_report(scope, result, body), digest)
    scope.session.add(row)
    _count_in(scope, result, row)
    append(scope, run_info(result), [("step.end", _event(result, row))])
    return row, True


def _known(session: Session, result: Result, sequence: int | None) -> StepResult | None:
    if sequence is None:
        return None
    query = select(StepResult).where(
        StepResult.result_id == result.id, StepResult.attempt == result.attempt, StepResult.sequence == sequence
    )
    return session.scalars(query.options(selectinload(StepResult.artifacts))).first()


def _digest(body: StepResultIn) -> str:
    """Hash what a report says, so that a retry is recognised whatever happened to the row since."""
    content = {**body.model_dump(mode="json", exclude=IDENTIFYING), "status": body.verdict(), "counters": _sent(body)}
    for name in ("ok", "fails", "skipped"):
        del content[name]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _sent(body: StepResultIn) -> list[int]:
    """Return the counters of a report; what it does not say follows from its status."""
    counters = counters_of(StepResult(status=body.verdict(), detail={}))
    sent = (body.ok, body.fails, body.skipped)
    return [own if value is None else value for own, value in zip(counters, sent, strict=True)]


def _refuse_closed(scope: Scope, result: Result) -> None:
    """Refuse steps of results that ended or that a worker executes.

    What was stored in a final state takes steps until 10 minutes after the last report.  Contract: R-107.
    """
    if is_over(result) and not (result.sent_totals and _is_fresh(scope, result)):
        raise Conflict(f"The result already ended as {result.state}.", code="terminal_state")
    if not is_over(result) and result.worker:
        raise Conflict(f"The worker {result.worker} executes this result.", code="result_running")


def _is_fresh(scope: Scope, result: Result) -> bool:
    moments = [moment for moment in (result.finished_at, result.reported_at) if moment is not None]
    return bool(moments) and scope.now() <= max(moments) + AFTER_THE_END


def _new_row(session: Session, result: Result, body: StepResultIn, digest: str) -> StepResult:
    step, owner_name = _step_of(session, result, body.step_id)
    leaf = _leaf_of(session, result, None if step is None else step.uuid, body.step_name)
    last, elapsed = _so_far(session, result)
    spent = milliseconds(body.execution_time)
    relative = body.relative_execution_time
    counters = _sent(body)
    row = StepResult(
        result_id=result.id, attempt=result.attempt, sequence=body.step_execution_sequence or last + 1,
        step_uuid=None if step is None else step.uuid, leaf_index=leaf, step_name=body.step_name,
        step_type=body.step_type, owner_id=result.feature_id if step is None else step.feature_id,
        owner_name=owner_name, status=body.verdict(), execution_ms=spent,
        relative_ms=elapsed + spent if relative is None else milliseconds(relative), error=body.error,
        pixel_diff=body.pixel_diff, files=body.files, notes=body.notes,
        detail={"digest": digest, "counters": counters, **sent_details(body.model_dump())},
    )  # fmt: skip
    row.artifacts = []
    return row


def sent_details(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of plugins that say something."""
    return {name: values[name] for name in SENT_FIELDS if values.get(name) not in (None, [], {})}


def _step_of(session: Session, result: Result, step_id: int) -> tuple[Step | None, str]:
    """Find the stored step of a report and the name of its feature, which may be one that the plan runs.

    Raises:
        Invalid: there is no such step in the feature.
    """
    if step_id == 0:
        return None, result.feature.feature_name
    query = select(Step, Feature.feature_name).join(Feature, Feature.id == Step.feature_id).where(Step.id == step_id)
    found = session.execute(query).first()
    if found is None:
        raise Invalid.field("step_id", f"the feature has no step {step_id}")
    step, name = found
    if step.feature_id != result.feature_id:
        owners = {leaf["owner"]["feature_id"] for leaf in plan_leaves(session, result.run_id)}
        if step.feature_id not in owners:
            raise Invalid.field("step_id", f"the feature has no step {step_id}")
    return step, name


def _leaf_of(session: Session, result: Result, step_uuid: str | None, text: str) -> int | None:
    """Find the place of a reported step in the frozen plan: the first one that was not reported yet.

    Further rounds of a loop have the place of the first.
    """
    key, wanted = ("text", text) if step_uuid is None else ("uuid", step_uuid)
    alike = [int(leaf["index"]) for leaf in plan_leaves(session, result.run_id) if leaf[key] == wanted]
    if len(alike) < 2:
        return alike[0] if alike else None
    query = select(StepResult.leaf_index).where(
        StepResult.result_id == result.id, StepResult.attempt == result.attempt, StepResult.leaf_index.in_(alike)
    )
    reported = set(session.scalars(query.distinct()))
    return next((index for index in alike if index not in reported), alike[-1])


def _so_far(session: Session, result: Result) -> tuple[int, int]:
    """Return the last sequence and the milliseconds of all steps that were reported."""
    query = select(
        func.coalesce(func.max(StepResult.sequence), 0), func.coalesce(func.sum(StepResult.execution_ms), 0)
    ).where(StepResult.result_id == result.id, StepResult.attempt == result.attempt)
    last, elapsed = session.execute(query).one()
    return int(last), int(elapsed)


def _count_in(scope: Scope, result: Result, row: StepResult) -> None:
    """Let the numbers of a held result follow a new row; sent ones stay."""
    result.reported_at = scope.now()
    scope.session.flush()
    if is_over(result):
        sum_pixels(scope.session, result)
        return
    result.ok += row.status == "Success"
    result.fails += row.status == "Failed"
    result.skipped += row.status in {"Skipped", "Canceled"}
    result.total = max(result.total, result.ok + result.fails + result.skipped)
    result.execution_ms = max(result.execution_ms, row.relative_ms)
    result.pixel_diff += row.pixel_diff or 0
    scope.session.flush()


def sum_pixels(session: Session, result: Result) -> None:
    """Let the difference of a held result be the sum over its steps."""
    query = select(func.coalesce(func.sum(StepResult.pixel_diff), 0)).where(
        StepResult.result_id == result.id, StepResult.attempt == result.attempt
    )
    result.pixel_diff = int(session.scalar(query) or 0)
    session.flush()


def _event(result: Result, row: StepResult) -> dict[str, object]:
    counts = {"Success": result.ok, "Failed": result.fails, "Skipped": result.skipped}
    return {
        "seq": row.sequence,
        "status": row.status,
        "duration_ms": row.execution_ms,
        "error": row.error,
        "counts": counts,
    }


def set_pixel_difference(scope: Scope, row: StepResult, pixels: int) -> None:
    """Store how many pixels of a step differ; the sum of its result follows.

    Raises:
        Conflict: ``terminal_state``, the result ended more than 10 minutes ago.  Contract: R-155.
    """
    result = hold(scope.session, row.result)
    if is_over(result) and not _is_fresh(scope, result):
        raise Conflict(f"The result ended as {result.state} more than 10 minutes ago.", code="terminal_state")
    row.pixel_diff = pixels
    scope.session.flush()
    sum_pixels(scope.session, result)
