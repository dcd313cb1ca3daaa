"""The versions of features: keeping, reading and restoring them.  Contract: rest-api A6.8, B5."""

from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import joinedload, lazyload, undefer

from cometa_accounts.api import Account
from cometa_core.errors import NotFound
from cometa_core.scope import Scope
from cometa_features.history_documents import settings_document, step_documents
from cometa_features.history_models import FeatureVersion
from cometa_features.models import Feature
from cometa_features.schemas import FeatureUpdate
from cometa_features.services.reading import steps_of

LIMIT_KEY = "cometa.features.history_limit"
"""Setting: how many versions of a feature are kept; at least the newest one is."""

PLACE = ("app_id", "environment_id", "department_id", "folder_id")
"""Fields that say where a feature was; kept to be shown."""

RESTORED_PLACE = ("app_id", "environment_id")
"""Those that are restored: who sees a feature and where it is sorted in is not what its text was."""


def keep_version(scope: Scope, feature: Feature) -> None:
    """Keep the state of a feature that was just saved, and drop what is older than the limit allows.

    Args:
        scope: unit of work whose transaction saves it.
        feature: held row as the database has it now.
    """
    steps = steps_of(scope.session, [feature.id])[feature.id]
    place = {name: getattr(feature, name) for name in PLACE}
    scope.session.add(
        FeatureVersion(
            feature_id=feature.id,
            version=feature.version,
            saved_at=feature.last_edited_date,
            saved_by_id=feature.last_edited_by_id,
            fields={**settings_document(feature), **place, "steps_count": len(steps)},
            steps=step_documents(steps),
        )
    )
    scope.session.flush()
    oldest_kept = feature.version - max(scope.runtime.settings.integer(LIMIT_KEY), 1)
    # Versions count by one, so nothing has to be counted.
    if oldest_kept > 0:
        older = delete(FeatureVersion).where(
            FeatureVersion.feature_id == feature.id, FeatureVersion.version <= oldest_kept
        )
        scope.session.execute(older.execution_options(synchronize_session=False))


def versions_of(feature: Feature) -> Select[FeatureVersion]:
    """Select the versions of a visible feature, newest first, with their authors and without their steps."""
    # Of authors only their own columns are shown.
    author = joinedload(FeatureVersion.saved_by).options(lazyload(Account.role), lazyload(Account.memberships))
    return (
        select(FeatureVersion)
        .options(author)
        .where(FeatureVersion.feature_id == feature.id)
        .order_by(FeatureVersion.version.desc())
    )


def version_of(scope: Scope, feature: Feature, version: int) -> FeatureVersion:
    """Return one version of a visible feature with its steps.

    Raises:
        NotFound: there was no such version, or it is not kept any more.
    """
    query = versions_of(feature).options(undefer(FeatureVersion.steps)).where(FeatureVersion.version == version)
    found = scope.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def restoring_body(scope: Scope, feature: Feature, old: FeatureVersion, expected: int | None) -> FeatureUpdate:
    """Write the change that brings an old version back.

    Department and folder stay.  Rows that the feature still has keep their identity, whatever their text was changed
    to; rows that it has no more are matched by their text like those of any other save.

    Args:
        scope: unit of work with the caller.
        feature: the feature, held for change.
        old: version that is restored, with its steps.
        expected: version that the feature must have; None = any.
    """
    present = {step.uuid for step in steps_of(scope.session, [feature.id])[feature.id]}
    fields = {name: value for name, value in old.fields.items() if name not in {"steps_count", *PLACE}}
    place = {name: old.fields[name] for name in RESTORED_PLACE}
    steps = [_known_identity(document, present) for document in old.steps]
    return FeatureUpdate.model_validate({**fields, **place, "steps_content": steps, "version": expected})


def _known_identity(document: dict[str, Any], present: set[str]) -> dict[str, Any]:
    if document["step_uuid"] in present:
        return document
    return {name: value for name, value in document.items() if name != "step_uuid"}
