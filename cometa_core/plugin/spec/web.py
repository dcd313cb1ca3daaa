"""Hooks of the web process and of its security."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cometa_core.contracts.permissions import Permission
from cometa_core.plugin.markers import hookspec

if TYPE_CHECKING:
    from pyramid.config import Configurator

    from cometa_core.security.authentication import Authenticator


@hookspec
def cometa_includeme(config: "Configurator") -> None:
    """Add routes and services to the web application.

    Called while the application is built, in call order, once an application; what an implementation adds is
    committed before the next one, so that a collision names the plugin that causes it.

    Args:
        config: Pyramid's configurator, with the directives of ``cometa_core.web``.

    An exception stops the start of the web process with the name of the plugin.

    Kind: register.  Stability: stable.  Added in API 1.0.  Example: ``cometa_catalog.plugin``.
    """


@hookspec
def cometa_permissions() -> Iterable[Permission]:
    """Declare the flags that a plugin's routes check.

    Called once a runtime in every process.

    Returns the permissions; their names become the flags of roles, shipped roles get them as declared when the role
    is seeded or when the flag is new.  Two flags of one name stop the start, and so does an exception.

    Kind: collect.  Stability: stable.  Added in API 1.0.  Example: ``cometa_catalog.plugin``.
    """


@hookspec
def cometa_authenticators() -> "Iterable[Authenticator]":
    """Offer ways to find out who is calling.

    Called once when a web application is built.

    Returns authenticators; the security policy asks them in the order of their ``position`` and takes the first
    identity.  One that raises ``Unauthenticated`` ends the chain with 401.  Two of one name stop the start.

    Kind: collect.  Stability: stable.  Added in API 1.0.  Example: ``cometa_accounts.plugin``.
    """
