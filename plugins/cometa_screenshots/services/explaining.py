"""Why a picture was compared with what it was: key, state, since when and by whom.  Contract: runner F.3."""

from dataclasses import dataclass

from cometa_core.errors import NotFound
from cometa_core.scope import Scope
from cometa_executions.api import StepResult
from cometa_screenshots.models import Baseline, PictureComparison
from cometa_screenshots.services.baselines import baseline_in_force
from cometa_screenshots.services.keys import BaselineKey, key_of


@dataclass(frozen=True)
class Explanation:
    """What is known of the comparison of a step row.

    Attributes:
        key: what its baselines are for.
        compared_with: baseline at that time; None for a first picture, and for those of runners outside.
        in_force: baseline that the next picture is compared with; None without one.
        allowed: differing pixels that were allowed; None without threshold.
        reason: sentence about a verdict that numbers do not explain; empty otherwise.
    """

    key: BaselineKey
    compared_with: Baseline | None
    in_force: Baseline | None
    allowed: int | None
    reason: str


def explanation(scope: Scope, row: StepResult) -> Explanation:
    """Explain the comparison of a visible step row.

    Raises:
        NotFound: its picture was not compared.
    """
    key = key_of(scope.session, row)
    if key is None or row.verdict is None:
        raise NotFound("The picture of this step was not compared.")
    found = scope.session.get(PictureComparison, row.id)
    former = scope.session.get(Baseline, found.baseline_id) if found is not None and found.baseline_id else None
    allowed, reason = (found.allowed, found.reason) if found is not None else (None, "")
    return Explanation(key, former, baseline_in_force(scope.session, key), allowed, reason)
