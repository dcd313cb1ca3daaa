"""Memberships: which account belongs to which department.  Contract: rest-api A3.2, A6.2, R-067 to R-069."""

from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, lazyload

from cometa_accounts.models import Account, Department, Membership
from cometa_accounts.services.accounts import refuse_foreign_departments, refuse_power, visible_account
from cometa_accounts.services.departments import known_departments
from cometa_core.errors import Conflict, Invalid, NotFound
from cometa_core.scope import Scope


def visible_memberships(scope: Scope) -> Select[Membership]:
    """Select memberships of the caller's departments (all for SUPERUSER) by id."""
    query = select(Membership).order_by(Membership.id)
    if scope.identity.sees_all:
        return query
    return query.where(Membership.department_id.in_(sorted(scope.identity.departments)))


def members_of(session: Session, departments: Collection[int]) -> dict[int, list[Account]]:
    """Return the accounts of departments by id of the department, ordered by id of the account."""
    query = (
        select(Membership)
        .where(Membership.department_id.in_(sorted(departments)))
        .options(lazyload(Membership.department), joinedload(Membership.account))
        .order_by(Membership.account_id)
    )
    members: dict[int, list[Account]] = {department: [] for department in departments}
    for membership in session.scalars(query):
        members[membership.department_id].append(membership.account)
    return members


def visible_membership(scope: Scope, key: int) -> Membership:
    """Return one membership.

    Raises:
        NotFound: unknown, or of a foreign department.
    """
    found = scope.session.scalars(visible_memberships(scope).where(Membership.id == key)).first()
    if found is None:
        raise NotFound
    return found


def add_membership(scope: Scope, account_id: int, department_id: int) -> Membership:
    """Make an account a member of a department.

    Raises:
        Invalid: unknown or foreign account or department.
        Conflict: ``duplicate_row``.
        Forbidden: ``role_too_powerful``.
    """
    session = scope.session
    known_departments(session, [department_id], "department")
    refuse_foreign_departments(scope, [department_id], "department")
    try:
        account = visible_account(scope, account_id)
    except NotFound as error:
        raise Invalid.field("user", f"unknown id {account_id}") from error
    refuse_power(scope, account.role)
    if department_id in {membership.department_id for membership in account.memberships}:
        raise Conflict("The account already is a member of the department.", code="duplicate_row")
    membership = Membership(department=session.get_one(Department, department_id))
    account.memberships.append(membership)
    session.flush()
    return membership


def end_membership(scope: Scope, membership: Membership) -> None:
    """Take an account out of a department.

    Raises:
        Forbidden: ``role_too_powerful``.
    """
    refuse_power(scope, membership.account.role)
    membership.account.memberships.remove(membership)
    scope.session.flush()
