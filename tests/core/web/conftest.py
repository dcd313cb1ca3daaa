"""Small applications of the HTTP layer alone, and the whole application on SQLite."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pyramid.config import Configurator
from pyramid.security import Allowed, Denied
from small_installation import initialise, make_caller, runtime_in
from webtest import TestApp

from cometa_core.app import build_app
from cometa_core.errors import Forbidden, Unauthenticated
from cometa_core.runtime import Runtime
from cometa_core.security.permission import AUTHENTICATED, PUBLIC
from cometa_core.testing.installation import Client
from cometa_core.web.request import Request
from cometa_core.web.service import Service

PLUGINS = ("accounts", "catalog", "features", "websteps", "executions", "screenshots")


class NamedInAHeader:
    """A security policy that believes the header X-Caller; its only flag is ``work``, and only ada has it."""

    def identity(self, request: Request) -> str | None:
        return request.headers.get("X-Caller")

    def permits(self, request: Request, _context: object, permission: str) -> Allowed | Denied:
        if permission == PUBLIC:
            return Allowed(PUBLIC)
        if self.identity(request) is None:
            raise Unauthenticated("Who are you?")
        if permission != AUTHENTICATED and self.identity(request) != "ada":
            raise Forbidden(f"You do not have the permission {permission}.")
        return Allowed(permission)


def configured(*services: Service, **settings: Any) -> Configurator:
    """Configure the HTTP layer with some services; keys of settings are written without ``cometa.``."""
    prefixed = {f"cometa.{key}": value for key, value in settings.items()}
    config = Configurator(settings=prefixed, request_factory=Request)
    config.set_security_policy(NamedInAHeader())
    config.registry["cometa.readiness"] = {}
    config.include("cometa_core.web")
    for service in services:
        config.add_cornice_service(service)
    return config


@pytest.fixture(name="configured")
def configured_fixture() -> Callable[..., Configurator]:
    """Configure the HTTP layer with some services: ``configured(things, max_body_bytes=10)``."""
    return configured


@pytest.fixture
def serve() -> Callable[..., TestApp]:
    """Serve some services: ``serve(things, cors_origins=("https://example.org",))``."""

    def make(*services: Service, **settings: Any) -> TestApp:
        return TestApp(configured(*services, **settings).make_wsgi_app())

    return make


@pytest.fixture(scope="module")
def installation(tmp_path_factory) -> Iterator[Runtime]:
    """The whole application's runtime, migrated and seeded, on SQLite unless a module wants others."""
    runtime = runtime_in(tmp_path_factory.mktemp("whole"), PLUGINS)
    initialise(runtime)
    yield runtime
    runtime.close()


@pytest.fixture(scope="module")
def whole(installation) -> TestApp:
    """The whole application."""
    return TestApp(build_app(installation))


@pytest.fixture(scope="module")
def root(installation, whole) -> Client:
    """Somebody who may do everything, calling the whole application."""
    return make_caller(installation, whole, "root@example.org", role="SUPERUSER")
