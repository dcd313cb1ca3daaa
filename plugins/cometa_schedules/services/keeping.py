"""Schedules as part of features.  Contract: rest-api A4.3, A6.8, R-125."""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from cometa_core.scope import Scope
from cometa_features.api import Feature
from cometa_schedules.services.reading import schedule_of, schedule_texts
from cometa_schedules.services.saving import change_schedule


class FeatureSchedules:
    """Keeps what saves of features say about their schedules."""

    def save(self, scope: Scope, feature: Feature, sent: Mapping[str, str]) -> None:
        """Store a schedule with its feature.

        Editors send the whole feature back: what is stored already changes nothing, above all not the owner.

        Raises:
            Invalid: ``invalid_cron`` or ``invalid_timezone``.
            CometaError: ``schedule_not_saved``.
        """
        stored = schedule_of(scope.session, feature.id)
        known = {"schedule": ""} if stored is None else {"schedule": stored.cron, "timezone": stored.timezone}
        if stored is None and not sent.get("schedule"):
            return
        if any(known.get(name) != value for name, value in sent.items()):
            change_schedule(scope, feature, sent)

    def texts(self, session: Session, feature_ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
        """Return cron text and zone of the features that have a schedule."""
        return schedule_texts(session, feature_ids)
