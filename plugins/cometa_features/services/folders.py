"""Creating, changing, moving and deleting folders.  Contract: rest-api A3.2, A5, A6.9."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cometa_accounts.api import Department
from cometa_core.contracts.change import ResourceChange
from cometa_core.errors import Forbidden, Invalid
from cometa_core.scope import Scope
from cometa_features.folder_answers import describe
from cometa_features.folder_models import Folder
from cometa_features.models import Feature
from cometa_features.services.folders_announcing import announce_folder, announce_folders
from cometa_features.services.folders_reading import find_folder, visible_folder
from cometa_features.services.folders_tree import (
    check_place,
    hold_trees,
    level_of,
    refuse_too_deep,
    subtree_of,
)


@dataclass(frozen=True)
class Place:
    """Where a folder is to be.

    Attributes:
        parent_id: key of the folder that it is to be in, None = Home.
        department_id: key of its department; None = that of its parent, or the one that it has.
        field: name of the field by which the caller named the parent, for refusals.
    """

    parent_id: int | None = None
    department_id: int | None = None
    field: str = "parent_id"


def create_folder(scope: Scope, name: str, place: Place) -> Folder:
    """Create a folder, owned by the caller.

    Args:
        scope: unit of work with the caller.
        name: its name; names need not be unique.
        place: where; without parent and department directly below Home in the first department of the caller.

    Raises:
        Invalid: parent or department is unknown or not visible, the caller has no department, or ``folder_too_deep``.

    Contract: R-142, R-143, R-146.
    """
    sent = place.department_id
    if place.parent_id is None and sent is None:
        sent = _first_department(scope)
    hold_trees(scope, [] if place.parent_id is None else [place.parent_id], sent)
    parent = _parent(scope, place)
    department_id = sent if parent is None else parent.department_id
    _check_department(scope, department_id)
    refuse_too_deep(level_of(scope.session, place.parent_id) + 1, place.field)
    folder = Folder(
        name=name,
        department_id=department_id,
        parent_id=place.parent_id,
        owner_id=scope.identity.account_id,
        created_on=scope.now(),
    )
    scope.session.add(folder)
    scope.session.flush()
    announce_folders(scope, [folder.department_id])
    return visible_folder(scope, folder.id)


def changeable_folder(scope: Scope, folder_id: int, permission: str) -> Folder:
    """Return a folder that the caller may change or delete: by a flag, or because it is the caller's own.

    Raises:
        NotFound: unknown or not visible.
        Forbidden: of somebody else, and the caller has not the flag.

    Contract: rest-api A1.5, A3.2.
    """
    folder = visible_folder(scope, folder_id)
    if not scope.identity.may(permission) and folder.owner_id != scope.identity.account_id:
        raise Forbidden(f"You do not have the permission {permission}, and the folder belongs to somebody else.")
    return folder


def change_folder(scope: Scope, folder_id: int, name: str | None, place: Place | None) -> Folder:
    """Rename a folder and move it with everything in it.

    Args:
        scope: unit of work with the caller.
        folder_id: key of a visible folder.
        name: new name; None = as it is.
        place: new place; None = where it is.

    Raises:
        NotFound: it vanished meanwhile.
        Forbidden: it would come to another department, and the caller may not edit features.
        Invalid: parent or department is unknown, not visible or not that of the other, or ``folder_too_deep``.
        Conflict: ``folder_cycle``.

    Contract: R-144 to R-147.
    """
    parents = [place.parent_id] if place is not None and place.parent_id is not None else []
    hold_trees(scope, [folder_id, *parents], None if place is None else place.department_id)
    folder = visible_folder(scope, folder_id)
    touched = {folder.department_id}
    if place is not None:
        _move(scope, folder, place)
    renamed = name is not None and name != folder.name
    folder.name = name or folder.name
    scope.session.flush()
    folder = visible_folder(scope, folder_id)
    if renamed:
        announce_folder(scope, "folder.renamed", describe(folder))
    announce_folders(scope, touched | {folder.department_id})
    return folder


def delete_folder(scope: Scope, folder_id: int) -> None:
    """Delete a folder with its sub-folders; the database lets their features return to the root.

    Raises:
        NotFound: it vanished meanwhile.

    Contract: R-148.
    """
    hold_trees(scope, [folder_id])
    folder = visible_folder(scope, folder_id)
    _hold_features(scope.session, subtree_of(scope.session, folder_id).ids)
    gone = describe(folder)
    scope.session.delete(folder)
    scope.session.flush()
    announce_folder(scope, "folder.removed", gone)
    announce_folders(scope, [gone.department])


def department_exists(session: Session, department_id: int) -> bool:
    """Tell whether there is a department as the database has it now."""
    return session.scalar(select(Department.id).where(Department.id == department_id)) is not None


def _first_department(scope: Scope) -> int:
    if not scope.identity.departments:
        raise Invalid.field("department", "is required: you are member of no department")
    return min(scope.identity.departments)


def _check_department(scope: Scope, department_id: int | None) -> None:
    if (
        department_id is None
        or not scope.identity.sees_department(department_id)
        or not department_exists(scope.session, department_id)
    ):
        raise Invalid.field("department", f"unknown id {department_id}")


def _parent(scope: Scope, place: Place) -> Folder | None:
    if place.parent_id is None:
        return None
    parent = find_folder(scope, place.parent_id)
    if parent is None:
        raise Invalid.field(place.field, f"unknown id {place.parent_id}")
    return parent


def _move(scope: Scope, folder: Folder, place: Place) -> None:
    parent = _parent(scope, place)
    department_id = place.department_id or (folder if parent is None else parent).department_id
    if department_id != folder.department_id and not scope.identity.may("edit_feature"):
        raise Forbidden("You do not have the permission edit_feature, which changing the department of features needs.")
    _check_department(scope, department_id)
    if parent is not None and parent.department_id != department_id:
        raise Invalid.field("department", f"must be {parent.department_id}, that of folder {parent.id}")
    subtree = subtree_of(scope.session, folder.id)
    check_place(scope.session, subtree, place.parent_id, place.field)
    folder.parent_id = place.parent_id
    if department_id != folder.department_id:
        scope.session.flush()
        _change_department(scope, subtree.ids, department_id)


def _hold_features(session: Session, folder_ids: Sequence[int]) -> None:
    """Let nobody else change the features in folders that are about to change.

    Whoever saves a feature holds it first and then its folder; the other way round, two would wait for each other.
    """
    features = select(Feature.id).where(Feature.folder_id.in_(folder_ids)).order_by(Feature.id)
    session.execute(features.with_for_update())


def _change_department(scope: Scope, folder_ids: Sequence[int], department_id: int) -> None:
    """Take folders and their features to another department, and tell plugins of each feature."""
    session = scope.session
    _hold_features(session, folder_ids)
    session.execute(update(Folder).where(Folder.id.in_(folder_ids)).values(department_id=department_id))
    session.execute(update(Feature).where(Feature.folder_id.in_(folder_ids)).values(department_id=department_id))
    features = select(Feature).where(Feature.folder_id.in_(folder_ids)).order_by(Feature.id)
    for feature in session.scalars(features.execution_options(populate_existing=True)).all():
        change = ResourceChange("feature", "update", feature.id, feature)
        scope.runtime.plugins.dispatch.inline("cometa_resource_changing", change=change, scope=scope)
