"""Telling clients that the folders of a department, or what is in them, changed.  Contract: rest-api A6.9, A7."""

from collections.abc import Collection

from cometa_core.events import announce
from cometa_core.scope import Scope
from cometa_features.folder_answers import FolderRow


def announce_folders(scope: Scope, departments: Collection[int]) -> None:
    """Announce that trees of folders are worth being read again."""
    # Streams are held until the commit: always in the same order, so that two changes never wait for each other.
    for department_id in sorted(set(departments)):
        announce(scope, "folders.changed", {"department_id": department_id}, department_id=department_id)


def announce_folder(scope: Scope, kind: str, folder: FolderRow) -> None:
    """Announce what happened to one folder.

    Args:
        scope: unit of work whose transaction changes it.
        kind: ``folder.renamed`` or ``folder.removed``.
        folder: what it is now, or was at last; not what is in it, since receivers may not be allowed to see features.
    """
    data = {
        "department_id": folder.department,
        "folder": folder.model_dump(mode="json"),
        "folder_id": folder.folder_id,
    }
    announce(scope, kind, data, department_id=folder.department)
