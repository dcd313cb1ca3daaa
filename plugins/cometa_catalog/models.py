"""Tables of applications, environments, browsers and clouds.  Contract: rest-api A4.2, runner H.4."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, validates

from cometa_accounts.api import LONGEST_KEY, name_key
from cometa_core.db.base import Model


class NamedRow:
    """A row whose name is unique whatever its case, on every database."""

    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(String(LONGEST_KEY), unique=True)

    @validates("name")
    def follow_name(self, _key: str, name: str) -> str:
        """Keep the key of the name."""
        self.name_key = name_key(name)
        return name


class Application(NamedRow, Model):
    """What is tested."""

    __tablename__ = "catalog_application"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(110), unique=True)
    created_at: Mapped[datetime]


class Environment(NamedRow, Model):
    """Where it is tested."""

    __tablename__ = "catalog_environment"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]


class Browser(Model):
    """A browser that features can name."""

    __tablename__ = "catalog_browser"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    spec: Mapped[dict[str, Any]]
    # Equal specs are one row: a hash of the canonical form.
    spec_key: Mapped[str] = mapped_column(String(64), unique=True)
    # discovered, grid or manual; manual rows are never touched by discovery.
    source: Mapped[str] = mapped_column(String(12), default="manual")
    # Names of the machines that a discovered browser was found on; without any it has vanished.
    machines: Mapped[list[Any]] = mapped_column(default=list)
    path: Mapped[str | None] = mapped_column(String(500))
    driver_path: Mapped[str | None] = mapped_column(String(500))
    last_seen: Mapped[datetime | None]
    vanished: Mapped[bool] = mapped_column(default=False)


class Cloud(Model):
    """A place that browsers come from."""

    __tablename__ = "catalog_cloud"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    active: Mapped[bool]
    # Most results that are executed there at once; 0 = no limit, and no more than one result per entry of a feature.
    max_concurrency: Mapped[int] = mapped_column(default=0)
