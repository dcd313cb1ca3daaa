"""Rows as answers.  Contract: rest-api A4.1, A4.2."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from cometa_accounts.models import Account, ApiKey, Department, Membership, Role
from cometa_accounts.schemas import AccountOut, DepartmentOut, DepartmentUsersOut, KeyOut, MembershipOut
from cometa_accounts.services.identities import flags_of
from cometa_accounts.services.memberships import members_of
from cometa_core.scope import Scope
from cometa_core.security.permission import PermissionTable


def present_department(department: Department) -> DepartmentOut:
    """Turn a department into its answer; files belong to a later plugin."""
    return DepartmentOut(
        department_id=department.id,
        department_name=department.name,
        slug=department.slug,
        settings=department.settings,
        created_on=department.created_at,
    )


def present_departments(scope: Scope, departments: Sequence[Department]) -> list[DepartmentOut]:
    """Turn departments into their answers, with their accounts for those who may see them.  Contract: R-091."""
    if not scope.identity.may("show_department_users"):
        return [present_department(department) for department in departments]
    members = members_of(scope.session, [department.id for department in departments])
    return [
        DepartmentUsersOut(
            **present_department(department).model_dump(),
            users=[present_account(scope, account) for account in members[department.id]],
        )
        for department in departments
    ]


def present_role(role: Role, permissions: PermissionTable) -> dict[str, Any]:
    """Present a role with all flags."""
    return {
        "permission_id": role.id,
        "permission_name": role.name,
        "permission_power": role.power,
        **flags_of(role, permissions),
    }


def present_account(scope: Scope, account: Account) -> AccountOut:
    """Present an account; its settings are for itself and for those who may edit it."""
    memberships = sorted(account.memberships, key=lambda found: found.department_id)
    reader = scope.actor
    private = reader is not None and (account.id == reader.account_id or reader.may("edit_account"))
    return AccountOut(
        user_id=account.id,
        name=account.name,
        email=account.email,
        user_role=account.role.name,
        permission_name=account.role.name,
        created_on=account.created_at,
        last_login=account.last_login,
        login_counter=account.login_counter,
        favourite_browsers=account.favourite_browsers,
        user_permissions=present_role(account.role, scope.runtime.permissions),
        departments=[membership.department.name for membership in memberships],
        department_ids=[membership.department_id for membership in memberships],
        settings=account.settings if private else {},
    )


def present_membership(membership: Membership) -> MembershipOut:
    """Turn a membership into its answer, both sides by id."""
    return MembershipOut(account_role_id=membership.id, user=membership.account_id, department=membership.department_id)


def present_key(row: ApiKey) -> KeyOut:
    """Present an API key without its secret."""
    return KeyOut(
        key_id=row.key_id,
        name=row.name,
        user_id=row.account_id,
        scopes=row.scopes,
        created_on=row.created_at,
        expires_on=row.expires_at,
        last_used=row.last_used,
    )


def present_session_user(scope: Scope, account: Account, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Present whoever is calling.

    Args:
        scope: unit of work.
        account: the caller's account.
        extra: what other plugins know: clouds and keywords.
    """
    roles = scope.session.scalars(select(Role).where(Role.power <= account.role.power)).all()
    shown = present_account(scope, account).model_dump(exclude={"departments", "department_ids"})
    memberships = sorted(account.memberships, key=lambda found: found.department_id)
    return {
        **shown,
        "permissions": sorted(role.name for role in roles),
        "departments": [present_department(membership.department) for membership in memberships],
        "integration_apps": ["Discord", "Mattermost"],
        **extra,
    }
