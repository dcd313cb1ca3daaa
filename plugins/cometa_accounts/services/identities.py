"""From an account to the identity that permissions and filters are decided by."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cometa_accounts.models import Account, Role
from cometa_accounts.roles import SUPERUSER
from cometa_core.contracts.identity import Identity
from cometa_core.errors import NotFound
from cometa_core.security.permission import PermissionTable


def flags_of(role: Role, permissions: PermissionTable) -> dict[str, bool]:
    """Return every flag of a role; one that was never decided has the value that its plugin ships."""
    shipped = permissions.flags_of(role.name)
    return {name: bool(role.flags.get(name, name in shipped)) for name in sorted(permissions.permissions)}


def identity_for(
    account: Account, permissions: PermissionTable, way: str, key_scopes: frozenset[str] | None = None
) -> Identity:
    """Build the identity of a loaded account."""
    flags = flags_of(account.role, permissions)
    return Identity(
        account_id=account.id,
        email=account.email,
        name=account.name,
        role=account.role.name,
        power=account.role.power,
        permissions=frozenset(name for name, value in flags.items() if value),
        departments=frozenset(membership.department_id for membership in account.memberships),
        sees_all=account.role.name == SUPERUSER,
        key_scopes=key_scopes,
        way=way,
    )


def identity_of(session: Session, permissions: PermissionTable, account_id: int) -> Identity:
    """Build the identity of an account for work that the product itself does for it.

    Raises:
        NotFound: there is no such account.
    """
    account = session.scalars(select(Account).where(Account.id == account_id)).first()
    if account is None:
        raise NotFound
    return identity_for(account, permissions, "system")
