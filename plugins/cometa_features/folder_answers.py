"""Folders as answers, alone and as trees.  Contract: rest-api A4.9, A6.9."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel
from sqlalchemy import Select

from cometa_core.scope import Scope
from cometa_core.web.fields import Timestamp
from cometa_features.answers import FeatureOut, present_features
from cometa_features.folder_models import Folder
from cometa_features.models import Feature
from cometa_features.services.folders_reading import features_below, folders_below, visible_folders
from cometa_features.services.reading import visible_features


class FolderRow(BaseModel):
    """What a folder is, without what is in it."""

    folder_id: int
    name: str
    owner: int | None
    owner_name: str | None
    department: int
    department_name: str
    parent_id: int | None
    created_on: Timestamp


class FolderOut(FolderRow):
    """A folder with its features and sub-folders; without the flag view_feature it shows no features."""

    features: list[FeatureOut]
    folders: list["FolderOut"]


class TreeOut(BaseModel):
    """Home: the features in no folder, and the outermost folders."""

    features: list[FeatureOut]
    folders: list[FolderOut]


class MovedFolder(BaseModel):
    """A folder in its new place."""

    success: bool = True
    data: FolderOut


def describe(folder: Folder) -> FolderRow:
    """Present a folder without what is in it."""
    return FolderRow(
        folder_id=folder.id,
        name=folder.name,
        owner=folder.owner_id,
        owner_name=None if folder.owner is None else folder.owner.name,
        department=folder.department_id,
        department_name=folder.department.name,
        parent_id=folder.parent_id,
        created_on=folder.created_on,
    )


def present_home(scope: Scope) -> TreeOut:
    """Present everything that the caller sees; the number of queries does not depend on how much that is."""
    folders = scope.session.scalars(visible_folders(scope)).all()
    nesting = _Nesting(folders, _features(scope, visible_features(scope)))
    return TreeOut(features=nesting.features[None], folders=nesting.inside(None))


def present_folder(scope: Scope, folder: Folder) -> FolderOut:
    """Present a folder with everything in it; the number of queries does not depend on how much that is."""
    folders = scope.session.scalars(folders_below(scope, folder)).all()
    return _Nesting(folders, _features(scope, features_below(scope, folder))).whole(folder)


def _features(scope: Scope, query: Select[Feature]) -> Sequence[FeatureOut]:
    if not scope.identity.may("view_feature"):
        return []
    return present_features(scope, scope.session.scalars(query).all())


class _Nesting:
    """Folders and features by the folder that they are in; None is Home."""

    def __init__(self, folders: Iterable[Folder], features: Iterable[FeatureOut]) -> None:
        self.features: Mapping[int | None, list[FeatureOut]] = defaultdict(list)
        self._folders: Mapping[int | None, list[Folder]] = defaultdict(list)
        for folder in folders:
            self._folders[folder.parent_id].append(folder)
        for feature in features:
            self.features[feature.folder_id].append(feature)

    def inside(self, folder_id: int | None) -> list[FolderOut]:
        """Present the folders in a folder, each with everything in it."""
        return [self.whole(folder) for folder in self._folders[folder_id]]

    def whole(self, folder: Folder) -> FolderOut:
        """Present a folder with everything in it."""
        row = describe(folder).model_dump()
        return FolderOut(**row, features=self.features[folder.id], folders=self.inside(folder.id))
