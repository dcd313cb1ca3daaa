"""Telling plugins of planned starts that started nothing, in the transaction that records them.  Contract: J.5."""

import logging
from collections.abc import Iterable
from itertools import groupby

from sqlalchemy.exc import InterfaceError, OperationalError

from cometa_core.contracts.schedules import MissedStart
from cometa_core.scope import Scope
from cometa_features.api import Feature
from cometa_schedules.models import Fire
from cometa_schedules.services.deciding import Outcome

logger = logging.getLogger(__name__)

HOOK = "cometa_start_missed"


def tell_plugins(scope: Scope, feature: Feature, fires: Iterable[Fire]) -> None:
    """Call the hook of every plugin, each in a savepoint of its own.

    Args:
        scope: unit of work that stored the records.
        feature: whose they are.
        fires: records of one decision; those of equal outcome and reason are told together.

    Raises:
        OperationalError, InterfaceError: the database itself fails; then nothing is stored at all.
    """
    for missed in missed_starts(feature, fires):
        for plugin, function in scope.runtime.plugins.dispatch.implementations(HOOK):
            try:
                with scope.session.begin_nested():
                    function(missed=missed, scope=scope)
            except (OperationalError, InterfaceError):
                raise
            except Exception:  # reporting must not keep schedules from going on
                logger.exception("Plugin %s failed in %s", plugin, HOOK)


def missed_starts(feature: Feature, fires: Iterable[Fire]) -> list[MissedStart]:
    """Put records that started nothing together by outcome and reason: after a long downtime there are many."""
    idle = sorted(
        (fire for fire in fires if fire.outcome != Outcome.FIRED),
        key=lambda fire: (fire.outcome, fire.reason, fire.planned_at),
    )
    return [_together(feature, list(group)) for _, group in groupby(idle, key=lambda fire: (fire.outcome, fire.reason))]


def _together(feature: Feature, fires: list[Fire]) -> MissedStart:
    return MissedStart(
        fire_id=fires[0].id,
        feature_id=feature.id,
        feature_name=feature.feature_name,
        department_id=feature.department_id,
        outcome=fires[0].outcome,
        reason=fires[0].reason,
        first=fires[0].planned_at,
        last=max(fire.planned_until for fire in fires),
        count=sum(fire.count for fire in fires),
    )
