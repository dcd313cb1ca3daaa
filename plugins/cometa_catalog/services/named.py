"""Applications and environments: rows with a unique name.  Contract: rest-api A5, A6.4, R-084 to R-087."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session

from cometa_accounts.api import name_key, unique_slug
from cometa_catalog.models import Application, Environment
from cometa_catalog.presenting import present_application, present_environment
from cometa_core.contracts.change import ResourceChange
from cometa_core.errors import Conflict, NotFound
from cometa_core.events import announce
from cometa_core.scope import Scope

Named = TypeVar("Named", Application, Environment)

# Made once: every answer that names them asks, and making a statement costs more than executing it.
KEYS: BindParameter[list[int]] = bindparam("keys", expanding=True)
APPLICATION_NAMES = select(Application.id, Application.name).where(Application.id.in_(KEYS))
ENVIRONMENT_NAMES = select(Environment.id, Environment.name).where(Environment.id.in_(KEYS))


def tell(scope: Scope, row: Application | Environment, what: str) -> None:
    """Announce that an application or environment was added, changed or removed.  Contract: rest-api A7."""
    if isinstance(row, Application):
        shown = present_application(row).model_dump(mode="json")
        announce(scope, f"application.{what}", {"app": shown, "app_id": row.id})
    else:
        shown = present_environment(row).model_dump(mode="json")
        announce(scope, f"environment.{what}", {"env": shown, "environment": shown, "environment_id": row.id})


def by_name(model: type[Named]) -> Select[Named]:
    """Select all rows by name."""
    return select(model).order_by(model.name, model.id)


def named_row(scope: Scope, model: type[Named], key: int) -> Named:
    """Return one row.

    Raises:
        NotFound: unknown.
    """
    found = scope.session.get(model, key)
    if found is None:
        raise NotFound
    return found


def create_named(scope: Scope, model: type[Named], name: str) -> Named:
    """Create a row.

    Raises:
        Conflict: ``duplicate_name``.
    """
    refuse_taken_name(scope.session, model, name)
    row = model(name=name, created_at=scope.now())
    if isinstance(row, Application):
        row.slug = unique_slug(scope.session, Application.slug, name)
    scope.session.add(row)
    scope.session.flush()
    tell(scope, row, "added")
    return row


def rename(scope: Scope, row: Named, name: str) -> Named:
    """Rename a row; the slug follows.

    Raises:
        Conflict: ``duplicate_name``.
    """
    refuse_taken_name(scope.session, type(row), name, row.id)
    row.name = name
    if isinstance(row, Application):
        row.slug = unique_slug(scope.session, Application.slug, name, own=row.slug)
    scope.session.flush()
    tell(scope, row, "changed")
    return row


def delete_named(scope: Scope, row: Application | Environment) -> None:
    """Delete a row that nothing uses.

    Raises:
        Conflict: ``in_use``, raised by the plugin whose rows use it.
    """
    kind = "application" if isinstance(row, Application) else "environment"
    change = ResourceChange(kind, "delete", row.id, row)
    scope.runtime.plugins.dispatch.inline("cometa_resource_changing", change=change, scope=scope)
    scope.session.delete(row)
    scope.session.flush()
    tell(scope, row, "removed")


def refuse_taken_name(session: Session, model: type[Named], name: str, own_id: int = 0) -> None:
    """Refuse a name that another row has in any case.

    Raises:
        Conflict: ``duplicate_name``.
    """
    query = select(model.id).where(model.name_key == name_key(name), model.id != own_id)
    if session.scalar(query) is not None:
        raise Conflict(f"The name {name} is taken.", code="duplicate_name")


def application_names(session: Session, keys: Iterable[int]) -> Mapping[int, str]:
    """Return the names of applications by id; unknown ids are missing."""
    return dict(session.execute(APPLICATION_NAMES, {"keys": sorted(keys)}).all())


def environment_names(session: Session, keys: Iterable[int]) -> Mapping[int, str]:
    """Return the names of environments by id; unknown ids are missing."""
    return dict(session.execute(ENVIRONMENT_NAMES, {"keys": sorted(keys)}).all())
