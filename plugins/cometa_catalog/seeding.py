"""Rows that everything needs: application, environment, clouds and the browsers of this machine."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cometa_catalog.models import Application, Cloud, Environment

CLOUDS = {"local": True, "browserstack": False}
"""Name -> whether it is active at first."""


def seed(session: Session) -> None:
    """Put application and environment ``Default`` with id 1 and the clouds."""
    now = datetime.now(UTC)
    if session.get(Application, 1) is None:
        session.add(Application(name="Default", slug="default", created_at=now))
    if session.get(Environment, 1) is None:
        session.add(Environment(name="Default", created_at=now))
    known = set(session.scalars(select(Cloud.name)))
    session.add_all(Cloud(name=name, active=active) for name, active in CLOUDS.items() if name not in known)
