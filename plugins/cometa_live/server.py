"""The live server: accepts websockets, reads the event log for them and ends in order.  Contract: runner K.2, X-146."""

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from cometa_core.runtime import Runtime
from cometa_live.access import Access, Credentials
from cometa_live.bells import Listener
from cometa_live.connection import RESTART, Connection, Service
from cometa_live.discovery import PATH
from cometa_live.hub import Hub
from cometa_live.permits import Permits
from cometa_live.reading import EventLog

logger = logging.getLogger(__name__)

THREADS = 4
LARGEST_MESSAGE = 4096
KEPT_BY_SYSTEM = 128 * 1024
"""Bytes of a client that the system may keep unsent; its own default is several megabytes a client."""

PING_S = 20.0
END_LIMIT_S = 5.0


class LiveServer:
    """One live server; any number may run, each reads the event log by itself."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._access = Access(runtime)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="live")
        self._connections: set[Connection] = set()
        self._most = runtime.settings.integer("cometa.live.connections")
        self._stopping = asyncio.Event()
        hub = Hub(EventLog(runtime), self._in_thread)
        self._service = Service(hub, self._access, Permits(self._access, self._in_thread), self._in_thread)

    async def run(self, bound: socket.socket, ready: Callable[[], object]) -> None:
        """Serve until ``stop`` is called.

        Args:
            bound: listening socket.
            ready: is called once clients are served.
        """
        loop = asyncio.get_running_loop()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KEPT_BY_SYSTEM)
        listener = Listener(self._runtime, lambda streams: loop.call_soon_threadsafe(self._service.hub.ring, streams))
        reading = asyncio.create_task(self._service.hub.run())
        server = await self._serve(bound)
        try:
            listener.start()
            ready()
            await self._stopping.wait()
        finally:
            await self._end(server)
            reading.cancel()
            await asyncio.to_thread(listener.close)
            self._threads.shutdown(wait=True, cancel_futures=True)

    def stop(self) -> None:
        """Let ``run`` end; to be called in its loop."""
        self._stopping.set()

    async def _serve(self, bound: socket.socket) -> Server:
        # Strangers who do not speak the protocol are no news.
        sockets = logging.getLogger("cometa_live.sockets")
        sockets.setLevel(logging.CRITICAL)
        return await serve(
            self._handle,
            sock=bound,
            process_request=self._refuse,
            compression=None,
            max_size=LARGEST_MESSAGE,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            server_header=None,
            logger=sockets,
        )

    async def _end(self, server: Server) -> None:
        """Tell all clients that the server restarts; those that do not listen are cut off."""
        server.close(close_connections=False)
        for connection in tuple(self._connections):
            connection.end(RESTART, "the server restarts; resume with since")
        try:
            async with asyncio.timeout(END_LIMIT_S):
                await server.wait_closed()
        except TimeoutError:
            logger.warning("Some live connections did not end in time")

    async def _handle(self, client: ServerConnection) -> None:
        assert client.request is not None
        connection = Connection(client, self._service, _credentials(client, client.request))
        self._connections.add(connection)
        try:
            await connection.serve()
        finally:
            self._connections.discard(connection)

    def _refuse(self, client: ServerConnection, request: Request) -> Response | None:
        """Refuse opening requests that are none, come from foreign pages or are too many; None = go on."""
        if request.path.partition("?")[0].rstrip("/") != PATH.rstrip("/"):
            return _answer(client, HTTPStatus.NOT_FOUND, "route_not_found", f"Live events are at {PATH}.")
        if request.method != "GET":
            return _answer(client, HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", "Open a websocket with GET.")
        origins = request.headers.get_all("Origin")
        credentials = _credentials(client, request)
        if not all(self._access.is_own_page(credentials, origin) for origin in origins):
            text = "Pages of this origin may not connect; the operator can list it in cometa.live.origins."
            return _answer(client, HTTPStatus.FORBIDDEN, "foreign_origin", text)
        if len(self._connections) >= self._most:
            text = "Too many clients are connected (cometa.live.connections)."
            return _answer(client, HTTPStatus.SERVICE_UNAVAILABLE, "not_ready", text)
        return None

    async def _in_thread(self, function: Callable[..., Any], *arguments: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(function, *arguments))


def _credentials(client: ServerConnection, request: Request) -> Credentials:
    # Of a socket in the file system there is no address.
    peer = client.remote_address
    address = str(peer[0]) if isinstance(peer, tuple) else ""
    return Credentials(tuple((name.lower(), text) for name, text in request.headers.raw_items()), address)


def _answer(client: ServerConnection, status: HTTPStatus, code: str, text: str) -> Response:
    response = client.respond(status, json.dumps({"success": False, "error": text, "code": code}) + "\n")
    del response.headers["Content-Type"]
    response.headers["Content-Type"] = "application/json"
    return response
