"""The process of ``cometa live``: its socket, what ends it, and how it says that it is ready."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable

from cometa_core.cli.server import listening_socket
from cometa_core.runtime import Role, Runtime
from cometa_live.discovery import PATH, forget_port, record_port
from cometa_live.server import LiveServer


def serve_live(runtime: Runtime, ready: Callable[[str], object], *, owned: bool) -> None:
    """Serve live events until SIGTERM, SIGINT or, when owned, the end of standard input.

    Args:
        runtime: runtime of the process.
        ready: is told the address once clients are served.
        owned: whether another process holds standard input and ends this one by closing it.

    Raises:
        ConfigurationError: the address is taken or cannot be used, or the database is not migrated.
    """
    settings = runtime.settings
    host = settings.text("cometa.live.host")
    with listening_socket(host, settings.integer("cometa.live.port"), key="cometa.live.port") as bound:
        runtime.start(Role.COMMAND)
        port = bound.getsockname()[1]
        record_port(runtime, port)
        address = f"ws://[{host}]:{port}{PATH}" if ":" in host else f"ws://{host}:{port}{PATH}"
        try:
            asyncio.run(_serve(runtime, bound, lambda: ready(address), owned=owned))
        finally:
            forget_port(runtime, port)


async def _serve(runtime: Runtime, bound: socket.socket, ready: Callable[[], object], *, owned: bool) -> None:
    server = LiveServer(runtime)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    if owned:
        loop.add_reader(sys.stdin.fileno(), _end_with_owner, loop, server)
    await server.run(bound, ready)


def _end_with_owner(loop: asyncio.AbstractEventLoop, server: LiveServer) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        loop.remove_reader(sys.stdin.fileno())
        server.stop()
