"""Mailboxes in which steps look for mail.  Contract: steps.json, ``Wait at most ... for a mail ...``."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from cometa_core.errors import NotFound
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_core.security.visibility import in_own_departments
from cometa_notifications.models import Mailbox


def visible(scope: Scope) -> Select[Mailbox]:
    """Select the mailboxes of the caller's departments."""
    return (
        select(Mailbox).where(in_own_departments(Mailbox.department_id, scope.identity)).order_by(Mailbox.department_id)
    )


def visible_mailbox(scope: Scope, department_id: int) -> Mailbox:
    """Return the mailbox of a department.

    Raises:
        NotFound: there is none, or the department is not visible.
    """
    found = scope.session.scalars(visible(scope).where(Mailbox.department_id == department_id)).first()
    if found is None:
        raise NotFound
    return found


def set_mailbox(scope: Scope, department_id: int, fields: Mapping[str, Any], password: str) -> Mailbox:
    """Store the mailbox of a department in place of the one that it may have."""
    row = scope.session.get(Mailbox, department_id)
    sealed = scope.runtime.seals.seal(password, _place(department_id))
    values = {**fields, "password": sealed, "updated_at": scope.now()}
    if row is None:
        row = Mailbox(department_id=department_id, **values)
        scope.session.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, value)
    scope.session.flush()
    return row


def remove_mailbox(scope: Scope, row: Mailbox) -> None:
    """Forget a mailbox."""
    scope.session.delete(row)
    scope.session.flush()


def opened_password(runtime: Runtime, row: Mailbox) -> str:
    """Return the password of a mailbox.

    Raises:
        SealBroken: its key is gone.
    """
    return runtime.seals.open(row.password, _place(row.department_id))


def _place(department_id: int) -> str:
    return f"notifications_mailbox:password:{department_id}"
