"""The seam for schedules: features show and save them, another plugin keeps them.  Contract: rest-api A4.3, A6.8."""

from collections.abc import Collection, Mapping
from typing import Protocol

from sqlalchemy.orm import Session

from cometa_core.errors import Invalid
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_features.models import Feature

PART = "features.schedules"


class ScheduleKeeper(Protocol):
    """Keeps the schedules of features."""

    def save(self, scope: Scope, feature: Feature, sent: Mapping[str, str]) -> None:
        """Store what a save of a feature says about its schedule, in the same transaction.

        Args:
            scope: unit of work with the caller.
            feature: stored feature.
            sent: ``schedule`` (empty removes) and ``timezone``, each only when it was sent.

        Raises:
            Invalid: ``invalid_cron`` or ``invalid_timezone``; the sentence begins with "Schedule was not saved".
            CometaError: ``schedule_not_saved``.
        """

    def texts(self, session: Session, feature_ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
        """Return cron text and zone of the features that have a schedule; at most one query."""


class NoSchedules:
    """Takes the place of the keeper where no plugin offers one."""

    def save(self, _scope: Scope, _feature: Feature, sent: Mapping[str, str]) -> None:
        """Refuse every schedule but the empty one."""
        if sent.get("schedule"):
            text = (
                "Schedule was not saved: schedules need the plugin schedules, which is not active. Send an empty text."
            )
            raise Invalid(text, code="invalid_cron", fields={"schedule": ["only the empty text"]})

    def texts(self, _session: Session, _feature_ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
        """No feature has one."""
        return {}


def keeper_of(runtime: Runtime) -> ScheduleKeeper:
    """Return who keeps the schedules of an installation."""
    keeper: ScheduleKeeper = runtime.once(PART, NoSchedules)
    return keeper


def offer_schedules(runtime: Runtime, keeper: ScheduleKeeper) -> None:
    """Let a plugin keep the schedules; called when a process starts."""
    runtime.replace(PART, keeper)
