"""Telling clients that the folders of a department, or what is in them, changed.  Contract: rest-api A6.9, A7."""

from collections.abc import Collection, Mapping

from cometa_core.events import announce
from cometa_core.scope import Scope
from cometa_features.folder_models import Folder


def announce_folders(scope: Scope, departments: Collection[int]) -> None:
    """Announce that trees of folders are worth being read again."""
    # Streams are held until the commit: always in the same order, so that two changes never wait for each other.
    for department_id in sorted(set(departments)):
        announce(scope, "folders.changed", {"department_id": department_id}, department_id=department_id)


def announce_folder(scope: Scope, kind: str, folder: Folder, shown: Mapping[str, object] | None = None) -> None:
    """Announce what happened to one folder.

    Args:
        scope: unit of work whose transaction changes it.
        kind: ``folder.renamed`` or ``folder.removed``.
        folder: the folder.
        shown: its fields as JSON, where it still has some.
    """
    data: dict[str, object] = {"department_id": folder.department_id, "folder_id": folder.id}
    announce(scope, kind, data if shown is None else {**data, "folder": dict(shown)},
             department_id=folder.department_id)  # fmt: skip
