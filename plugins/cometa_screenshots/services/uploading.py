"""Pictures that runners send, and their comparison with the baseline.  Contract: rest-api A6.12, R-163."""

import io
from dataclasses import dataclass

from cometa_core.contracts.pictures import PictureFile, TakenPicture
from cometa_core.contracts.run import RunInfo
from cometa_core.errors import BadRequest, Invalid
from cometa_core.scope import Scope
from cometa_executions.api import (
    StepPicture,
    StepResult,
    Verdict,
    hold_for_pictures,
    put_picture,
    set_verdict,
)
from cometa_features.api import step_rules
from cometa_screenshots.comparison import UnreadablePicture, check_png
from cometa_screenshots.services.comparing import BaselineComparer, keep_findings
from cometa_screenshots.services.keys import key_of


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
    taken = _taken(scope, row, sent.content, size) if sent.compare else None
    compared = None if taken is None else BaselineComparer().compare(scope.runtime, taken, lambda _verdict: None)
    hold_for_pictures(scope, row)
    _put(scope, row, sent.role, sent.content, size)
    if compared is not None:
        keep_findings(scope, row, compared)
    elif sent.compare:
        # A row without a stored step has nothing to be compared with.
        set_verdict(scope, row, Verdict("error", None, None))
    return row.pixel_diff


def _taken(scope: Scope, row: StepResult, content: bytes, size: tuple[int, int]) -> TakenPicture | None:
    """Describe a sent picture as if a worker had got it; None for a row without a stored step."""
    key = key_of(scope.session, row)
    if key is None:
        return None
    feature = row.result.feature
    run = RunInfo(row.result.run_id, row.result_id, feature.id, feature.feature_name, feature.department_id)
    digest, length = scope.runtime.artifacts.put(feature.department_id, io.BytesIO(content))
    limit, regions = step_rules(scope.session, row.step_uuid)
    return TakenPicture(
        run, row.attempt, row.sequence, key.step_uuid, key.path, key.family, key.platform, key.viewport, key.name,
        PictureFile(feature.department_id, digest, length, *size), max_diff=limit, regions=regions or (),
    )  # fmt: skip


def _put(scope: Scope, row: StepResult, role: str, content: bytes, size: tuple[int, int]) -> None:
    department_id = row.result.feature.department_id
    digest, length = scope.runtime.artifacts.put(department_id, io.BytesIO(content))
    put_picture(scope, row, StepPicture(role, department_id, digest, length, *size))
