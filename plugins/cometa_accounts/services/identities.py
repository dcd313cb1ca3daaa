"""From an account to the identity that permissions and filters are decided by."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, lazyload
from sqlalchemy.sql.base import ExecutableOption

from cometa_accounts.models import Account, Membership, Role
from cometa_accounts.roles import ADMIN_PANEL, ADMIN_PANELS, SUPERUSER
from cometa_core.contracts.identity import Identity
from cometa_core.errors import NotFound
from cometa_core.security.permission import PermissionTable


def with_memberships() -> ExecutableOption:
    """Return the option that loads with an account, in the same query, all that its identity is made of."""
    return joinedload(Account.memberships).options(lazyload(Membership.department))


def flags_of(role: Role, permissions: PermissionTable) -> dict[str, bool]:
    """Return every flag of a role; one that was never decided has the value that its plugin ships.

    The flag of the whole panel follows those of its parts.  Contract: R-049.
    """
    shipped = permissions.flags_of(role.name)
    flags = {name: bool(role.flags.get(name, name in shipped)) for name in sorted(permissions.permissions)}
    return {**flags, ADMIN_PANEL: any(flags[panel] for panel in ADMIN_PANELS)}


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
    query = select(Account).where(Account.id == account_id).options(with_memberships())
    account = session.scalars(query).unique().first()
    if account is None:
        raise NotFound
    return identity_for(account, permissions, "system")
