"""The WSGI application: a fresh one every call, built from a runtime."""

import atexit
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import pyramid_tm
import zope.sqlalchemy
from pyramid.config import Configurator
from pyramid.paster import get_config_loader

from cometa_core.audit import follow_changes
from cometa_core.companions import companions_of
from cometa_core.errors import CometaError, ConfigurationError, PluginError
from cometa_core.runtime import Role, Runtime, make_runtime
from cometa_core.scope import Scope
from cometa_core.security.authentication import SecurityPolicy
from cometa_core.web.auditing import DatabaseAuditor
from cometa_core.web.collisions import refuse_collisions
from cometa_core.web.request import Request

RETRY_ATTEMPTS = 5
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
LOOKING = frozenset({"bootstrap", "prequest", "proutes", "pshell", "ptweens", "pviews"})
"""Programs of Pyramid that look at an application without serving it, as they name themselves."""


def main(global_config: Mapping[str, str], **settings: str) -> Any:
    """Build the application for PasteDeploy.

    ``pserve`` gets everything of an installation: background work of plugins, companion processes such as the embedded
    worker, and an end that drains.  Other WSGI servers get the background work; workers run elsewhere.  ``pshell`` and
    its like get the application alone.

    A configuration that cannot work ends the process with one sentence and status 2.
    """
    ini_path = global_config.get("__file__")
    script = global_config.get("__script__")
    try:
        served = served_host(global_config) if script == "pserve" else {}
        runtime = make_runtime(settings, ini_path=Path(ini_path) if ini_path else None, overrides=served)
        if script in LOOKING:
            return build_app(runtime)
        runtime.check_database()
        app = build_app(runtime)
        runtime.start(Role.WEB)
        if script == "pserve":
            begin_companions(runtime)
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from error
    return app


def served_host(global_config: Mapping[str, str]) -> dict[str, str]:
    """Return ``cometa.host`` as the section ``[server:main]`` has it, so that all checks of the address hold there too.

    Of several addresses it is one that other machines may reach.
    """
    server = get_config_loader(global_config["__file__"]).get_settings("server:main", dict(global_config))
    if "use" not in server or "unix_socket" in server:
        return {}
    # waitress listens everywhere unless it is told otherwise.
    addresses = server.get("listen", f"{server.get('host', '0.0.0.0')}:").split()  # noqa: S104 - to refuse it
    hosts = [address.rpartition(":")[0].strip("[]") for address in addresses]
    return {"cometa.host": next((host for host in hosts if host not in LOOPBACK), hosts[0])}


def begin_companions(runtime: Runtime) -> None:
    """Start the companion processes of a process that serves until it is told to end, and close all at its end."""
    companions = companions_of(runtime)
    runtime.at_exit(companions.stop)
    atexit.register(runtime.close)
    if threading.current_thread() is threading.main_thread():
        # As an exception SIGTERM lets waitress finish running requests, and Python what is to be done at exit.
        signal.signal(signal.SIGTERM, end_process)
    companions.start()


def end_process(_signal: int, _frame: object) -> NoReturn:
    """End the process as a handler of SIGTERM: by an exception in the main thread."""
    raise SystemExit(0)


def build_app(runtime: Runtime) -> Any:
    """Build the WSGI application of a runtime; starts nothing."""
    config = Configurator(settings=pyramid_settings(runtime), request_factory=Request)
    config.registry["cometa.runtime"] = runtime
    config.registry["cometa.readiness"] = runtime.readiness()
    config.include("pyramid_retry")
    config.include("pyramid_tm")
    config.set_security_policy(policy_of(runtime))
    config.include("cometa_core.web")
    config.registry["cometa.auditor"] = DatabaseAuditor()
    config.add_request_method(request_session, "db", reify=True)
    config.add_request_method(request_scope, "scope", reify=True)
    for plugin, function in runtime.plugins.dispatch.implementations("cometa_includeme"):
        include_plugin(config, plugin, function)
    config.commit()
    refuse_collisions(config.introspector, config.registry.cornice_services)
    return config.make_wsgi_app()


def include_plugin(config: Configurator, plugin: str, function: Callable[..., Any]) -> None:
    """Let a plugin add its routes inside an include of its own.

    Raises:
        PluginError: two plugins collide, or this one fails; the sentence names it.
    """
    before = routes_of(config)
    try:
        function(config=config)
        config.commit()
    except CometaError:
        raise
    except Exception as error:  # whatever a plugin raises must name it
        raise PluginError(
            f"The plugin {plugin} cannot add its routes: {type(error).__name__}: {error}. Mend it, or add {plugin} to "
            "cometa.plugins.disabled."
        ) from error
    after = routes_of(config)
    # What was committed can be replaced without a word.
    replaced = [name for name, route in before.items() if after[name] is not route]
    if replaced:
        raise PluginError(
            f"The plugin {plugin} takes the route {replaced[0]} away from another plugin. Rename it, or add "
            f"{plugin} to cometa.plugins.disabled."
        )


def routes_of(config: Configurator) -> dict[str, object]:
    """Return the routes that are committed so far, by name."""
    found = config.introspector.get_category("routes") or ()
    return {entry["introspectable"]["name"]: entry["introspectable"] for entry in found}


def pyramid_settings(runtime: Runtime) -> dict[str, Any]:
    """Return Pyramid's settings: those of the ini that are not ours, and how transactions are handled."""
    return {
        **runtime.settings.passed_through,
        **{value.setting.key: value.value for value in runtime.settings if not value.setting.secret},
        "tm.manager_hook": pyramid_tm.explicit_manager,
        # Cornice returns its refusals instead of raising them; without the veto they would commit.
        "tm.commit_veto": "pyramid_tm.default_commit_veto",
        # The identity would be looked up in the database for every request, public ones included.
        "tm.annotate_user": False,
        "retry.attempts": RETRY_ATTEMPTS,
        "handle_exceptions": False,
    }


def policy_of(runtime: Runtime) -> SecurityPolicy:
    """Build the security policy from the authenticators of all plugins."""
    found = runtime.plugins.dispatch.collect("cometa_authenticators")
    return SecurityPolicy([authenticator for _, authenticator in found.values()], runtime.permissions)


def request_session(request: Request) -> Any:
    """Open the session of a request.

    One that changes something joins the transaction of its request and is followed by the audit log; one that only
    reads takes no write lock and has nothing to commit.
    """
    runtime: Runtime = request.registry["cometa.runtime"]
    if not request.changes_something:
        reading = runtime.reading()
        request.add_finished_callback(lambda _request: reading.close())
        return reading
    session = runtime.sessions(bind=runtime.engine, expire_on_commit=True)
    follow_changes(session)
    zope.sqlalchemy.register(session, transaction_manager=request.tm, initial_state="changed")
    return session


def request_scope(request: Request) -> Scope:
    """Build the unit of work of a request."""
    runtime: Runtime = request.registry["cometa.runtime"]

    def schedule(action: Any) -> None:
        request.tm.get().addAfterCommitHook(lambda committed: committed and action())

    return Scope(runtime, request.db, request.identity, schedule, request.remote_addr or "", request.request_id)
