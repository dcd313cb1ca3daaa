"""Webhooks of departments: creating, changing and their secrets.  Contract: rest-api B5 (integrations), runner L."""

import ipaddress
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, select

from cometa_accounts.api import Department
from cometa_core.errors import Invalid, NotFound
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_core.security.visibility import in_own_departments
from cometa_features.api import Feature
from cometa_notifications.models import Integration
from cometa_notifications.settings import INTERNAL_HOOKS

SECRET_BYTES = 32
MOST_INTEGRATIONS = 50
"""Webhooks of one department."""


def visible(scope: Scope) -> Select[Integration]:
    """Select the webhooks of the caller's departments by id."""
    return (
        select(Integration)
        .where(in_own_departments(Integration.department_id, scope.identity))
        .order_by(Integration.id)
    )


def visible_integration(scope: Scope, integration_id: int) -> Integration:
    """Return one webhook.

    Raises:
        NotFound: unknown or of a foreign department.
    """
    found = scope.session.scalars(visible(scope).where(Integration.id == integration_id)).first()
    if found is None:
        raise NotFound
    return found


def create_integration(scope: Scope, fields: Mapping[str, Any], secret: str | None) -> tuple[Integration, str]:
    """Add a webhook.

    Args:
        scope: unit of work.
        fields: columns of the row.
        secret: what signs its calls; None = a new one is made.

    Returns:
        The row and the secret, which is shown this once.

    Raises:
        NotFound: the department is unknown or not visible.
        Invalid: a feature is not of the department, the address may not be called, or there are too many webhooks.
    """
    require_department(scope, fields["department_id"])
    require_hook(scope.runtime, fields["hook"])
    _require_features(scope, fields["department_id"], fields.get("features") or ())
    own = select(Integration.id).where(Integration.department_id == fields["department_id"])
    if len(scope.session.scalars(own.limit(MOST_INTEGRATIONS)).all()) >= MOST_INTEGRATIONS:
        raise Invalid(f"A department has at most {MOST_INTEGRATIONS} integrations.")
    row = Integration(**fields, secret="", created_at=scope.now())
    scope.session.add(row)
    scope.session.flush()
    clear = secret or secrets.token_urlsafe(SECRET_BYTES)
    _seal(scope.runtime, row, clear)
    scope.session.flush()
    return row, clear


def change_integration(scope: Scope, row: Integration, fields: Mapping[str, Any], secret: str | None) -> Integration:
    """Change fields of a webhook, and its secret when one is given; the department stays.

    Raises:
        Invalid: a feature is not of the department, or the address may not be called.
    """
    _require_features(scope, row.department_id, fields.get("features") or ())
    if "hook" in fields:
        require_hook(scope.runtime, fields["hook"])
    for name, value in fields.items():
        setattr(row, name, value)
    if secret is not None:
        _seal(scope.runtime, row, secret)
    scope.session.flush()
    return row


def remove_integration(scope: Scope, row: Integration) -> None:
    """Remove a webhook with everything that was or is to be sent to it."""
    scope.session.delete(row)
    scope.session.flush()


def opened_secret(runtime: Runtime, row: Integration) -> str:
    """Return the secret of a webhook.

    Raises:
        SealBroken: its key is gone.
    """
    return runtime.seals.open(row.secret, _place(row))


def require_department(scope: Scope, department_id: int) -> None:
    """Check that the caller may see a department.

    Raises:
        NotFound: unknown or foreign.
    """
    query = select(Department.id).where(
        Department.id == department_id, in_own_departments(Department.id, scope.identity)
    )
    if scope.session.scalar(query) is None:
        raise NotFound


def require_hook(runtime: Runtime, hook: str) -> None:
    """Check the address of a webhook; what its name leads to is checked with each call.

    Raises:
        Invalid: it is no address with ``https://``, or one of a private network.
    """
    parts = urlsplit(hook)
    if runtime.settings.flag(INTERNAL_HOOKS):
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Invalid.field("hook", "must be an address with https:// or http://")
        return
    if parts.scheme != "https" or not parts.hostname:
        raise Invalid.field("hook", "must be an address with https://")
    if _is_private(parts.hostname):
        raise Invalid.field("hook", "must not be a private address")


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _require_features(scope: Scope, department_id: int, keys: Any) -> None:
    query = select(Feature.id).where(Feature.id.in_(sorted(keys)), Feature.department_id == department_id)
    unknown = set(keys) - set(scope.session.scalars(query)) if keys else set()
    if unknown:
        raise Invalid.field("features", f"the department has no feature {min(unknown)}")


def _seal(runtime: Runtime, row: Integration, secret: str) -> None:
    row.secret = runtime.seals.seal(secret, _place(row))


def _place(row: Integration) -> str:
    return f"notifications_integration:secret:{row.id}"
