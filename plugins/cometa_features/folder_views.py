"""Routes of folders.  Contract: rest-api A6.9."""

from collections.abc import Mapping
from typing import Any

from cometa_core.errors import Invalid
from cometa_core.security.permission import AUTHENTICATED
from cometa_core.web.dialect import Created, Done, Updated
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_features import folder_schemas as schemas
from cometa_features.answers import FeatureOut, present_feature
from cometa_features.folder_answers import FolderOut, MovedFolder, TreeOut, present_folder, present_home
from cometa_features.folder_models import Folder
from cometa_features.models import Feature
from cometa_features.services import folders as service
from cometa_features.services.folders_linking import move_feature
from cometa_features.services.folders_reading import visible_folder
from cometa_features.services.reading import visible_feature

TAG = "Folders"
FOLDER = r"{folder_id:\d{1,18}}"
LARGEST_ID = 10**18 - 1

folders = Service("folders", "/api/folders/", description="Folders and what is in them.", tag=TAG)
one_folder = Service("folder", f"/api/folders/{FOLDER}/", description="One folder.", tag=TAG)
folder_removal = Service("folder_remove", f"/api/folders/{FOLDER}/remove/", description="Remove a folder.", tag=TAG)
folder_feature = Service("folder_feature", "/api/folder/feature/", description="Put features in folders.", tag=TAG)


def named_in_body(body: Mapping[str, Any] | None, name: str) -> int | None:
    """Return the key that a body names; None for whatever cannot be one, which the fields of the body refuse."""
    number = (body or {}).get(name)
    return number if type(number) is int and 1 <= number <= LARGEST_ID else None


def addressed(request: Request) -> Folder:
    """Find the folder of the path."""
    return visible_folder(request.scope, int(request.matchdict["folder_id"]))


def addressed_for_removal(request: Request) -> Folder:
    """Find the folder of the path, which must be the caller's without the flag."""
    return service.changeable_folder(request.scope, int(request.matchdict["folder_id"]), "delete_folder")


def moved(request: Request) -> Folder | None:
    """Find the folder that the body moves; None for a new one."""
    number = named_in_body(request.raw_body_object, "old_folder")
    return None if number is None else visible_folder(request.scope, number)


def named_for_change(request: Request) -> Folder | None:
    """Find the folder that the body names, which must be the caller's without the flag."""
    number = named_in_body(request.raw_body_object, "folder_id")
    return None if number is None else service.changeable_folder(request.scope, number, "create_folder")


def named_feature(request: Request) -> Feature | None:
    """Find the feature that the body names and hold it until the end of the transaction."""
    number = named_in_body(request.raw_body_object, "feature_id")
    return None if number is None else visible_feature(request.scope, number, for_change=True)


@folders.get(permission=AUTHENTICATED, answer=TreeOut)
def read_tree(request: Request) -> TreeOut:
    """Read all visible folders, nested, with their features; siblings stand by id."""
    return present_home(request.scope)


@folders.post(
    permission="create_folder",
    load=moved,
    body=schemas.FolderPost,
    answer=FolderOut,
    status=201,
    other_answers={200: MovedFolder},
    errors=("folder_too_deep", "folder_cycle"),
)
def create_or_move(request: Request) -> Created | Updated:
    """Create a folder; with `old_folder` and `new_folder` move one instead, which answers 200."""
    body: schemas.FolderPost = request.body_model
    _check_form(body)
    if body.old_folder is not None:
        place = service.Place(body.new_folder, field="new_folder")
        return Updated(_changed(request, body.old_folder, body.name, place))
    place = service.Place(body.parent_id, body.department)
    return Created(present_folder(request.scope, service.create_folder(request.scope, body.name or "", place)))


@folders.patch(
    permission=AUTHENTICATED,
    load=named_for_change,
    body=schemas.FolderPatch,
    answer=FolderOut,
    errors=("folder_too_deep", "folder_cycle"),
)
def change_folder(request: Request) -> Updated:
    """Rename or move a folder; its owner needs no permission for it, but edit_feature for another department."""
    body: schemas.FolderPatch = request.body_model
    return Updated(_changed(request, body.folder_id, body.folder_name, _new_place(body, request.resource)))


@one_folder.get(permission=AUTHENTICATED, load=addressed, answer=FolderOut)
def read_folder(request: Request) -> FolderOut:
    """Read one folder with everything in it."""
    return present_folder(request.scope, request.resource)


@one_folder.delete(permission=AUTHENTICATED, load=addressed_for_removal, answer=dict[str, Any])
@folder_removal.delete(permission=AUTHENTICATED, load=addressed_for_removal, answer=dict[str, Any])
def delete_folder(request: Request) -> Done:
    """Delete a folder with its sub-folders; their features return to the root.  Its owner needs no permission."""
    service.delete_folder(request.scope, request.resource.id)
    return Done()


@folder_feature.patch(permission="edit_feature", load=named_feature, body=schemas.FeaturePlacePatch, answer=FeatureOut)
def place_feature(request: Request) -> Updated:
    """Put a feature into a folder of its department, or of the department that is sent along."""
    body: schemas.FeaturePlacePatch = request.body_model
    feature = move_feature(request.scope, request.resource, body.new_folder, body.department_id)
    return Updated(present_feature(request.scope, feature))


def _changed(request: Request, folder_id: int, name: str | None, place: service.Place | None) -> FolderOut:
    return present_folder(request.scope, service.change_folder(request.scope, folder_id, name, place))


def _new_place(body: schemas.FolderPatch, folder: Folder) -> service.Place | None:
    """Read where a folder is to be; a department alone moves it only when it is another one."""
    if "parent_id" in body.model_fields_set:
        return service.Place(body.parent_id, body.department)
    if body.department not in {None, folder.department_id}:
        return service.Place(None, body.department)
    return None


def _check_form(body: schemas.FolderPost) -> None:
    """Refuse bodies that are neither a new folder nor a move."""
    sent = body.model_fields_set
    moves = body.old_folder is not None
    missing = ({"new_folder"} if moves else {"name"}) - sent
    if not moves and body.name is None:
        missing.add("name")
    for name in sorted(missing):
        raise Invalid.field(name, "is required")
    for name in sorted(sent & ({"parent_id", "department"} if moves else {"new_folder"})):
        raise Invalid.field(name, "belongs to a new folder" if moves else "needs old_folder")
