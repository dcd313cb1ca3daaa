"""``cometa serve`` (web alone) and ``cometa up`` (everything of an embedded installation)."""

import errno
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import click
import waitress

from cometa_core.app import build_app, end_process
from cometa_core.cli.context import CommandContext
from cometa_core.cli.database import initialise
from cometa_core.companions import companions_of
from cometa_core.errors import ConfigurationError
from cometa_core.runtime import Role, Runtime
from cometa_core.web.unreadable import Channel

COMPANION_LIMIT_S = 60.0
BACKLOG = 1024


def listening_socket(host: str, port: int, key: str = "cometa.port") -> socket.socket:
    """Bind the address before anything else is done, so that a taken port leaves nothing half done.

    Args:
        host: address to listen on.
        port: port; 0 = a free one.
        key: setting that names the port, for messages.

    Raises:
        ConfigurationError: the address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(BACKLOG)
    except OverflowError as error:
        bound.close()
        raise ConfigurationError(f"{key} cannot be {port}: ports are from 0 to 65535.") from error
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise ConfigurationError(
                f"Port {port} on {host} is taken. Choose another with --port or {key}, or stop what listens there."
            ) from error
        raise ConfigurationError(f"The address {host}:{port} cannot be used: {error.strerror}.") from error
    return bound


def serve_until_stopped(runtime: Runtime, app: Any, bound: socket.socket, ready: Callable[[str], None]) -> None:
    """Answer requests until SIGTERM or SIGINT, then let running requests finish.

    Args:
        runtime: gives the number of threads.
        app: WSGI application.
        bound: listening socket.
        ready: is told the address in a thread once requests are answered.
    """
    server = waitress.create_server(
        app,
        sockets=[bound],
        threads=runtime.settings.integer("cometa.web.threads"),
        max_request_body_size=runtime.settings.integer("cometa.max_screenshot_bytes") + 1,
        ident=None,
    )
    server.channel_class = Channel
    # waitress gives running requests five seconds otherwise.
    dispatcher = server.task_dispatcher
    dispatcher.shutdown = partial(dispatcher.shutdown, timeout=runtime.settings.seconds("cometa.drain_seconds"))
    # waitress cuts requests off on SIGTERM unless it arrives as an exception in its loop.
    signal.signal(signal.SIGTERM, end_process)
    host, port = bound.getsockname()[:2]
    address = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
    # What was built for all requests is never garbage: looking through it again and again would slow each of them down.
    gc.collect()
    gc.freeze()
    threading.Thread(target=ready, args=(address,), name="ready", daemon=True).start()
    try:
        server.run()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        server.close()


def address_of(runtime: Runtime) -> socket.socket:
    """Bind the configured address."""
    return listening_socket(runtime.settings.text("cometa.host"), runtime.settings.integer("cometa.port"))


def log_to_standard_error() -> None:
    """Write the log of a long-running command to standard error."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for chatty in ("huey", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def announce(context: CommandContext, address: str) -> None:
    """Say that the server answers."""
    context.answer(
        {"success": True, "url": address}, lambda console: console.print(f"Cometa Core is ready at {address}")
    )


port_option = click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 = a free one.")


def chosen_port(port: int | None) -> dict[str, str]:
    """Return the override of the port."""
    return {} if port is None else {"cometa__port": str(port)}


@click.command()
@port_option
@click.pass_obj
def serve(context: CommandContext, port: int | None) -> None:
    """Answer requests; workers run elsewhere (``cometa worker``)."""
    log_to_standard_error()
    with context.runtime(**chosen_port(port)) as runtime, address_of(runtime) as bound:
        runtime.check_database()
        app = build_app(runtime)
        runtime.start(Role.WEB)
        serve_until_stopped(runtime, app, bound, lambda address: announce(context, address))


@click.command()
@port_option
@click.option("--owned", is_flag=True, hidden=True, help="End when standard input closes.")
@click.pass_obj
def up(context: CommandContext, port: int | None, *, owned: bool) -> None:
    """Start everything of an embedded installation and initialise an empty data folder."""
    log_to_standard_error()
    with context.runtime(**chosen_port(port)) as runtime, address_of(runtime) as bound:
        initialise(runtime, context)
        app = build_app(runtime)
        runtime.start(Role.WEB)
        companions = companions_of(runtime)

        problems: list[ConfigurationError] = []

        def ready(address: str) -> None:
            try:
                companions.wait_until_ready(COMPANION_LIMIT_S)
            except ConfigurationError as error:
                problems.append(error)
                os.kill(os.getpid(), signal.SIGTERM)
            else:
                announce(context, address)

        companions.start()
        if owned:
            threading.Thread(target=_end_with_owner, name="owner", daemon=True).start()
        try:
            serve_until_stopped(runtime, app, bound, ready)
        finally:
            companions.stop()
        if problems:
            raise problems[0]


def _end_with_owner() -> None:
    """Stop the process when its standard input closes: whoever started it is gone."""
    while os.read(sys.stdin.fileno(), 1024):
        continue
    os.kill(os.getpid(), signal.SIGTERM)


COMMANDS = (serve, up)
