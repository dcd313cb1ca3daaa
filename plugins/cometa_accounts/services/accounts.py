"""Accounts: who may edit whom.  Contract: rest-api A3.1, A5, A6.2, R-067 to R-078."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cometa_accounts.models import Account, Department, Membership, Role
from cometa_accounts.naming import name_key
from cometa_accounts.roles import SUPERUSER
from cometa_accounts.services.departments import DEFAULT_DEPARTMENT, insert_department, known_departments
from cometa_accounts.services.sign_ins import unbind_subjects
from cometa_core.errors import Conflict, Forbidden, Invalid, NotFound
from cometa_core.scope import Scope

OWN_FIELDS = frozenset({"name", "favourite_browsers", "settings"})


def may_list(scope: Scope) -> bool:
    """Tell whether the caller may read accounts and memberships at all."""
    return scope.identity.may("view_accounts") or scope.identity.may("view_accounts_panel")


def visible_accounts(scope: Scope, search: str = "") -> Select[Account]:
    """Select accounts that share a department with the caller (all for SUPERUSER), newest first."""
    identity = scope.identity
    query = select(Account).join(Account.role).order_by(Account.id.desc())
    if not identity.sees_all:
        sharing = select(Membership.account_id).where(Membership.department_id.in_(sorted(identity.departments)))
        query = query.where(or_(Account.id.in_(sharing), Account.id == identity.account_id))
    if search:
        query = query.where(or_(*(matches(column, search) for column in (Account.name, Account.email, Role.name))))
    return query


def matches(column: "InstrumentedAttribute[str]", search: str) -> ColumnElement[bool]:
    """Build the condition that a column contains a text in any case.

    Databases may leave letters outside of ASCII as they are, so the text as it was sent counts too.
    """
    return or_(
        func.lower(column).contains(search.lower(), autoescape=True), column.contains(search, autoescape=True)
    )  # fmt: skip


def readable_account(scope: Scope, account_id: int) -> Account:
    """Return one account; the own one always, others with a right to read them.

    Raises:
        NotFound: unknown or not visible.
        Forbidden: visible, but the right is missing.
    """
    found = visible_account(scope, account_id)
    if account_id != scope.identity.account_id and not may_list(scope):
        raise Forbidden("You do not have the permission view_accounts.")
    return found


def visible_account(scope: Scope, account_id: int) -> Account:
    """Return one account of the caller's departments.

    Raises:
        NotFound: unknown or not visible.
    """
    found = scope.session.scalars(visible_accounts(scope).where(Account.id == account_id)).first()
    if found is None:
        raise NotFound
    return found


def role_named(scope: Scope, name: str) -> Role:
    """Return a role that the caller may grant.

    Raises:
        Invalid: unknown.
        Forbidden: ``role_too_powerful``.
    """
    role = scope.session.scalars(select(Role).where(Role.name == name)).first()
    if role is None:
        raise Invalid.field("user_role", f"unknown role {name}")
    refuse_power(scope, role)
    return role


def refuse_power(scope: Scope, role: Role) -> None:
    """Refuse to touch or grant a role above the caller's own power.

    Raises:
        Forbidden: ``role_too_powerful``.
    """
    if role.power > scope.identity.power:
        raise Forbidden(f"The role {role.name} is more powerful than yours.", code="role_too_powerful")


def create_account(scope: Scope, name: str, email: str, role_name: str, departments: Sequence[int] | None) -> Account:
    """Store a new account with its role and memberships.

    Raises:
        Conflict: ``duplicate_email``.
        Invalid: unknown role or department.
        Forbidden: ``role_too_powerful``.
    """
    role = role_named(scope, role_name)
    refuse_taken_email(scope.session, email)
    chosen = known_departments(scope.session, [1] if departments is None else departments)
    refuse_foreign_departments(scope, {department.id for department in chosen})
    account = Account(name=name, email=email, role=role, created_at=scope.now())
    account.memberships = [Membership(department=department) for department in chosen]
    scope.session.add(account)
    scope.session.flush()
    return account


def refuse_taken_email(session: Session, email: str, own_id: int = 0) -> None:
    """Refuse an address that another account has in any case.

    Raises:
        Conflict: ``duplicate_email``.
    """
    query = select(Account.id).where(Account.email_key == name_key(email), Account.id != own_id)
    if session.scalar(query) is not None:
        raise Conflict(f"There is already an account with the address {email}.", code="duplicate_email")


def refuse_foreign_departments(scope: Scope, changed: Iterable[int], field: str = "departments") -> None:
    """Refuse to add or remove departments that are not the caller's own.

    Raises:
        Invalid: names ``field`` and the first one.
    """
    foreign = sorted(set(changed) - scope.identity.departments)
    if foreign and not scope.identity.sees_all:
        raise Invalid.field(field, f"unknown id {foreign[0]}")


def change_account(scope: Scope, account: Account, changes: Mapping[str, Any]) -> Account:
    """Change an account; nothing is saved when any key is refused.

    Args:
        scope: unit of work.
        account: visible account.
        changes: ``name``, ``email``, ``role``, ``departments`` (ids), ``favourite_browsers``, ``settings``.

    Raises:
        Forbidden: ``permission_missing`` or ``role_too_powerful``.
        Conflict: ``duplicate_email`` or ``last_superuser``.
    """
    wanted = {key: set(value) if key == "departments" else value for key, value in changes.items()}
    changes = {key: value for key, value in wanted.items() if value != current_value(account, key)}
    if not scope.identity.may("edit_account"):
        refuse_own_change(scope, account, changes)
    else:
        refuse_power(scope, account.role)
    if "role" in changes:
        change_role(scope, account, changes["role"])
    if "email" in changes:
        refuse_taken_email(scope.session, changes["email"], account.id)
        account.email = changes["email"]
        unbind_subjects(scope.session, account.id)
    if "departments" in changes:
        replace_memberships(scope, account, changes["departments"])
    for key in OWN_FIELDS & set(changes):
        setattr(account, key, changes[key])
    scope.session.flush()
    return account


def current_value(account: Account, key: str) -> Any:
    """Return the present value of a key, in the form of a change."""
    if key == "role":
        return account.role.name
    if key == "departments":
        return {membership.department_id for membership in account.memberships}
    return getattr(account, key)


def refuse_own_change(scope: Scope, account: Account, changes: Mapping[str, Any]) -> None:
    """Without edit_account only name, favourite browsers and settings of the own row may change.

    Raises:
        Forbidden: the row is somebody else's, or another key would change.
    """
    if account.id != scope.identity.account_id or set(changes) - OWN_FIELDS:
        raise Forbidden("You do not have the permission edit_account.")


def change_role(scope: Scope, account: Account, name: str) -> None:
    """Give an account another role.

    Raises:
        Conflict: ``last_superuser``.
        Forbidden: ``role_too_powerful``.
    """
    role = role_named(scope, name)
    if account.role.name == SUPERUSER:
        refuse_last_superuser(scope.session)
    account.role = role


def refuse_last_superuser(session: Session) -> None:
    """Refuse to take the last SUPERUSER away.

    Raises:
        Conflict: ``last_superuser``.
    """
    # Two requests at once must not both find the other one's account: they queue up for the row of the role.
    role_id = session.scalar(select(Role.id).where(Role.name == SUPERUSER).with_for_update())
    if (session.scalar(select(func.count()).where(Account.role_id == role_id)) or 0) <= 1:
        raise Conflict("This is the last SUPERUSER. Make another one first.", code="last_superuser")


def replace_memberships(scope: Scope, account: Account, departments: Iterable[int]) -> None:
    """Make an account a member of exactly these departments."""
    present = {membership.department_id: membership for membership in account.memberships}
    wanted = {department.id: department for department in known_departments(scope.session, departments)}
    refuse_foreign_departments(scope, set(present) ^ set(wanted))
    kept = [membership for key, membership in present.items() if key in wanted]
    account.memberships = kept + [Membership(department=wanted[key]) for key in sorted(set(wanted) - set(present))]


def delete_account(scope: Scope, account: Account) -> None:
    """Delete an account with its memberships and keys.

    Raises:
        Conflict: ``own_account`` or ``last_superuser``.
        Forbidden: ``role_too_powerful``.
    """
    if account.id == scope.identity.account_id:
        raise Conflict("You cannot delete your own account.", code="own_account")
    refuse_power(scope, account.role)
    if account.role.name == SUPERUSER:
        refuse_last_superuser(scope.session)
    scope.session.delete(account)
    scope.session.flush()


def ensure_account(
    scope: Scope, email: str, *, role: str | None = None, departments: Sequence[str] = (DEFAULT_DEPARTMENT,)
) -> Account:
    """Return the account of an address; it and its departments are created when they are missing.

    Used by commands, which nobody has to be signed in for.

    Args:
        scope: unit of work.
        email: address of the account.
        role: role that it gets; None = keep the present one, DEVOPS for a new account.
        departments: names of departments that it becomes a member of.

    Raises:
        Invalid: unknown role.
    """
    session = scope.session
    account = session.scalars(select(Account).where(Account.email_key == name_key(email))).first()
    if account is None or role is not None:
        found = session.scalars(select(Role).where(Role.name == (role or "DEVOPS"))).first()
        if found is None:
            names = ", ".join(session.scalars(select(Role.name).order_by(Role.power.desc())))
            raise Invalid.field("role", f"unknown role {role}; known are {names}")
        if account is None:
            account = Account(name=email.partition("@")[0], email=email, role=found, created_at=scope.now())
            session.add(account)
        account.role = found
    member_of = {membership.department_id for membership in account.memberships}
    for name in departments:
        department = department_named(scope, name)
        if department.id not in member_of:
            account.memberships.append(Membership(department=department))
    session.flush()
    return account


def department_named(scope: Scope, name: str) -> Department:
    """Return a department by its name in any case; it is created when it is missing."""
    query = select(Department).where(Department.name_key == name_key(name))
    return scope.session.scalars(query).first() or insert_department(scope, name)
