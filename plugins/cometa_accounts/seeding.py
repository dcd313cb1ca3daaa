"""Rows that everything needs: the first department and the shipped roles."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cometa_accounts.models import Department, Role
from cometa_accounts.roles import SHIPPED_ROLES
from cometa_accounts.services.departments import DEFAULT_DEPARTMENT, DEFAULT_SETTINGS


def seed(session: Session) -> None:
    """Put the department ``Default`` with id 1 and the five roles; flags follow the declarations of plugins."""
    if session.get(Department, 1) is None:
        session.add(
            Department(
                name=DEFAULT_DEPARTMENT, slug="default", settings=dict(DEFAULT_SETTINGS), created_at=datetime.now(UTC)
            )
        )
    known = set(session.scalars(select(Role.name)))
    session.add_all(Role(name=name, power=power) for name, power in SHIPPED_ROLES.items() if name not in known)
