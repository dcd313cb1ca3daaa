"""The clouds of all plugins, and their rows.  Contract: runner H.1."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from cometa_catalog.grid import LOCAL
from cometa_catalog.models import Cloud as CloudRow
from cometa_core.contracts.clouds import Cloud, SessionOrder
from cometa_core.errors import NotFound
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope

KEPT_CLOUDS = "catalog.clouds"
"""Name under which the runtime keeps the clouds of its plugins."""


def clouds_of(runtime: Runtime) -> Mapping[str, Cloud]:
    """Return the clouds that plugins offer, by name; they are asked once a process."""

    def collect() -> dict[str, Cloud]:
        found = runtime.plugins.dispatch.collect("cometa_clouds", runtime=runtime)
        return {name: cloud for name, (_, cloud) in found.items()}

    return runtime.once(KEPT_CLOUDS, collect)


def remote_plan(cloud: Cloud, order: SessionOrder) -> dict[str, Any]:
    """Describe a browser of another machine.  Contract: runner B.2."""
    account = cloud.account()
    return {
        "kind": "remote",
        "cloud": cloud.name,
        "family": str(order.spec["browser"]).lower(),
        "url": account.url,
        "username": account.username,
        "password": account.password,
        "capabilities": dict(cloud.capabilities(order)),
        "session": None,
        "announce": cloud.announces_end,
        **cloud.options(order),
    }


def configure_cloud(scope: Scope, name: str, *, active: bool | None, most: int | None) -> CloudRow:
    """Switch a cloud on or off and set how many results it executes at once; a known one without row gets one.

    Raises:
        NotFound: no plugin offers a cloud of this name.
    """
    row = scope.session.scalar(select(CloudRow).where(CloudRow.name == name))
    if row is None:
        if name not in clouds_of(scope.runtime):
            raise NotFound(f"There is no cloud {name}. `cometa clouds list` shows them.")
        row = CloudRow(name=name, active=True, max_concurrency=0)
        scope.session.add(row)
    row.active = row.active if active is None else active
    row.max_concurrency = row.max_concurrency if most is None else most
    scope.session.flush()
    return row


def cloud_states(scope: Scope) -> list[dict[str, object]]:
    """Describe every cloud that has a row or is offered by a plugin; never addresses or credentials."""
    rows = {row.name: row for row in scope.session.scalars(select(CloudRow).order_by(CloudRow.name))}
    names = [LOCAL, *sorted({*rows, *clouds_of(scope.runtime)} - {LOCAL})]
    return [
        {
            "name": name,
            "active": rows[name].active if name in rows else True,
            "max_concurrency": rows[name].max_concurrency if name in rows else 0,
        }
        for name in names
    ]
