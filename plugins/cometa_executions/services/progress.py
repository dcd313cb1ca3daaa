"""Writing what a runner reports, under the fence of its lease.  Contract: runner A.4, B.4, X-025, X-034."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from cometa_core.contracts.run import RunInfo
from cometa_core.events import NewEvent, append
from cometa_core.scope import Scope
from cometa_executions.models import Artifact, Result, StepResult
from cometa_executions.services.evidence import session_facts
from cometa_executions.services.transition import Lease, LeaseLost, change_state, raise_beat
from cometa_executions.states import State

LONGEST_ERROR = 4000


@dataclass(frozen=True)
class StepReport:
    """What is known of one step so far.

    Attributes:
        sequence: place in the order of reporting, from 1.
        values: columns of the step row, by name.
    """

    sequence: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class ArtifactReport:
    """A file that is in the artifact store and gets its row.

    Attributes:
        sequence: step that it belongs to; None = the whole result.
        values: columns of the artifact row, by name.
    """

    sequence: int | None
    values: Mapping[str, Any]


@dataclass
class Batch:
    """Everything that is written in one fenced transaction."""

    steps: list[StepReport] = field(default_factory=list)
    artifacts: list[ArtifactReport] = field(default_factory=list)
    events: list[NewEvent] = field(default_factory=list)

    def is_empty(self) -> bool:
        """Tell whether there is nothing to write."""
        return not (self.steps or self.artifacts or self.events)


@dataclass(frozen=True)
class CancelRequest:
    """Somebody asked for the end of a result."""

    by: str


def begin_running(scope: Scope, run: RunInfo, lease: Lease, started: Mapping[str, Any]) -> None:
    """Note that the browser is open; repeating it changes nothing.

    Raises:
        LeaseLost: the result is no longer held.
    """
    values = {
        "started_at": scope.now(),
        "session_id": started.get("session_id"),
        "pid": started.get("pid"),
        "report": session_facts(started),
    }
    if not raise_beat(scope.session, lease):
        return
    changed = change_state(
        scope.session, lease.result_id, State.INITIALIZING, State.RUNNING, fence=lease.fence, **values
    )
    if not changed:
        raise LeaseLost(f"Result {lease.result_id} was not initializing.")
    append(scope, run, [("result.started", dict(started))])


def store_batch(scope: Scope, run: RunInfo, lease: Lease, attempt: int, batch: Batch) -> None:
    """Write a batch of step rows, artifacts and events; repeating it changes nothing.

    Raises:
        LeaseLost: the result is no longer held.
    """
    if not raise_beat(scope.session, lease):
        return
    known = _known_rows(scope.session, lease, attempt, {report.sequence for report in batch.steps})
    _insert_steps(scope.session, lease, attempt, _merged(batch.steps), known)
    _insert_artifacts(scope, run, lease, attempt, batch.artifacts)
    append(scope, run, batch.events)


def _merged(reports: Iterable[StepReport]) -> dict[int, dict[str, Any]]:
    merged: dict[int, dict[str, Any]] = {}
    for report in reports:
        merged.setdefault(report.sequence, {}).update(report.values)
    return merged


def _known_rows(session: Session, lease: Lease, attempt: int, sequences: set[int]) -> dict[int, int]:
    if not sequences:
        return {}
    query = select(StepResult.sequence, StepResult.id).where(
        StepResult.result_id == lease.result_id, StepResult.attempt == attempt, StepResult.sequence.in_(sequences)
    )
    return dict(session.execute(query).all())


def _insert_steps(
    session: Session, lease: Lease, attempt: int, rows: Mapping[int, dict[str, Any]], known: Mapping[int, int]
) -> None:
    fresh = [
        {**EMPTY_ROW, **values, "result_id": lease.result_id, "attempt": attempt, "sequence": sequence}
        for sequence, values in rows.items()
        if sequence not in known
    ]
    if fresh:
        session.execute(insert(StepResult), fresh)
    for sequence, values in rows.items():
        if sequence in known:
            session.execute(
                update(StepResult)
                .where(StepResult.id == known[sequence])
                .values(**values)
                .execution_options(synchronize_session=False)
            )


# One statement inserts many rows only when all name the same columns.
EMPTY_ROW: Mapping[str, Any] = {
    "step_uuid": None, "path": "", "leaf_index": None, "step_name": "", "step_type": "BROWSER", "owner_id": 0,
    "owner_name": "", "status": "", "execution_ms": 0, "relative_ms": 0, "error": None, "error_code": "", "detail": {},
    "pixel_diff": 0, "files": [], "notes": {},
}  # fmt: skip


def _insert_artifacts(
    scope: Scope, run: RunInfo, lease: Lease, attempt: int, reports: Sequence[ArtifactReport]
) -> None:
    if not reports:
        return
    wanted = {report.sequence for report in reports if report.sequence is not None}
    keys = _known_rows(scope.session, lease, attempt, wanted)
    scope.session.execute(
        insert(Artifact),
        [
            {
                "width": None,
                "height": None,
                **report.values,
                "department_id": run.department_id,
                "result_id": lease.result_id,
                "attempt": attempt,
                "step_result_id": keys.get(report.sequence) if report.sequence is not None else None,
                "created_at": scope.now(),
            }
            for report in reports
        ],
    )


def keep_alive(scope: Scope, lease: Lease) -> CancelRequest | None:
    """Raise the beat and learn whether the end was asked for.

    Raises:
        LeaseLost: the result is no longer held.
    """
    raise_beat(scope.session, lease)
    return cancel_request(scope.session, lease.result_id)


def cancel_request(session: Session, result_id: int) -> CancelRequest | None:
    """Look whether the end of a result was asked for."""
    query = select(Result.cancel_requested_at, Result.cancel_requested_by).where(Result.id == result_id)
    row = session.execute(query).first()
    return None if row is None or row[0] is None else CancelRequest(row[1])
