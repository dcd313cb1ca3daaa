"""Pictures of step rows and what their comparison said.  Contract: rest-api A6.12, runner F.6."""

from dataclasses import dataclass

from sqlalchemy import Delete, delete

from cometa_core.errors import Conflict
from cometa_core.scope import Scope
from cometa_executions.models import Artifact, Result, StepResult
from cometa_executions.services.finish import last_picture
from cometa_executions.services.step_writing import AFTER_THE_END, hold, is_over, sum_pixels


@dataclass(frozen=True)
class StepPicture:
    """A picture that is in the artifact store.

    Attributes:
        role: ``current``, ``style`` or ``difference``.
        department_id: department under which the store keeps it.
        sha256: its hash in hexadecimal.
        size: bytes.
        width: pixels.
        height: pixels.
    """

    role: str
    department_id: int
    sha256: str
    size: int
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Verdict:
    """What a comparison said about a step row.

    Attributes:
        verdict: word of rest-api A4.7.
        pixel_diff: differing pixels; None when the comparison was impossible.
        baseline_state: ``pending``, ``approved`` or ``rejected``; None without baseline.
    """

    verdict: str
    pixel_diff: int | None
    baseline_state: str | None


def hold_for_pictures(scope: Scope, row: StepResult) -> Result:
    """Lock the result of a step row to which a picture is added.

    Raises:
        Conflict: ``terminal_state``, the result ended more than 10 minutes ago.
    """
    result = hold(scope.session, row.result)
    if is_over(result) and (result.finished_at is None or scope.now() > result.finished_at + AFTER_THE_END):
        raise Conflict(f"The result ended as {result.state} more than 10 minutes ago.", code="terminal_state")
    return result


def put_picture(scope: Scope, row: StepResult, picture: StepPicture) -> None:
    """Give a step row of a held result a picture in a role, in the place of the one that it had."""
    scope.session.execute(_pictures_of(row, picture.role))
    scope.session.add(
        Artifact(
            department_id=picture.department_id, result_id=row.result_id, step_result_id=row.id, attempt=row.attempt,
            role=picture.role, name=f"{picture.role}.png", mime="image/png", size=picture.size, sha256=picture.sha256,
            width=picture.width, height=picture.height, created_at=scope.now(),
        )
    )  # fmt: skip
    _follow(scope, row)


def drop_picture(scope: Scope, row: StepResult, role: str) -> None:
    """Take a picture from a step row; the fields that named it become empty.  Contract: R-162."""
    scope.session.execute(_pictures_of(row, role))
    _follow(scope, row)


def _pictures_of(row: StepResult, role: str) -> Delete:
    return delete(Artifact).where(Artifact.step_result_id == row.id, Artifact.role == role)


def _follow(scope: Scope, row: StepResult) -> None:
    """Let the result name the last step that has a picture."""
    scope.session.flush()
    scope.session.expire(row, ["artifacts"])
    result = row.result
    if is_over(result):
        result.picture_step_id = last_picture(scope.session, result)
        scope.session.flush()


def set_verdict(scope: Scope, row: StepResult, found: Verdict) -> None:
    """Store what a comparison said about a step row of a held result; the sum of the result follows."""
    row.verdict, row.pixel_diff, row.baseline_state = found.verdict, found.pixel_diff, found.baseline_state
    scope.session.flush()
    sum_pixels(scope.session, row.result)


def set_baseline_state(scope: Scope, row: StepResult, state: str) -> None:
    """Store what was decided about the picture of a step row; status and counts stay."""
    row.baseline_state = state
    scope.session.flush()
