"""Comparing the pictures of runs of our own, beside the run.  Contract: runner F.3, F.4, F.5."""

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from cometa_core.contracts.pictures import ComparedPicture, PictureFile, PictureVerdict, TakenPicture
from cometa_core.contracts.run import RunInfo
from cometa_core.errors import NotFound
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_executions.api import Result, StepPicture, StepResult, Verdict, put_picture, set_verdict
from cometa_screenshots.comparison import (
    Comparison,
    Rules,
    UnreadablePicture,
    allowed_pixels,
    check_png,
    comparing,
    read_regions,
)
from cometa_screenshots.engines import Engine, make_engine
from cometa_screenshots.models import Baseline, PictureComparison
from cometa_screenshots.names import SUFFIXES, write_name
from cometa_screenshots.services.baselines import APPROVED, PENDING, REJECTED, choose, note_picture, state_of_first
from cometa_screenshots.services.keys import key_of_taken
from cometa_screenshots.services.pictures import prefix_of
from cometa_screenshots.services.templates import TemplatesOfSteps
from cometa_screenshots.services.thresholds import fails_on_error, gates, limit_in_force

Tell = Callable[[PictureVerdict], None]

FAILING = frozenset({"different", "size_changed", "pending", "error"})
"""Verdicts that fail a step with a threshold.  Contract: runner F.5."""


class DamagedFile(Exception):
    """A picture of the artifact store cannot be used; the text says why."""


@dataclass(frozen=True)
class Meeting:
    """What a picture meets, read in one short session.

    Attributes:
        kind: as ``Choice.kind``.
        baseline: what was chosen, detached from its session; None for a first picture.
        rules: tolerance, regions and threshold.
    """

    kind: str
    baseline: Baseline | None
    rules: Rules


class BaselineComparer:
    """Compares with the baselines of the key of a picture; satisfies ``PictureComparer``."""

    name = "screenshots.baselines"

    def gates(self, scope: Scope, run: RunInfo, leaves: Sequence[Mapping[str, Any]]) -> Mapping[str, bool]:
        """Tell which steps wait for the verdict on their picture."""
        return gates(scope.session, scope.runtime.settings, run, leaves)

    def compare(self, runtime: Runtime, taken: TakenPicture, tell: Tell) -> ComparedPicture:
        """Compare a picture with what is in force for its key; equal hashes are not even opened.  Contract: X-110."""
        meeting = _met(runtime, taken)
        findings: dict[str, Any] = {"kind": meeting.kind, "baseline": meeting.baseline}
        former = meeting.baseline if meeting.kind == "compare" else None
        if taken.file is None:
            verdict = _verdict(runtime, taken, meeting, Comparison("error", None, reason=taken.problem))
        elif former is None or former.sha256 == taken.file.sha256:
            verdict = _verdict(runtime, taken, meeting, _without_looking(runtime, taken.file, meeting))
        else:
            verdict, difference = _looked(runtime, taken, taken.file, meeting, former, tell)
            return ComparedPicture(taken, verdict, {**findings, "difference": difference})
        tell(verdict)
        return ComparedPicture(taken, verdict, findings)

    def keep(self, scope: Scope, compared: ComparedPicture) -> Mapping[str, Any] | None:
        """Store verdict, pictures and, of a first picture, the baseline; once."""
        row = _row_of(scope, compared.taken)
        if row is None or scope.session.get(PictureComparison, row.id) is not None:
            return None
        keep_findings(scope, row, compared)
        key, verdict, baseline = key_of_taken(compared.taken), compared.verdict, compared.findings.get("baseline")
        scope.session.add(
            PictureComparison(
                step_result_id=row.id, family=key.family, platform=key.platform, viewport=key.viewport, name=key.name,
                baseline_id=None if baseline is None else scope.session.scalar(_still_there(baseline)),
                allowed=verdict.limit, reason=verdict.reason,
            )
        )  # fmt: skip
        return _told(scope, row, verdict)


def keep_findings(scope: Scope, row: StepResult, compared: ComparedPicture) -> None:
    """Store verdict and pictures of a step row of a held result, and the baseline that a first picture becomes.

    Args:
        scope: unit of work.
        row: the step row; its current picture is stored already.
        compared: what ``BaselineComparer.compare`` returned.
    """
    taken, verdict, findings = compared.taken, compared.verdict, compared.findings
    kind, baseline, difference = findings.get("kind"), findings.get("baseline"), findings.get("difference")
    if kind == "compare" and baseline is not None:
        put_picture(scope, row, _as_style(baseline))
    elif kind in {"first", "pending"} and verdict.verdict != "error" and taken.file is not None:
        note_picture(scope, key_of_taken(taken), taken.file, kind)
    if difference is not None:
        put_picture(scope, row, StepPicture("difference", **vars(difference)))
    set_verdict(scope, row, Verdict(verdict.verdict, verdict.pixel_diff, _state(scope, compared)))


def _looked(
    runtime: Runtime, taken: TakenPicture, file: PictureFile, meeting: Meeting, former: Baseline, tell: Tell
) -> tuple[PictureVerdict, PictureFile | None]:
    """Look at both pictures; the difference is drawn after the verdict is told."""
    try:
        pictures = (
            _content(runtime, file.department_id, file.sha256),
            _content(runtime, former.department_id, former.sha256),
        )
    except DamagedFile as error:
        verdict = _verdict(runtime, taken, meeting, Comparison("error", None, reason=str(error)))
        tell(verdict)
        return verdict, None
    with comparing(engine_of(runtime), *pictures, meeting.rules) as pair:
        found = pair.judge()
        verdict = _verdict(runtime, taken, meeting, found)
        tell(verdict)
        drawn = pair.draw(found)
    return verdict, None if drawn is None else _stored(runtime, file.department_id, drawn)


def _verdict(runtime: Runtime, taken: TakenPicture, meeting: Meeting, found: Comparison) -> PictureVerdict:
    """Decide whether the step fails.  Contract: runner F.5."""
    pixels = (taken.file.width or 0) * (taken.file.height or 0) if taken.file is not None else 0
    limit = allowed_pixels(meeting.rules.limit, pixels)
    fails = limit is not None and found.verdict in FAILING
    fails = fails or (found.verdict == "error" and fails_on_error(runtime.settings))
    return PictureVerdict(found.verdict, found.pixel_diff, limit, fails, found.reason)


def _met(runtime: Runtime, taken: TakenPicture) -> Meeting:
    settings, sha256 = runtime.settings, taken.file.sha256 if taken.file is not None else ""
    with runtime.reading() as session:
        choice = choose(session, key_of_taken(taken), sha256)
        compared = choice.baseline if choice.kind == "compare" else None
        session.expunge_all()
        if compared is not None and compared.sha256 == sha256:
            # Equal pictures need no rules.
            return Meeting(choice.kind, choice.baseline, Rules())
        limit = limit_in_force(session, settings, taken, compared)
    own = read_regions(compared.regions) if compared is not None else []
    tolerance = float(settings.text("cometa.visual.tolerance"))
    return Meeting(choice.kind, choice.baseline, Rules(tolerance, [*read_regions(taken.regions), *own], limit))


def _without_looking(runtime: Runtime, file: PictureFile, meeting: Meeting) -> Comparison:
    """Give the verdict on a picture that is not compared pixel by pixel."""
    if meeting.kind == "compare":
        return Comparison("equal", 0)
    if meeting.kind == "rejected":
        return Comparison("different", 0, reason="This very picture was rejected before.")
    try:
        check_png(_content(runtime, file.department_id, file.sha256))
    except (DamagedFile, UnreadablePicture) as error:
        return Comparison("error", None, reason=f"The picture cannot be read: {error}"[:300])
    with runtime.reading() as session:
        accepted = state_of_first(Scope(runtime, session)) == APPROVED
    if meeting.kind == "first" and accepted:
        return Comparison("new", 0)
    return Comparison("pending", 0, reason="Nobody has approved a picture of this step yet.")


def _row_of(scope: Scope, taken: TakenPicture) -> StepResult | None:
    query = (
        select(StepResult)
        .join(StepResult.result)
        .options(contains_eager(StepResult.result))
        .where(
            Result.id == taken.run.feature_result_id,
            StepResult.attempt == taken.attempt,
            StepResult.sequence == taken.sequence,
        )
    )
    return scope.session.scalars(query).first()


def _still_there(baseline: Baseline) -> Select[int]:
    """Select the key of a baseline that may have been removed with its feature since it was read."""
    return select(Baseline.id).where(Baseline.id == baseline.id)


def _state(scope: Scope, compared: ComparedPicture) -> str | None:
    """Return the state of what the picture was compared with, or became; None where that was impossible."""
    kind, verdict = compared.findings.get("kind"), compared.verdict.verdict
    if kind == "compare":
        return APPROVED
    if kind == "rejected":
        return REJECTED
    if verdict == "error":
        return None
    return state_of_first(scope) if verdict == "new" else PENDING


def _told(scope: Scope, row: StepResult, verdict: PictureVerdict) -> Mapping[str, Any]:
    """Return the data of ``step.picture``.  Contract: runner K.3."""
    prefix = prefix_of(scope)
    roles = {artifact.role for artifact in row.artifacts}
    names: dict[str, Any] = {role: write_name(prefix, row.id, role) for role in SUFFIXES.values() if role in roles}
    template = TemplatesOfSteps().names(scope, [row]).get(row.id)
    return {
        "seq": row.sequence, **names, **({"template": template} if template else {}),
        "verdict": verdict.verdict, "pixel_diff": verdict.pixel_diff, "limit": verdict.limit, "reason": verdict.reason,
    }  # fmt: skip


def _as_style(baseline: Baseline) -> StepPicture:
    return StepPicture("style", baseline.department_id, baseline.sha256, baseline.size, baseline.width, baseline.height)


def _stored(runtime: Runtime, department_id: int, content: bytes) -> PictureFile:
    sha256, size = runtime.artifacts.put(department_id, io.BytesIO(content))
    return PictureFile(department_id, sha256, size, *check_png(content))


def _content(runtime: Runtime, department_id: int, sha256: str) -> bytes:
    """Read a picture; one that is not what was stored is none.  Contract: X-104.

    Raises:
        DamagedFile: it is missing, cannot be read or was changed.
    """
    try:
        with runtime.artifacts.open(department_id, sha256) as stream:
            content = stream.read()
    except (OSError, NotFound) as error:
        raise DamagedFile(f"The picture {sha256[:12]} is missing in the artifact store: {error}") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedFile(f"The file of the picture {sha256[:12]} is damaged in the artifact store.")
    return content


def engine_of(runtime: Runtime) -> Engine:
    """Return the engine that compares pictures."""
    return runtime.once("screenshots.engine", lambda: make_engine(runtime.settings.text("cometa.visual.engine")))
