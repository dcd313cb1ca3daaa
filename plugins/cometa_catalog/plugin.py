"""What the catalog adds."""

from collections.abc import Iterable
from types import ModuleType

from pyramid.config import Configurator
from sqlalchemy import select
from sqlalchemy.orm import Session

from cometa_catalog import models
from cometa_catalog.commands import browsers, clouds
from cometa_catalog.grid import grids
from cometa_catalog.health import CHECKS
from cometa_catalog.proxies import as_proxy
from cometa_catalog.refreshing import REFRESH_TASK, refresh_daily
from cometa_catalog.seeding import seed
from cometa_catalog.services.refresh import apply_sources, search_browsers
from cometa_core import PluginInfo, hookimpl
from cometa_core.cli.group import CommandGroup
from cometa_core.contracts.clouds import Cloud
from cometa_core.contracts.health import HealthCheck
from cometa_core.contracts.migration import MigrationSource
from cometa_core.contracts.permissions import KeyScope, Permission
from cometa_core.contracts.tasks import Task
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
        Setting("cometa.browser.args.edge", (), "Further arguments for Edge on a Grid.", as_words),
        Setting("cometa.browser.proxy", None, "Proxy of browsers: host:port, socks5:// or pac+http://.", as_proxy),
        Setting("cometa.grid.url", None, "Selenium Grid 4 for browsers that this machine has not."),
        Setting("cometa.grid.username", None, "Name of our account at the Grid."),
        Setting("cometa.grid.password", None, "Its password.", secret=True),
        Setting("cometa.grid.proxy", None, "Proxy of its browsers; default: cometa.browser.proxy.", as_proxy),
        Setting("cometa.grid.headless", False, "Open browsers of Grids without a window.", as_boolean),
        Setting("cometa.cloud.<id>.url", None, "Selenium Grid 4 that is a cloud of its own; its id is its name."),
        Setting("cometa.cloud.<id>.username", None, "Name of our account there."),
        Setting("cometa.cloud.<id>.password", None, "Its password.", secret=True),
        Setting("cometa.cloud.<id>.proxy", None, "Proxy of its browsers; default: cometa.browser.proxy.", as_proxy),
    ]


@hookimpl
def cometa_clouds(runtime: Runtime) -> Iterable[Cloud]:
    """Offer the Grids that are configured."""
    return grids(runtime)


@hookimpl
def cometa_tasks() -> Iterable[Task]:
    """Look for browsers again once a day."""
    return [Task(REFRESH_TASK, refresh_daily, every_minute=True)]


@hookimpl
def cometa_commands(group: CommandGroup) -> None:
    """Add ``cometa browsers`` and ``cometa clouds``."""
    group.add(browsers)
    group.add(clouds)


@hookimpl
def cometa_startup(runtime: Runtime, role: Role) -> None:
    """Look which browsers this machine and the Grids have when a worker starts."""
    if role is Role.WORKER:
        refresh_daily(runtime)


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
    apply_sources(session, search_browsers(runtime).sources, runtime.clock.now())


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
