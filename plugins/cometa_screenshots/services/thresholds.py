"""How many pixels may differ, and which steps wait for the answer.  Contract: runner F.5, X-106, X-108."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cometa_accounts.api import department_settings
from cometa_core.contracts.pictures import TakenPicture
from cometa_core.contracts.run import RunInfo
from cometa_core.scope import Scope
from cometa_core.settings import Settings
from cometa_screenshots.models import Baseline, FeatureRule
from cometa_screenshots.services.baselines import IN_FORCE

LIMIT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?%?")
"""A number of pixels, or a share of the picture such as ``0.1%``."""

NO_PIXEL = "0"
"""Threshold of a named picture for which nobody set another."""


def limit_in_force(session: Session, settings: Settings, taken: TakenPicture, baseline: Baseline | None) -> str | None:
    """Return the threshold of a picture: sentence or step, baseline, feature, department, setting; None without any.

    Args:
        session: may be one that only reads.
        settings: settings of the installation.
        taken: the picture; its own threshold is that of the sentence, else of the step.
        baseline: what it is compared with; None where there is nothing.
    """
    own = as_limit(taken.max_diff)
    if own is None and baseline is not None:
        own = as_limit(baseline.max_diff)
    found = own if own is not None else limit_of_feature(session, settings, taken.run)
    return NO_PIXEL if found is None and taken.name else found


def limit_of_feature(session: Session, settings: Settings, run: RunInfo) -> str | None:
    """Return the threshold of the steps of a run that have none of their own; None without any."""
    of_feature = own_limit_of_feature(session, run.feature_id)
    if of_feature is not None:
        return of_feature
    of_department = as_limit(department_settings(session, run.department_id).get("max_diff"))
    return of_department if of_department is not None else as_limit(settings.text("cometa.visual.max_diff") or None)


def set_limit_of_feature(scope: Scope, feature_id: int, limit: str | None) -> None:
    """Set how much the pictures of a visible feature may differ where its steps say nothing; None = as elsewhere."""
    rule = scope.session.get(FeatureRule, feature_id)
    if limit is None:
        if rule is not None:
            scope.session.delete(rule)
    elif rule is None:
        scope.session.add(FeatureRule(feature_id=feature_id, max_diff=limit))
    else:
        rule.max_diff = limit
    scope.session.flush()


def own_limit_of_feature(session: Session, feature_id: int) -> str | None:
    """Return what ``set_limit_of_feature`` set; None where nobody did."""
    return session.scalar(select(FeatureRule.max_diff).where(FeatureRule.feature_id == feature_id))


def gates(
    session: Session, settings: Settings, run: RunInfo, leaves: Sequence[Mapping[str, Any]]
) -> Mapping[str, bool]:
    """Return the steps that wait for the verdict on their picture; three queries, none without comparing steps.

    Args:
        session: may be one that only reads.
        settings: settings of the installation.
        run: the run and result.
        leaves: frozen step list of the plan.
    """
    compared = {leaf["uuid"]: leaf["flags"].get("max_diff") for leaf in leaves if leaf["flags"].get("compare")}
    if not compared:
        return {}
    everything = fails_on_error(settings) or limit_of_feature(session, settings, run) is not None
    query = select(Baseline.step_uuid).where(
        Baseline.feature_id == run.feature_id, Baseline.max_diff.is_not(None), *IN_FORCE
    )
    of_baselines = set() if everything else set(session.scalars(query))
    return {
        uuid: True
        for uuid, own in compared.items()
        if everything or as_limit(own) is not None or uuid in of_baselines
    }  # fmt: skip


def fails_on_error(settings: Settings) -> bool:
    """Tell whether a comparison that is impossible fails its step, also without threshold."""
    return settings.text("cometa.visual.on_error") == "fail"


def as_limit(value: object) -> str | None:
    """Return a threshold as text; None for none, and for what is no threshold."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value).replace(" ", "")
    return text if LIMIT.fullmatch(text) else None
