"""Reading folders, always through the filter of the caller's departments.  Contract: rest-api A3.3."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, lazyload

from cometa_accounts.api import Account
from cometa_core.errors import NotFound
from cometa_core.scope import Scope
from cometa_core.security.visibility import in_own_departments
from cometa_features.folder_models import Folder
from cometa_features.models import Feature
from cometa_features.services.folders_tree import below
from cometa_features.services.reading import visible_features


def visible_folders(scope: Scope) -> Select[Folder]:
    """Select the folders of the caller's departments by id, with the rows that their answer needs."""
    return (
        select(Folder)
        # Of owners only their own columns are shown.
        .options(joinedload(Folder.owner).options(lazyload(Account.role), lazyload(Account.memberships)))
        .where(in_own_departments(Folder.department_id, scope.identity))
        .order_by(Folder.id)
    )


def folders_below(scope: Scope, folder: Folder) -> Select[Folder]:
    """Select a visible folder and all folders below it, by id."""
    return visible_folders(scope).where(Folder.id.in_(select(below(folder.id).c.id)))


def features_below(scope: Scope, folder: Folder) -> Select[Feature]:
    """Select the features in a visible folder and in all folders below it, by id."""
    return visible_features(scope).where(Feature.folder_id.in_(select(below(folder.id).c.id)))


def find_folder(scope: Scope, folder_id: int) -> Folder | None:
    """Return a folder as the database has it now; None when it is unknown or of a foreign department."""
    query = visible_folders(scope).where(Folder.id == folder_id).execution_options(populate_existing=True)
    return scope.session.scalars(query).first()


def visible_folder(scope: Scope, folder_id: int) -> Folder:
    """Return a folder as the database has it now.

    Raises:
        NotFound: unknown or of a foreign department.
    """
    found = find_folder(scope, folder_id)
    if found is None:
        raise NotFound
    return found


def takes_features_of(session: Session, folder_id: int, department_id: int) -> bool:
    """Tell whether a folder is of a department, and let it stay there until the end of the transaction.

    Whoever takes a folder to another department takes its features along; one that is just being put there would
    stay behind.
    """
    query = select(Folder.id).where(Folder.id == folder_id, Folder.department_id == department_id)
    return session.scalar(query.with_for_update(read=True)) is not None
