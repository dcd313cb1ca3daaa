"""The shape of the trees of folders: who is above and below whom, and how deep.  Contract: rest-api A5, R-145, R-146.

What a change may do depends on the whole tree (circles, levels), so whoever changes a tree holds it first: the rows
of its department stand for it.  SQLite has one writer at a time anyway.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import CTE, literal, select
from sqlalchemy.orm import Session

from cometa_accounts.api import Department
from cometa_core.errors import Conflict, Invalid
from cometa_core.scope import Scope
from cometa_core.security.visibility import in_own_departments
from cometa_features.folder_models import Folder

MOST_LEVELS = 20
"""Folders inside each other, the outermost included.  Contract: rest-api A5."""


@dataclass(frozen=True)
class Subtree:
    """A folder and everything in it.

    Attributes:
        ids: keys of the folder, which is first, and of all folders below it.
        levels: 1 for a folder without sub-folders.
    """

    ids: Sequence[int]
    levels: int


def hold_trees(scope: Scope, folder_ids: Collection[int], department_id: int | None = None) -> None:
    """Let nobody else change the trees of visible folders and of a department until the end of the transaction.

    What was read of them before may be outdated afterwards: read it again.

    Args:
        scope: unit of work with the caller.
        folder_ids: keys of folders; unknown and invisible ones are passed over.
        department_id: key of a further department, even without folders; passed over when it is not visible.
    """
    own = in_own_departments(Folder.department_id, scope.identity)
    departments = select(Folder.department_id).where(Folder.id.in_(sorted(folder_ids)), own).distinct()
    held: set[int] = set()
    while True:
        wanted = set(scope.session.scalars(departments))
        if department_id is not None and scope.identity.sees_department(department_id):
            wanted.add(department_id)
        # A folder may have gone to another department while this waited for the one it was in.
        if wanted <= held:
            return
        # Always in the same order, so that two changes never wait for each other.
        rows = select(Department.id).where(Department.id.in_(sorted(wanted))).order_by(Department.id)
        scope.session.execute(rows.with_for_update(key_share=True))
        held |= wanted


def below(folder_id: int) -> CTE:
    """Build the table of a folder and all folders below it: ``id`` and ``level``, which is 1 for the folder itself."""
    found = select(Folder.id, literal(1).label("level")).where(Folder.id == folder_id).cte("below", recursive=True)
    return found.union_all(select(Folder.id, found.c.level + 1).join(found, Folder.parent_id == found.c.id))


def subtree_of(session: Session, folder_id: int) -> Subtree:
    """Read a folder and what is below it; one query."""
    table = below(folder_id)
    rows = session.execute(select(table.c.id, table.c.level).order_by(table.c.level, table.c.id)).all()
    return Subtree([row.id for row in rows], rows[-1].level)


def level_of(session: Session, folder_id: int | None) -> int:
    """Return how many folders lead to a folder, itself included; 0 for Home, which is None."""
    above = select(Folder.id, Folder.parent_id).where(Folder.id == folder_id).cte("above", recursive=True)
    above = above.union_all(select(Folder.id, Folder.parent_id).join(above, Folder.id == above.c.parent_id))
    return len(session.execute(select(above.c.id)).all())


def check_place(session: Session, subtree: Subtree, parent_id: int | None, field: str) -> None:
    """Refuse a place in which a folder would be inside itself or too deep; the trees are held.

    Args:
        session: session of the transaction.
        subtree: the folder that is moved and everything in it.
        parent_id: folder that it is to be in, None = Home.
        field: name of the field that names the place.

    Raises:
        Conflict: ``folder_cycle``.
        Invalid: ``folder_too_deep``.
    """
    if parent_id in subtree.ids:
        text = f"Folder {subtree.ids[0]} cannot be moved into folder {parent_id}: that is itself or inside it."
        raise Conflict(text, code="folder_cycle")
    refuse_too_deep(level_of(session, parent_id) + subtree.levels, field)


def refuse_too_deep(levels: int, field: str) -> None:
    """Refuse more folders inside each other than there may be.

    Raises:
        Invalid: ``folder_too_deep``.
    """
    if levels > MOST_LEVELS:
        text = f"would make {levels} levels of folders; at most {MOST_LEVELS} are allowed"
        raise Invalid.field(field, text, code="folder_too_deep")
