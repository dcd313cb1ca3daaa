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
from cometa_accounts.commands import api_key, invite
from cometa_accounts.roles import OWN_PERMISSIONS, SUPERUSER
from cometa_accounts.seeding import seed
from cometa_accounts.services.accounts import ensure_account
from cometa_accounts.services.providers import refuse_incomplete_providers
from cometa_accounts.sessions import ProxyAuthenticator, SessionAuthenticator, proxy_networks
from cometa_accounts.views import STARTED
from cometa_core import PluginInfo, hookimpl
from cometa_core.cli.group import CommandGroup
from cometa_core.contracts.migration import MigrationSource
from cometa_core.contracts.permissions import Permission
from cometa_core.runtime import Role, Runtime
from cometa_core.security.authentication import Authenticator
from cometa_core.settings import Setting, as_boolean, as_integer, as_words

PLUGIN = PluginInfo("accounts", "Accounts, roles, departments, permissions and API keys")

PROVIDER_SETTINGS = (
    Setting("cometa.oidc.<id>.issuer", None, "Address of an OpenID Connect provider; its id is a word of your choice."),
    Setting("cometa.oidc.<id>.client_id", None, "What the provider calls this server."),
    Setting("cometa.oidc.<id>.client_secret", None, "Secret that this server has with the provider.", secret=True),
    Setting("cometa.oidc.<id>.name", None, "What people call the provider; default: its id."),
)
PROXY_SETTINGS = (
    Setting("cometa.proxy.addresses", (), "Addresses and networks of proxies that sign people in.", as_words),
    Setting("cometa.proxy.secret", None, "What they send as X-Cometa-Proxy-Secret.", secret=True),
    Setting("cometa.proxy.user_header", "Proxy-User", "Header with the e-mail of whom a proxy signed in."),
    Setting("cometa.proxy.name_header", "Proxy-Fullname", "Header with the name of whom a proxy signed in."),
)


@hookimpl
def cometa_settings() -> Iterable[Setting]:
    """Declare how people and programs are identified."""
    return [
        Setting("cometa.dev_login", None, "E-mail that requests from this machine are signed in as; loopback only."),
        Setting("cometa.api_key_max_days", 365, "Longest life of an API key in days.", as_integer),
        Setting("cometa.session_hours", 24, "Hours without a request after which a session ends.", as_integer),
        Setting("cometa.session_max_days", 7, "Days after which a session ends in any case.", as_integer),
        Setting("cometa.bootstrap_superuser", None, "E-mail that becomes SUPERUSER when it registers."),
        Setting("cometa.invite_only", False, "Let only those register who have an invitation.", as_boolean),
        *PROVIDER_SETTINGS,
        *PROXY_SETTINGS,
    ]


@hookimpl
def cometa_startup(runtime: Runtime, role: Role) -> None:
    """Refuse unsafe and incomplete ways to sign in, and make the account of development."""
    refuse_unsafe_development_login(runtime)
    proxy_networks(runtime)
    refuse_incomplete_providers(runtime)
    email = runtime.settings.text("cometa.dev_login")
    if email and role is Role.WEB:
        with runtime.unit_of_work() as scope:
            ensure_account(scope, email, role=SUPERUSER)


@hookimpl
def cometa_permissions() -> Iterable[Permission]:
    """Declare the flags of accounts, departments and menus."""
    return OWN_PERMISSIONS


@hookimpl
def cometa_authenticators() -> Iterable[Authenticator]:
    """Offer API keys, trusted proxies, browser sessions and development sign-in."""
    return [ApiKeyAuthenticator(), ProxyAuthenticator(), SessionAuthenticator(), DevelopmentAuthenticator()]


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
    config.scan("cometa_accounts.sign_in_views")


@hookimpl
def cometa_commands(group: CommandGroup) -> None:
    """Add ``cometa api-key`` and ``cometa invite``."""
    group.add(api_key)
    group.add(invite)
