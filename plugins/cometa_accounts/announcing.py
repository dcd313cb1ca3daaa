"""Telling clients that accounts and departments changed.  Contract: rest-api A7."""

from typing import Any

from sqlalchemy import select

from cometa_accounts.models import Account, Department, Membership
from cometa_accounts.presenting import present_account, present_department
from cometa_core.contracts.events import Audience
from cometa_core.events import announce
from cometa_core.scope import Scope


def announce_account(scope: Scope, kind: str, account: Account) -> None:
    """Tell that an account was added, changed or removed.

    Receivers may read accounts, but only some of them the settings of others, so those are left out.

    Args:
        scope: unit of work that changes the account; a removal is announced before the row is gone.
        kind: ``account.added``, ``account.changed`` or ``account.removed``.
        account: the account.
    """
    itself = (account.id,) if kind == "account.changed" else ()
    shown = present_account(scope, account).model_dump(mode="json")
    data = {"account": {**shown, "settings": {}}, "account_id": account.id}
    announce(scope, kind, data, audience=Audience(permissions=("view_accounts",), accounts=itself))


def announce_department(scope: Scope, kind: str, department: Department) -> None:
    """Tell the members of a department, and those who manage departments, that it was added, changed or removed.

    The event is one of the site, because who manages departments need not be a member.

    Args:
        scope: unit of work that changes the department; a removal is announced before the row is gone.
        kind: ``department.added``, ``department.changed`` or ``department.removed``.
        department: the department.
    """
    shown = present_department(department).model_dump(mode="json")
    data: dict[str, dict[str, Any]] = {
        "department.added": {"department": shown},
        "department.changed": {"departmentId": department.id, "options": shown},
        "department.removed": {"department_id": department.id},
    }
    members = scope.session.scalars(select(Membership.account_id).where(Membership.department_id == department.id))
    audience = Audience(permissions=("view_departments_panel",), accounts=tuple(sorted(members)))
    announce(scope, kind, data[kind], audience=audience)
