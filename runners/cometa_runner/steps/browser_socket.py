"""A connection on which a browser tells by itself what happens in it: WebDriver BiDi, or DevTools of Chromium.

Both speak JSON and number their commands.  Commands of WebDriver do not pass through it, so that a page that is loading
can be answered meanwhile.  Contract: runner I.1.
"""

import http.client
import json
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

CONNECT_SECONDS: Final = 5.0
"""Longest time until a connection is open."""

COMMAND_SECONDS: Final = 10.0
"""Longest wait for the answer to a command."""

Handler = Callable[[Mapping[str, Any]], None]
"""Gets the parameters of an event; called one after the other in the thread that reads."""

logger = logging.getLogger(__name__)


class BrowserSocketError(Exception):
    """The browser refused a command, does not answer, or cannot be reached; the text says which."""


class BrowserSocket:
    """An open connection; commands and handlers may be used by several threads.

    Args:
        address: ``ws://...``.

    Raises:
        BrowserSocketError: it cannot be opened.
    """

    def __init__(self, address: str) -> None:
        from websockets.exceptions import InvalidHandshake, InvalidURI  # noqa: PLC0415 - most runs need no connection
        from websockets.sync.client import connect  # noqa: PLC0415 - the same

        self._stack = ExitStack()
        self._numbers = 0
        self._awaited: set[int] = set()
        self._answers: dict[int, Mapping[str, Any]] = {}
        self._arrived = threading.Condition()
        self._handlers: dict[str, list[Handler]] = {}
        self._closed = False
        try:
            # Pages can be larger than the usual limit of messages; an attempt has a limit of memory.
            opened = connect(
                address, open_timeout=CONNECT_SECONDS, close_timeout=1, max_size=None, compression=None, proxy=None
            )
            self._socket = self._stack.enter_context(opened)
        except (OSError, InvalidHandshake, InvalidURI) as error:
            raise BrowserSocketError(f"The browser cannot be reached: {error}") from error
        threading.Thread(target=self._read, name="browser", daemon=True).start()

    def on(self, method: str, handler: Handler) -> None:
        """Call a handler for each event of a kind from now on; it must be quick and must not wait for answers."""
        with self._arrived:
            self._handlers.setdefault(method, []).append(handler)

    def command(
        self, method: str, parameters: Mapping[str, Any], seconds: float = COMMAND_SECONDS
    ) -> Mapping[str, Any]:
        """Send a command and wait for its result.

        Raises:
            BrowserSocketError: it is refused, or there is no answer in time.
        """
        number = self._next_number(awaited=True)
        self._send(number, method, parameters)
        with self._arrived:
            self._arrived.wait_for(lambda: number in self._answers or self._closed, seconds)
            self._awaited.discard(number)
            answer = self._answers.pop(number, None)
        if answer is None:
            raise BrowserSocketError(f"The browser did not answer to {method}.")
        if answer.get("error"):
            said = answer.get("message") or answer["error"]
            raise BrowserSocketError(f"The browser refused {method}: {said}")
        result: Mapping[str, Any] = answer.get("result") or {}
        return result

    def send(self, method: str, parameters: Mapping[str, Any]) -> None:
        """Send a command and pass over its answer; handlers may do that.

        Raises:
            BrowserSocketError: the connection is closed.
        """
        self._send(self._next_number(awaited=False), method, parameters)

    def close(self) -> None:
        """Close the connection; who waits for an answer is told."""
        self._stack.close()

    def _next_number(self, *, awaited: bool) -> int:
        with self._arrived:
            self._numbers += 1
            if awaited:
                self._awaited.add(self._numbers)
            return self._numbers

    def _send(self, number: int, method: str, parameters: Mapping[str, Any]) -> None:
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 - see the constructor

        try:
            self._socket.send(json.dumps({"id": number, "method": method, "params": dict(parameters)}))
        except (ConnectionClosed, OSError) as error:
            raise BrowserSocketError(f"The connection to the browser is closed: {error}") from error

    def _read(self) -> None:
        try:
            for message in self._socket:
                self._take(json.loads(message))
        except (OSError, ValueError):
            logger.warning("The connection to the browser broke", exc_info=True)
        with self._arrived:
            self._closed = True
            self._arrived.notify_all()

    def _take(self, message: Mapping[str, Any]) -> None:
        number = message.get("id")
        with self._arrived:
            if number in self._awaited:
                self._answers[message["id"]] = message
                self._arrived.notify_all()
            handlers = list(self._handlers.get(str(message.get("method", "")), ()))
        for handler in handlers:
            try:
                handler(message.get("params") or {})
            except Exception:  # an event of an unknown shape must not end the reading of all others
                logger.warning("An event of the browser cannot be used", exc_info=True)


def bidi_address(driver: "WebDriver") -> str | None:
    """Give the address of WebDriver BiDi; None where the session has none."""
    address = driver.capabilities.get("webSocketUrl")
    return address if isinstance(address, str) else None


def devtools_address(driver: "WebDriver") -> str | None:
    """Give the address of DevTools for the whole browser: of a local Chromium, or through a Grid; None elsewhere.

    Raises:
        BrowserSocketError: a local browser that should have one does not tell it.
    """
    capabilities = driver.capabilities
    through_grid = capabilities.get("se:cdp")
    if through_grid:
        return str(through_grid)
    options: Mapping[str, Any] = next((capabilities[name] for name in _CHROMIUM_OPTIONS if name in capabilities), {})
    place = options.get("debuggerAddress")
    # The debugger of a remote browser listens on its own machine alone.
    if not place or not hasattr(driver, "service"):
        return None
    connection = http.client.HTTPConnection(place, timeout=CONNECT_SECONDS)
    try:
        connection.request("GET", "/json/version")
        told = json.loads(connection.getresponse().read())
        return str(told["webSocketDebuggerUrl"])
    except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
        raise BrowserSocketError(f"The browser does not tell its address: {error}") from error
    finally:
        connection.close()


_CHROMIUM_OPTIONS = ("goog:chromeOptions", "ms:edgeOptions")
