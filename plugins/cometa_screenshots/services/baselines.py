"""Baselines: which picture a step is compared with, and who decided it.  Contract: runner F.3, rest-api A6.12."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Select, select, update

from cometa_core.errors import Invalid
from cometa_core.scope import Scope
from cometa_executions.api import Artifact, StepResult, artifact_of_step, set_baseline_state
from cometa_screenshots.models import Baseline

APPROVED, REJECTED, RETIRED = "approved", "rejected", "retired"
GENERIC = "generic"

IN_FORCE = (Baseline.state == APPROVED, Baseline.valid_until.is_(None))
"""Conditions of a baseline that pictures are compared with now."""


@dataclass(frozen=True)
class BaselineKey:
    """What a baseline is for.

    Attributes:
        feature_id: feature that is run.
        step_uuid: stable identity of the step; renaming and moving it changes nothing.
        path: round of the loop or call that the step is in.
        family: browser, lower case; versions share baselines.
        platform: operating system, lower case.
        viewport: size of an emulated device; empty for windows.
    """

    feature_id: int
    step_uuid: str
    path: str
    family: str
    platform: str
    viewport: str

    @property
    def digest(self) -> str:
        """Return a hash of all parts; a path can be longer than an index takes."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def key_of(row: StepResult) -> BaselineKey | None:
    """Return the key of the picture of a step row; None for a step that is none of the stored ones."""
    if row.step_uuid is None:
        return None
    browser = row.result.browser
    platform = str(browser.get("os") or "").lower()
    sizes = (browser.get("mobile_width"), browser.get("mobile_height"))
    return BaselineKey(
        feature_id=row.result.feature_id,
        step_uuid=row.step_uuid,
        path=row.path,
        family=family_of(browser.get("browser")),
        platform="linux" if platform in {"", GENERIC} else platform,
        viewport="x".join(str(size) for size in sizes) if all(sizes) else "",
    )


def family_of(browser: object) -> str:
    """Return the browser family of a name that a spec has."""
    return str(browser or "").lower()[:40]


def baseline_in_force(scope: Scope, key: BaselineKey) -> Baseline | None:
    """Return what pictures of a key are compared with now."""
    query = in_force().where(Baseline.key_digest == key.digest)
    return scope.session.scalars(query.order_by(Baseline.id.desc()).limit(1)).first()


def in_force() -> Select[Baseline]:
    """Select the approved baselines that nothing took the place of."""
    return select(Baseline).where(*IN_FORCE)


def make_baseline(scope: Scope, key: BaselineKey, picture: Artifact, decided_by: int | None) -> Baseline:
    """Let a picture take the place of the baseline of its key; the former one is kept with the time that it held.

    Args:
        scope: unit of work.
        key: what it is for.
        picture: stored picture.
        decided_by: account that approved it; None for a first picture, which is accepted by itself.
    """
    now = scope.now()
    former = baseline_in_force(scope, key)
    _end(scope, Baseline.key_digest == key.digest, *IN_FORCE)
    made = Baseline(
        **asdict(key), key_digest=key.digest, state=APPROVED, created_at=now, valid_from=now, decided_by=decided_by,
        decided_at=now if decided_by else None, department_id=picture.department_id, sha256=picture.sha256,
        size=picture.size, width=picture.width, height=picture.height,
        regions=former.regions if former else [], max_diff=former.max_diff if former else None,
    )  # fmt: skip
    scope.session.add(made)
    scope.session.flush()
    return made


def decide(scope: Scope, row: StepResult, action: str) -> None:
    """Approve or reject the current picture of a compared step row.

    Args:
        scope: unit of work with the caller.
        row: visible step row of a held result.
        action: ``approve`` makes the picture the baseline; ``reject`` keeps the baseline, unless it is this picture.

    Raises:
        Invalid: the row has no current picture, or it was not compared.

    Contract: R-164.
    """
    key, picture = key_of(row), artifact_of_step(scope.session, row.id, "current")
    if picture is None or key is None or row.verdict is None:
        raise Invalid("This step has no picture that was compared, so there is nothing to decide.")
    if action == "approve":
        make_baseline(scope, key, picture, scope.identity.account_id)
        set_baseline_state(scope, row, APPROVED)
        return
    _end(scope, Baseline.key_digest == key.digest, Baseline.sha256 == picture.sha256, *IN_FORCE, state=REJECTED)
    set_baseline_state(scope, row, REJECTED)


def retire(scope: Scope, baselines: Sequence[Baseline]) -> None:
    """Let baselines hold no longer, so that the next picture is a first one again.  Contract: R-161."""
    _end(scope, Baseline.id.in_([baseline.id for baseline in baselines]), state=RETIRED)


def _end(scope: Scope, *conditions: object, **values: str) -> None:
    statement = update(Baseline).where(*conditions).values(valid_until=scope.now(), **values)  # type: ignore[arg-type]  # conditions of several kinds
    scope.session.execute(statement.execution_options(synchronize_session="fetch"))
