"""Pictures that runners send, and their comparison with the baseline.  Contract: rest-api A6.12, R-163."""

import io
from dataclasses import dataclass

from cometa_core.errors import BadRequest, Invalid
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_executions.api import (
    StepPicture,
    StepResult,
    Verdict,
    artifact_of_step,
    hold_for_pictures,
    put_picture,
    set_verdict,
)
from cometa_features.api import step_rules
from cometa_screenshots.comparison import Comparison, Rules, UnreadablePicture, check_png, compare, read_regions
from cometa_screenshots.engines import Engine, make_engine
from cometa_screenshots.models import Baseline
from cometa_screenshots.services.baselines import APPROVED, baseline_in_force, key_of, make_baseline


@dataclass(frozen=True)
class Sent:
    """A picture as it was sent.

    Attributes:
        role: ``current``, ``style`` or ``difference``.
        content: PNG.
        compare: compare it with the baseline.
    """

    role: str
    content: bytes
    compare: bool


def store_sent(scope: Scope, row: StepResult, sent: Sent) -> int | None:
    """Store a picture of a step row and compare it where that is wanted; returns the differing pixels of the row.

    Raises:
        BadRequest: another picture than the current one shall be compared.
        Invalid: it is no PNG.
        Conflict: ``terminal_state``, the result ended more than 10 minutes ago.
    """
    if sent.compare and sent.role != "current":
        raise BadRequest("Only the current picture of a step is compared.")
    try:
        size = check_png(sent.content)
    except UnreadablePicture as error:
        raise Invalid(str(error), fields={"body": [str(error)]}) from error
    # Comparing takes longer than everything else, so it is done before the row is held.
    baseline = _baseline_of(scope, row) if sent.compare else None
    found = _compared(scope, row, sent.content, baseline) if baseline is not None else None
    hold_for_pictures(scope, row)
    _put(scope, row, sent.role, sent.content, size)
    if baseline is not None and found is not None:
        _show(scope, row, baseline, found)
    elif sent.compare:
        _accept_first(scope, row)
    return row.pixel_diff


def _baseline_of(scope: Scope, row: StepResult) -> Baseline | None:
    key = key_of(row)
    return None if key is None else baseline_in_force(scope, key)


def _compared(scope: Scope, row: StepResult, content: bytes, baseline: Baseline) -> Comparison:
    runtime = scope.runtime
    try:
        with runtime.artifacts.open(baseline.department_id, baseline.sha256) as stream:
            former = stream.read()
    except OSError as error:
        return Comparison("error", None, reason=f"The baseline cannot be read: {error}.")
    return compare(engine_of(runtime), content, former, _rules(scope, row, baseline))


def engine_of(runtime: Runtime) -> Engine:
    """Return the engine that compares pictures."""
    return runtime.once("screenshots.engine", lambda: make_engine(runtime.settings.text("cometa.visual.engine")))


def _rules(scope: Scope, row: StepResult, baseline: Baseline) -> Rules:
    limit, regions = step_rules(scope.session, row.step_uuid)
    return Rules(
        tolerance=float(scope.runtime.settings.text("cometa.visual.tolerance")),
        regions=[*read_regions(regions), *read_regions(baseline.regions)],
        limit=limit or baseline.max_diff or scope.runtime.settings.text("cometa.visual.max_diff") or None,
    )


def _show(scope: Scope, row: StepResult, baseline: Baseline, found: Comparison) -> None:
    """Keep what was compared beside the picture: the baseline at this time, and the differences."""
    put_picture(
        scope, row,
        StepPicture("style", baseline.department_id, baseline.sha256, baseline.size, baseline.width, baseline.height),
    )  # fmt: skip
    if found.difference is not None:
        _put(scope, row, "difference", found.difference, check_png(found.difference))
    set_verdict(scope, row, Verdict(found.verdict, found.pixel_diff, APPROVED))


def _accept_first(scope: Scope, row: StepResult) -> None:
    """Let the first picture of a step be its baseline; a row without a stored step has nothing to compare."""
    key, picture = key_of(row), artifact_of_step(scope.session, row.id, "current")
    if key is None or picture is None:
        set_verdict(scope, row, Verdict("error", None, None))
        return
    make_baseline(scope, key, picture, None)
    set_verdict(scope, row, Verdict("new", 0, APPROVED))


def _put(scope: Scope, row: StepResult, role: str, content: bytes, size: tuple[int, int]) -> None:
    department_id = row.result.feature.department_id
    digest, length = scope.runtime.artifacts.put(department_id, io.BytesIO(content))
    put_picture(scope, row, StepPicture(role, department_id, digest, length, *size))
