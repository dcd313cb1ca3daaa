"""Telling clients that a feature was saved.  Contract: rest-api A6.8, A7."""

from cometa_core.contracts.events import Audience
from cometa_core.events import announce
from cometa_core.scope import Scope
from cometa_features.answers import present_feature
from cometa_features.models import Feature


def announce_saved(scope: Scope, feature: Feature) -> None:
    """Announce the state after a save to everybody in the department but its author, who has it already."""
    author = scope.identity.account_id
    shown = present_feature(scope, feature).model_dump(mode="json")
    announce(
        scope,
        "feature.changed",
        {"feature": shown, "exclude": [author]},
        department_id=feature.department_id,
        feature_id=feature.id,
        audience=Audience(excluded=(author,)),
    )
