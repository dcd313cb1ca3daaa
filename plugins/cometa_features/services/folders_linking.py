"""Putting features into folders.  Contract: rest-api A5, A6.9, R-149."""

from cometa_core.errors import Invalid
from cometa_core.scope import Scope
from cometa_features.models import Feature
from cometa_features.schemas import FeatureUpdate
from cometa_features.services.folders import department_exists
from cometa_features.services.folders_announcing import announce_folders
from cometa_features.services.folders_reading import takes_features_of
from cometa_features.services.reading import visible_feature
from cometa_features.services.saving import change_feature


def move_feature(scope: Scope, feature: Feature, folder_id: int | None, department_id: int | None = None) -> Feature:
    """Put a feature into a folder, and into another department if one is named.

    Only the latter is a save of the feature: sorting features must not be in the way of somebody who edits them.

    Args:
        scope: unit of work with the caller.
        feature: visible feature, read with ``for_change``.
        folder_id: folder of that department; None = its root.
        department_id: department that the feature shall belong to; None = as it is.

    Raises:
        Invalid: the department is unknown or not visible, or the folder is not of the department.
    """
    target = department_id or feature.department_id
    if not scope.identity.sees_department(target) or not department_exists(scope.session, target):
        raise Invalid.field("department_id", f"unknown id {target}")
    if folder_id is not None and not takes_features_of(scope.session, folder_id, target):
        raise Invalid.field("new_folder", f"there is no folder {folder_id} in department {target}")
    if target != feature.department_id:
        body = FeatureUpdate.model_validate({"department_id": target, "folder_id": folder_id})
        return change_feature(scope, feature, body)
    feature.folder_id = folder_id
    scope.session.flush()
    announce_folders(scope, [target])
    return visible_feature(scope, feature.id)
