"""Baselines: which picture a step is compared with, and who decided it.  Contract: runner F.3, rest-api A6.12."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from cometa_core.contracts.pictures import PictureFile
from cometa_core.errors import Invalid
from cometa_core.scope import Scope
from cometa_executions.api import StepResult, artifact_of_step, set_baseline_state
from cometa_screenshots.models import Baseline
from cometa_screenshots.services.keys import BaselineKey, key_of

APPROVED, PENDING, REJECTED, RETIRED = "approved", "pending", "rejected", "retired"

IN_FORCE = (Baseline.state == APPROVED, Baseline.valid_until.is_(None))
"""Conditions of a baseline that pictures are compared with now."""

UNDECIDED = (Baseline.state == PENDING, Baseline.valid_until.is_(None))
"""Conditions of a picture that waits for a decision."""


@dataclass(frozen=True)
class Choice:
    """What a new picture meets.

    Attributes:
        kind: ``compare`` with the approved baseline; ``rejected``, the same picture was rejected before; ``pending``,
            nobody decided yet about what there is; ``first``, there is nothing.
        baseline: what was chosen; None for ``first``.
    """

    kind: Literal["compare", "rejected", "pending", "first"]
    baseline: Baseline | None


@dataclass(frozen=True)
class OwnRules:
    """What somebody sets on a baseline; it belongs to it and is copied to its successor.

    Attributes:
        regions: rectangles that are left out; None = those of the former baseline.
        max_diff: threshold; None = that of the former baseline.
    """

    regions: list[Any] | None = None
    max_diff: str | None = None


def choose(session: Session, key: BaselineKey, sha256: str) -> Choice:
    """Choose what a picture is compared with; two queries at most.

    Args:
        session: may be one that only reads.
        key: what the picture is for.
        sha256: hash of the picture.
    """
    approved = baseline_in_force(session, key)
    if approved is not None:
        return Choice("compare", approved)
    undecided = (Baseline.key_digest == key.digest) & Baseline.state.in_((PENDING, REJECTED))
    found = session.scalars(select(Baseline).where(undecided).order_by(Baseline.id.desc())).all()
    rejected = next((one for one in found if one.state == REJECTED and one.sha256 == sha256), None)
    if rejected is not None:
        return Choice("rejected", rejected)
    pending = next((one for one in found if one.state == PENDING and one.valid_until is None), None)
    return Choice("pending", pending) if pending is not None else Choice("first", None)


def baseline_in_force(session: Session, key: BaselineKey) -> Baseline | None:
    """Return what pictures of a key are compared with now."""
    query = in_force().where(Baseline.key_digest == key.digest)
    return session.scalars(query.order_by(Baseline.id.desc()).limit(1)).first()


def in_force() -> Select[Baseline]:
    """Select the approved baselines that nothing took the place of."""
    return select(Baseline).where(*IN_FORCE)


def state_of_first(scope: Scope) -> str:
    """Return the state that the first picture of a key has.  Contract: X-102."""
    return APPROVED if scope.runtime.settings.flag("cometa.visual.auto_accept_first") else PENDING


def note_picture(scope: Scope, key: BaselineKey, picture: PictureFile, kind: str) -> Baseline | None:
    """Store a picture that met nothing approved; another run may have been faster.

    Args:
        scope: unit of work.
        key: what it is for.
        picture: stored picture.
        kind: what ``choose`` said, ``first`` or ``pending``.

    Returns:
        The baseline that the picture became, or that was there already.
    """
    now = choose(scope.session, key, picture.sha256)
    if now.kind in {"compare", "rejected"}:
        return now.baseline
    if now.kind == "pending" and now.baseline is not None and now.baseline.sha256 == picture.sha256:
        return now.baseline
    if kind == "first" and now.kind == "first" and state_of_first(scope) == APPROVED:
        return make_baseline(scope, key, picture, None)
    return _add(scope, key, picture, state=PENDING)


def make_baseline(
    scope: Scope, key: BaselineKey, picture: PictureFile, decided_by: int | None, own: OwnRules | None = None
) -> Baseline:
    """Let a picture take the place of the baseline of its key; the former one is kept with the time that it held.

    Args:
        scope: unit of work.
        key: what it is for.
        picture: stored picture.
        decided_by: account that approved it; None for a first picture, which is accepted by itself.
        own: rules of the new baseline where they are others than those of the former one.
    """
    now, own = scope.now(), own or OwnRules()
    former = baseline_in_force(scope.session, key)
    _end(scope, Baseline.key_digest == key.digest, *IN_FORCE)
    _end(scope, Baseline.key_digest == key.digest, *UNDECIDED, state=RETIRED)
    regions = own.regions if own.regions is not None else former.regions if former else []
    return _add(
        scope, key, picture, state=APPROVED, valid_from=now, decided_by=decided_by,
        decided_at=now if decided_by else None, regions=regions,
        max_diff=own.max_diff if own.max_diff is not None else former.max_diff if former else None,
    )  # fmt: skip


def _add(scope: Scope, key: BaselineKey, picture: PictureFile, **values: Any) -> Baseline:
    made = Baseline(
        **asdict(key), key_digest=key.digest, created_at=scope.now(), department_id=picture.department_id,
        sha256=picture.sha256, size=picture.size, width=picture.width, height=picture.height, **values,
    )  # fmt: skip
    scope.session.add(made)
    scope.session.flush()
    return made


def decide(scope: Scope, row: StepResult, action: str, own: OwnRules | None = None) -> None:
    """Approve or reject the current picture of a compared step row.

    Args:
        scope: unit of work with the caller.
        row: visible step row of a held result.
        action: ``approve`` makes the picture the baseline; ``reject`` keeps the baseline, unless it is this picture.
        own: rules that an approved picture gets.

    Raises:
        Invalid: the row has no current picture, or it was not compared.

    Contract: R-164.
    """
    key, picture = key_of(scope.session, row), artifact_of_step(scope.session, row.id, "current")
    if picture is None or key is None or row.verdict is None:
        raise Invalid("This step has no picture that was compared, so there is nothing to decide.")
    if action == "approve":
        file = PictureFile(picture.department_id, picture.sha256, picture.size, picture.width, picture.height)
        make_baseline(scope, key, file, scope.identity.account_id, own)
        set_baseline_state(scope, row, APPROVED)
        return
    same = Baseline.key_digest == key.digest, Baseline.sha256 == picture.sha256
    decided = {"state": REJECTED, "decided_by": scope.identity.account_id, "decided_at": scope.now()}
    _end(scope, *same, *IN_FORCE, **decided)
    _end(scope, *same, *UNDECIDED, **decided)
    set_baseline_state(scope, row, REJECTED)


def retire(scope: Scope, baselines: Sequence[Baseline]) -> None:
    """Let baselines hold no longer, so that the next picture is a first one again.  Contract: R-161."""
    _end(scope, Baseline.id.in_([baseline.id for baseline in baselines]), state=RETIRED)


def _end(scope: Scope, *conditions: object, **values: object) -> None:
    statement = update(Baseline).where(*conditions).values(valid_until=scope.now(), **values)  # type: ignore[arg-type]  # conditions of several kinds
    scope.session.execute(statement.execution_options(synchronize_session="fetch"))
