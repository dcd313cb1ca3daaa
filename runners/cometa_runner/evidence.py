"""What is kept of a step besides its row and its pictures: page source, console and network.

Contract: runner I.1.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from selenium.common.exceptions import WebDriverException
from urllib3.exceptions import HTTPError

from cometa_runner.channel import EventChannel
from cometa_runner.console import Console, Pace, can_tell, is_chromium
from cometa_runner.network import NetworkRecorder
from cometa_runner.steps.browser_socket import BrowserSocket, BrowserSocketError, bidi_address
from cometa_runner.steps.console import ConsoleEntry

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

CONSOLE_SECONDS: Final = 0.2
"""Least seconds between two readings of the console."""

CONSOLE_ENTRIES: Final = 1000
"""Most console entries of one reading that are reported; the rest is counted."""

NetworkUse = Literal["record", "watch", "none"]
"""What a run does with the network of its browser."""

NOT_AVAILABLE = (WebDriverException, HTTPError, OSError)
"""What a browser that cannot give a picture or its source raises."""

_CONSOLE_BATCH = 100
_NETWORK_BATCH_BYTES = 262_144

logger = logging.getLogger(__name__)


class Evidence:
    """Collects evidence of one attempt and announces it.

    Args:
        channel: where it is announced.
        workdir: private folder of the attempt; files go to its ``artifacts``.
        step: number of the step that is executed; None outside of one.
        network: whether the network is recorded from the begin (``record``), only watched for the sentences that ask
            for it (``watch``), or left alone until one does (``none``).
    """

    def __init__(
        self, channel: EventChannel, workdir: Path, step: Callable[[], int | None], network: NetworkUse
    ) -> None:
        self._channel = channel
        self._folder = workdir / "artifacts"
        self._step = step
        self._network = network
        self._pace = Pace(CONSOLE_SECONDS)
        self._console = Console()
        self._sockets: dict[str, BrowserSocket] = {}
        self._recorders: dict[str, NetworkRecorder] = {}
        self._lock = threading.Lock()

    def watch(self, driver: "WebDriver") -> dict[str, Any]:
        """Begin to watch a browser that was just opened, and say what it can tell.

        Recording the network is subscribed to at once, so that the first page is in it.  The console of browsers whose
        driver keeps no log is connected in the background: some take up to a second, which no step shall wait for.

        Returns:
            ``features {console, network}`` and ``driver`` (version of the driver) of the event ``started``.
        """
        if self._network != "none":
            try:
                self._begin_network(self.recorder(driver))
            except BrowserSocketError as error:
                logger.warning("The network is not recorded: %s", error)
        if not is_chromium(driver) and bidi_address(driver):
            threading.Thread(target=self._listen_to_console, args=(driver,), name="bidi", daemon=True).start()
        features = {"console": can_tell(driver), "network": bool(bidi_address(driver))}
        return {"features": features, "driver": _driver_version(driver.capabilities)}

    def source(self, driver: "WebDriver", step: Mapping[str, Any]) -> None:
        """Store the source of the current frame."""
        name = f"source_{step['seq']}.html"
        (self._folder / name).write_text(driver.page_source, encoding="utf-8", errors="replace")
        self._channel.emit("source", {**step, "file": name, "url": driver.current_url})

    def console(self, driver: "WebDriver", step: Mapping[str, Any], *, at_once: bool) -> None:
        """Report new console entries, unless they were read a moment ago."""
        if not self._pace.may(at_once=at_once):
            return
        found = self._console.read(driver) or []
        entries = [entry.as_event() for entry in found[:CONSOLE_ENTRIES]]
        left_out = len(found) - len(entries)
        for begin in range(0, len(entries), _CONSOLE_BATCH):
            last = begin + _CONSOLE_BATCH >= len(entries)
            batch = {"entries": entries[begin : begin + _CONSOLE_BATCH], "left_out": left_out if last else 0}
            self._channel.emit("console", {**step, **batch})

    def written(self, driver: "WebDriver", step: Mapping[str, Any]) -> list[ConsoleEntry] | None:
        """Give the console entries so far, oldest first; None where the browser does not tell."""
        if not can_tell(driver):
            return None
        self.console(driver, step, at_once=True)
        return list(self._console.entries)

    def network(self, driver: "WebDriver", step: Mapping[str, Any]) -> None:
        """Report the exchanges since the last time."""
        recorder = self._recorders.get(str(driver.session_id))
        for seq, entries, left_out in recorder.take() if recorder else ():
            identity = step if seq == step.get("seq") else {"seq": seq}
            for batch, rest in _batches(entries, left_out):
                self._channel.emit("network", {**identity, "entries": batch, "left_out": rest})

    def recorder(self, driver: "WebDriver") -> NetworkRecorder:
        """Give the recorder of a session; it is told of requests from the first call on.

        Raises:
            BrowserSocketError: the browser cannot report its network.
        """
        session = str(driver.session_id)
        if session not in self._recorders:
            self._recorders[session] = NetworkRecorder(self._socket(driver), self._step)
        return self._recorders[session]

    def close(self) -> None:
        """Close the connections to browsers."""
        with self._lock:
            while self._sockets:
                self._sockets.popitem()[1].close()

    def _begin_network(self, recorder: NetworkRecorder) -> None:
        if self._network == "record":
            recorder.start()

    def _socket(self, driver: "WebDriver") -> BrowserSocket:
        with self._lock:
            session = str(driver.session_id)
            if session not in self._sockets:
                address = bidi_address(driver)
                if address is None:
                    raise BrowserSocketError("the session offers no WebDriver BiDi")
                self._sockets[session] = BrowserSocket(address)
            return self._sockets[session]

    def _listen_to_console(self, driver: "WebDriver") -> None:
        try:
            socket = self._socket(driver)
            socket.on("log.entryAdded", self._console.hear)
            socket.command("session.subscribe", {"events": ["log.entryAdded"]})
        except BrowserSocketError as error:
            logger.warning("The console is not available: %s", error)


def _batches(entries: list[dict[str, Any]], left_out: int) -> Iterator[tuple[list[dict[str, Any]], int]]:
    """Cut entries into parts that fit into a line of the protocol; the last one tells what is left out."""
    batch: list[dict[str, Any]] = []
    size = 0
    for entry in entries:
        length = len(json.dumps(entry))
        if batch and size + length > _NETWORK_BATCH_BYTES:
            yield batch, 0
            batch, size = [], 0
        batch.append(entry)
        size += length
    if batch or left_out:
        yield batch, left_out


def _driver_version(capabilities: Mapping[str, Any]) -> str | None:
    """Give the version of the driver, which each kind tells elsewhere."""
    chromium = capabilities.get("chrome") or capabilities.get("msedge") or {}
    version = chromium.get("chromedriverVersion") or chromium.get("msedgedriverVersion")
    version = version or capabilities.get("moz:geckodriverVersion")
    return str(version).partition(" ")[0] if version else None
