"""Departments and memberships.  Contract: rest-api A5, A6.5, R-091 to R-094."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cometa_accounts.models import Department, Membership
from cometa_accounts.naming import name_key, unique_slug
from cometa_core.contracts.change import ResourceChange
from cometa_core.errors import Conflict, Invalid, NotFound
from cometa_core.scope import Scope
from cometa_core.security.visibility import in_own_departments

DEFAULT_DEPARTMENT = "Default"
DEFAULT_SETTINGS: Mapping[str, Any] = {
    "step_timeout": 60,
    "continue_on_failure": False,
    "result_expire_days": 0,
    "queue_name": "",
    "max_parallel": 0,
}


def visible_departments(scope: Scope, *, own_only: bool = False) -> Select[Department]:
    """Select the departments that a caller may list, by name."""
    identity = scope.identity
    query = select(Department).order_by(Department.name, Department.id)
    if own_only:
        return query.where(Department.id.in_(sorted(identity.departments)))
    if identity.may("show_all_departments"):
        return query
    return query.where(in_own_departments(Department.id, identity))


def readable_department(scope: Scope, department_id: int) -> Department:
    """Return one department that the caller may list.

    Raises:
        NotFound: unknown or not visible.
    """
    found = scope.session.scalars(visible_departments(scope).where(Department.id == department_id)).first()
    if found is None:
        raise NotFound
    return found


def visible_department(scope: Scope, department_id: int) -> Department:
    """Return one department whose rows the caller may see.

    Raises:
        NotFound: unknown or not visible.
    """
    query = select(Department).where(
        Department.id == department_id, in_own_departments(Department.id, scope.identity)
    )  # fmt: skip
    found = scope.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def create_department(scope: Scope, name: str, settings: Mapping[str, Any]) -> Department:
    """Create a department; the caller becomes its member.

    Raises:
        Conflict: ``duplicate_name``.
    """
    department = insert_department(scope, name, settings)
    scope.session.add(Membership(account_id=scope.identity.account_id, department_id=department.id))
    scope.session.flush()
    return department


def insert_department(scope: Scope, name: str, settings: Mapping[str, Any] = DEFAULT_SETTINGS) -> Department:
    """Insert a department without members.

    Raises:
        Conflict: ``duplicate_name``.
    """
    session = scope.session
    refuse_taken_name(session, name)
    slug = unique_slug(session, Department.slug, name)
    department = Department(name=name, slug=slug, settings=dict(settings), created_at=scope.now())
    session.add(department)
    session.flush()
    return department


def change_department(
    scope: Scope, department: Department, name: str | None, settings: Mapping[str, Any] | None
) -> Department:
    """Rename a department or replace its settings.

    Raises:
        Conflict: ``duplicate_name``.
    """
    session = scope.session
    if name is not None and name != department.name:
        refuse_taken_name(session, name, department.id)
        department.slug = unique_slug(session, Department.slug, name, own=department.slug)
        department.name = name
    if settings is not None:
        department.settings = dict(settings)
    session.flush()
    return department


def delete_department(scope: Scope, department: Department) -> None:
    """Delete an empty department with its memberships.

    Raises:
        Conflict: ``protected`` for the first one; ``in_use`` when another plugin has rows in it.
    """
    if department.id == 1:
        raise Conflict("The first department cannot be deleted. It can be renamed.", code="protected")
    change = ResourceChange("department", "delete", department.id, department)
    scope.runtime.plugins.dispatch.inline("cometa_resource_changing", change=change, scope=scope)
    scope.session.delete(department)
    scope.session.flush()


def refuse_taken_name(session: Session, name: str, own_id: int | None = None) -> None:
    """Refuse a name that another department has in any case.

    Raises:
        Conflict: ``duplicate_name``.
    """
    query = select(Department.id).where(Department.name_key == name_key(name), Department.id != (own_id or 0))
    if session.scalar(query) is not None:
        raise Conflict(f"There is already a department named {name}.", code="duplicate_name")


def department_settings(session: Session, department_id: int) -> dict[str, Any]:
    """Return the settings of a department, with defaults for what is not set."""
    stored = session.scalar(select(Department.settings).where(Department.id == department_id)) or {}
    return {**DEFAULT_SETTINGS, **stored}


def known_departments(session: Session, ids: Iterable[int], field: str = "departments") -> Sequence[Department]:
    """Return departments by id.

    Raises:
        Invalid: one is unknown; names ``field``.
    """
    wanted = sorted(set(ids))
    found = session.scalars(select(Department).where(Department.id.in_(wanted)).order_by(Department.id)).all()
    missing = sorted(set(wanted) - {department.id for department in found})
    if missing:
        raise Invalid.field(field, f"unknown id {missing[0]}")
    return found
