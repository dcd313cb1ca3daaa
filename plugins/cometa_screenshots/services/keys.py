"""What a baseline is for.  Contract: runner F.3."""

import hashlib
import json
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from cometa_core.contracts.pictures import TakenPicture
from cometa_executions.api import StepResult
from cometa_screenshots.models import PictureComparison

GENERIC = "generic"
LONGEST_PART = 40


@dataclass(frozen=True)
class BaselineKey:
    """What a baseline is for.

    Attributes:
        feature_id: feature that is run.
        step_uuid: stable identity of the step; renaming and moving it changes nothing.
        path: round of the loop or call that the step is in.
        family: browser, lower case; versions share baselines.
        platform: operating system, lower case.
        viewport: such as ``1920x1080@1``; from runners outside the size of an emulated device, empty for windows.
        name: name that a sentence gives to its picture; empty for pictures of flags.
    """

    feature_id: int
    step_uuid: str
    path: str
    family: str
    platform: str
    viewport: str
    name: str = ""

    @property
    def digest(self) -> str:
        """Return a hash of all parts; a path can be longer than an index takes."""
        # Without name as it was before there were names, so that the baselines of that time keep their keys.
        parts = {part: value for part, value in asdict(self).items() if part != "name" or value}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def key_of_taken(taken: TakenPicture) -> BaselineKey:
    """Return the key of a picture that a worker of ours got."""
    return BaselineKey(
        feature_id=taken.run.feature_id,
        step_uuid=taken.step_uuid,
        path=taken.path,
        family=taken.family[:LONGEST_PART],
        platform=taken.platform[:LONGEST_PART],
        viewport=taken.viewport[:LONGEST_PART],
        name=taken.name[:255],
    )


def key_of(session: Session, row: StepResult) -> BaselineKey | None:
    """Return the key of the picture of a step row; None for a step that is none of the stored ones."""
    if row.step_uuid is None:
        return None
    compared = session.get(PictureComparison, row.id)
    if compared is None:
        return _key_of_report(row, row.step_uuid)
    parts = compared.family, compared.platform, compared.viewport, compared.name
    return BaselineKey(row.result.feature_id, row.step_uuid, row.path, *parts)


def family_of(browser: object) -> str:
    """Return the browser family of a name that a spec has."""
    return str(browser or "").lower()[:LONGEST_PART]


def _key_of_report(row: StepResult, step_uuid: str) -> BaselineKey:
    """Derive the key from the browser that was ordered: a runner outside tells no more."""
    browser = row.result.browser
    platform = str(browser.get("os") or "").lower()
    sizes = (browser.get("mobile_width"), browser.get("mobile_height"))
    return BaselineKey(
        feature_id=row.result.feature_id,
        step_uuid=step_uuid,
        path=row.path,
        family=family_of(browser.get("browser")),
        platform="linux" if platform in {"", GENERIC} else platform,
        viewport="x".join(str(size) for size in sizes) if all(sizes) else "",
    )
