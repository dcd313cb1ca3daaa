"""What the catalog adds."""

import platform
from collections.abc import Iterable
from types import ModuleType

from pyramid.config import Configurator
from sqlalchemy import select
from sqlalchemy.orm import Session

from cometa_catalog import models
from cometa_catalog.discovery import find_browsers
from cometa_catalog.health import CHECKS
from cometa_catalog.seeding import seed
from cometa_catalog.services.refresh import refresh_browsers
from cometa_core import PluginInfo, hookimpl
from cometa_core.contracts.health import HealthCheck
from cometa_core.contracts.migration import MigrationSource
from cometa_core.contracts.permissions import KeyScope, Permission
from cometa_core.runtime import Role, Runtime
from cometa_core.scope import Scope
from cometa_core.settings import Setting, as_boolean, as_path, as_words

PLUGIN = PluginInfo("catalog", "Applications, environments, browsers and step sentences", requires=("accounts",))

KINDS = ("application", "environment", "browser")
VERBS = ("create", "edit", "delete")


@hookimpl
def cometa_settings() -> Iterable[Setting]:
    """Declare where browsers are and how they are opened."""
    return [
        Setting("cometa.browser.local", True, "Use the browsers of this machine.", as_boolean),
        Setting("cometa.browser.chromium", None, "Path of Chromium; default: found by itself.", as_path),
        Setting("cometa.browser.chromedriver", None, "Path of its driver; default: found by itself.", as_path),
        Setting("cometa.browser.firefox", None, "Path of Firefox; default: found by itself.", as_path),
        Setting("cometa.browser.geckodriver", None, "Path of its driver; default: found by itself.", as_path),
        Setting("cometa.browser.headless", True, "Open browsers without a window.", as_boolean),
        Setting("cometa.browser.insecure_certs", True, "Accept certificates that cannot be checked.", as_boolean),
        Setting("cometa.browser.args.chrome", (), "Further arguments for Chromium.", as_words),
        Setting("cometa.browser.args.firefox", (), "Further arguments for Firefox.", as_words),
    ]


@hookimpl
def cometa_startup(runtime: Runtime, role: Role) -> None:
    """Look which browsers this machine has when a worker starts on it."""
    if role is Role.WORKER:
        # Asking programs for their version takes a while, so it is done before the transaction.
        found = find_browsers(runtime.settings)
        with runtime.unit_of_work() as scope:
            refresh_browsers(scope.session, found, platform.node(), scope.now())


@hookimpl
def cometa_permissions() -> Iterable[Permission]:
    """Declare the flags of applications, environments and browsers.  Contract: rest-api A3.1."""
    return [
        Permission(f"{verb}_{kind}", f"{verb.capitalize()} {kind}s.", ("SUPERUSER",), KeyScope.ADMIN)
        for kind in KINDS
        for verb in VERBS
    ]


@hookimpl
def cometa_models() -> Iterable[ModuleType]:
    """Name the module of the tables."""
    return [models]


@hookimpl
def cometa_migrations() -> MigrationSource:
    """Say where the history of the tables is."""
    return MigrationSource("catalog", "cometa_catalog:migrations", ("catalog_",))


@hookimpl
def cometa_seed(session: Session, runtime: Runtime) -> None:
    """Put the first rows and the browsers of this machine."""
    seed(session)
    refresh_browsers(session, find_browsers(runtime.settings), platform.node(), runtime.clock.now())


@hookimpl
def cometa_health_checks() -> Iterable[HealthCheck]:
    """Offer checks of browser and driver."""
    return CHECKS


@hookimpl
def cometa_includeme(config: Configurator) -> None:
    """Add the routes and what the session user is told about clouds."""
    config.registry["cometa.session_user"] = session_user_extra
    config.scan("cometa_catalog.views")


def session_user_extra(scope: Scope) -> dict[str, object]:
    """Tell clouds and keywords to the session user; never addresses or credentials.  Contract: R-187."""
    clouds = scope.session.scalars(select(models.Cloud).order_by(models.Cloud.name))
    return {
        "clouds": [
            {
                "id": cloud.id,
                "name": cloud.name,
                "active": cloud.active,
                "concurrency": cloud.max_concurrency > 1,
                "max_concurrency": cloud.max_concurrency,
            }
            for cloud in clouds
        ],
        "step_keywords": ["Given", "When", "Then", "and"],
    }
