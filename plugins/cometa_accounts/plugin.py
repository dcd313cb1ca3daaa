"""What the accounts plugin adds."""

import time
from collections.abc import Iterable
from types import ModuleType

from pyramid.config import Configurator
from sqlalchemy.orm import Session

from cometa_accounts import models
from cometa_accounts.authenticators import (
    ApiKeyAuthenticator,
    DevelopmentAuthenticator,
    refuse_unsafe_development_login,
)
from cometa_accounts.commands import api_key
from cometa_accounts.roles import OWN_PERMISSIONS, RESERVED_PERMISSIONS, SUPERUSER
from cometa_accounts.seeding import seed
from cometa_accounts.services.accounts import ensure_account
from cometa_accounts.views import STARTED
from cometa_core import PluginInfo, hookimpl
from cometa_core.cli.group import CommandGroup
from cometa_core.contracts.migration import MigrationSource
from cometa_core.contracts.permissions import Permission
from cometa_core.runtime import Role, Runtime
from cometa_core.security.authentication import Authenticator
from cometa_core.settings import Setting, as_integer

PLUGIN = PluginInfo("accounts", "Accounts, roles, departments, permissions and API keys")


@hookimpl
def cometa_settings() -> Iterable[Setting]:
    """Declare how people and programs are identified."""
    return [
        Setting("cometa.dev_login", None, "E-mail that requests from this machine are signed in as; loopback only."),
        Setting("cometa.api_key_max_days", 365, "Longest life of an API key in days.", as_integer),
    ]


@hookimpl
def cometa_startup(runtime: Runtime, role: Role) -> None:
    """Refuse unsafe development sign-in, and make its account."""
    refuse_unsafe_development_login(runtime)
    email = runtime.settings.text("cometa.dev_login")
    if email and role is Role.WEB:
        with runtime.unit_of_work() as scope:
            ensure_account(scope, email, role=SUPERUSER)


@hookimpl
def cometa_permissions() -> Iterable[Permission]:
    """Declare the flags of accounts, departments and menus, and those of plugins to come."""
    return [*OWN_PERMISSIONS, *RESERVED_PERMISSIONS]


@hookimpl
def cometa_authenticators() -> Iterable[Authenticator]:
    """Offer API keys and development sign-in."""
    return [ApiKeyAuthenticator(), DevelopmentAuthenticator()]


@hookimpl
def cometa_models() -> Iterable[ModuleType]:
    """Name the module of the tables."""
    return [models]


@hookimpl
def cometa_migrations() -> MigrationSource:
    """Say where the history of the tables is."""
    return MigrationSource("accounts", "cometa_accounts:migrations", ("accounts_",))


@hookimpl
def cometa_seed(session: Session) -> None:
    """Put the first department and the roles."""
    seed(session)


@hookimpl
def cometa_includeme(config: Configurator) -> None:
    """Add the routes."""
    config.registry[STARTED] = time.monotonic()
    config.scan("cometa_accounts.views")
    config.scan("cometa_accounts.audit_views")
    config.scan("cometa_accounts.department_views")


@hookimpl
def cometa_commands(group: CommandGroup) -> None:
    """Add ``cometa api-key``."""
    group.add(api_key)
