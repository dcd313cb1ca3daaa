"""Writing features for other installations and for version control."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from slugify import slugify

from cometa_catalog.api import application_names, environment_names
from cometa_core.contracts.exchange import ExchangedFeature
from cometa_core.errors import NotFound
from cometa_core.scope import Scope
from cometa_features.exchange_files import (
    DOCUMENT,
    TEXT,
    ExchangeDocument,
    document_text,
    part_file,
    part_text,
    story_text,
)
from cometa_features.folder_models import Folder
from cometa_features.history_documents import settings_document, step_documents
from cometa_features.models import Feature
from cometa_features.services.folders_reading import visible_folders
from cometa_features.services.reading import FeatureFilter, steps_of, visible_features

TOGETHER = 200
"""Features whose steps are read with one query."""


@dataclass
class Export:
    """Files of an export, path -> text, and the features in them."""

    files: dict[str, str] = field(default_factory=dict)
    features: list[ExchangedFeature] = field(default_factory=list)


def exported(
    scope: Scope, department_id: int | None, feature_ids: Sequence[int], advance: Callable[[int], object]
) -> Export:
    """Write visible features as files, and what plugins add to them.

    Args:
        scope: unit of work with the caller.
        department_id: only those of a department; None = of all.
        feature_ids: only these; empty = all.
        advance: told how many more features are written.

    Returns:
        The files.  Folders of features are folders; with several departments theirs are the outermost.

    Raises:
        NotFound: one of the ids is unknown or not visible.
    """
    query = visible_features(scope, FeatureFilter(department_id=department_id))
    features = scope.session.scalars(query).all()
    if feature_ids:
        unknown = sorted(set(feature_ids) - {feature.id for feature in features})
        if unknown:
            raise NotFound(f"There is no feature {unknown[0]}.")
        features = [feature for feature in features if feature.id in feature_ids]
    folders = {folder.id: folder for folder in scope.session.scalars(visible_folders(scope))}
    several = len({feature.department_id for feature in features}) > 1
    export = Export()
    for start in range(0, len(features), TOGETHER):
        part = features[start : start + TOGETHER]
        for feature, document in zip(part, _documents(scope, part, folders), strict=True):
            outermost = [feature.department.name] if several else []
            stem = "/".join([*(slugify(name) or "folder" for name in (*outermost, *document.folder)), feature.slug])
            export.files[stem + TEXT] = story_text(document)
            export.files[stem + DOCUMENT] = document_text(document)
            export.features.append(ExchangedFeature(stem, feature.id, feature.department_id))
        advance(len(part))
    for name, (_, other) in scope.runtime.plugins.dispatch.collect("cometa_exchange_parts").items():
        export.files[part_file(name)] = part_text(name, other.write(scope, export.features))
    return export


def _documents(scope: Scope, features: Sequence[Feature], folders: Mapping[int, Folder]) -> list[ExchangeDocument]:
    session = scope.session
    steps = steps_of(session, [feature.id for feature in features])
    applications = application_names(session, {feature.app_id for feature in features})
    environments = environment_names(session, {feature.environment_id for feature in features})
    return [
        ExchangeDocument(
            slug=feature.slug,
            department=feature.department.name,
            application=applications[feature.app_id],
            environment=environments[feature.environment_id],
            folder=_path(folders, feature.folder_id),
            feature=settings_document(feature),
            # Identities mean nothing elsewhere; at home steps are matched by their text.
            steps=[{k: v for k, v in step.items() if k != "step_uuid"} for step in step_documents(steps[feature.id])],
        )
        for feature in features
    ]


def _path(folders: Mapping[int, Folder], folder_id: int | None) -> list[str]:
    names: list[str] = []
    while folder_id is not None:
        names.append(folders[folder_id].name)
        folder_id = folders[folder_id].parent_id
    return names[::-1]
