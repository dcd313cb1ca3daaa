"""What pages wrote to the console of the browser.

Contract: runner I.1.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from cometa_runner.steps.console import ConsoleEntry
from cometa_runner.steps.failure import shortened

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

REMEMBERED: Final = 5000
"""Newest entries that steps can ask for."""

_LEVELS = {"SEVERE": "error", "WARNING": "warning", "WARN": "warning", "INFO": "info", "DEBUG": "debug"}
_CHROMIUM = ("chrome", "chromium", "msedge", "MicrosoftEdge", "chrome-headless-shell")


class Console:
    """Collects the console of one attempt, whatever browser is open."""

    def __init__(self) -> None:
        self.entries: deque[ConsoleEntry] = deque(maxlen=REMEMBERED)
        self._told: deque[ConsoleEntry] = deque(maxlen=REMEMBERED)
        self._lock = threading.Lock()

    def read(self, driver: "WebDriver") -> list[ConsoleEntry] | None:
        """Give what was written since the last reading; None where the browser does not tell."""
        if is_chromium(driver):
            found = [driver_entry(entry) for entry in _driver_log(driver)]
        elif driver.capabilities.get("webSocketUrl"):
            with self._lock:
                found = list(self._told)
                self._told.clear()
        else:
            return None
        self.entries.extend(found)
        return found

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take an event ``log.entryAdded`` of WebDriver BiDi; of Chromium the driver's log tells more."""
        with self._lock:
            self._told.append(bidi_entry(event))


def can_tell(driver: "WebDriver") -> bool:
    """Tell whether a browser reports its console."""
    return is_chromium(driver) or bool(driver.capabilities.get("webSocketUrl"))


def is_chromium(driver: "WebDriver") -> bool:
    """Tell whether the driver of a session keeps the log of its browser."""
    return driver.capabilities.get("browserName") in _CHROMIUM


def _driver_log(driver: "WebDriver") -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = driver.execute("getLog", {"type": "browser"})["value"]
    return entries


def driver_entry(entry: Mapping[str, Any]) -> ConsoleEntry:
    """Split the driver's text ``<address> <line>:<column> <message>`` or ``<address> - <message>``."""
    message = str(entry.get("message", ""))
    address, _, rest = message.partition(" ")
    place, _, text = rest.partition(" ")
    number = place.partition(":")[0]
    # DevTools and BiDi count lines from 0, people and editors from 1.
    line = int(number) + 1 if number.isdigit() else None
    if not text or (line is None and place != "-"):
        address, text = "", message
    level = str(entry.get("level", ""))
    return ConsoleEntry(
        _LEVELS.get(level.upper(), level.lower()),
        shortened(_unquoted(text)),
        address if ":" in address else "",
        line,
        int(entry.get("timestamp") or 0),
    )


def bidi_entry(event: Mapping[str, Any]) -> ConsoleEntry:
    """Read an event ``log.entryAdded``."""
    frames = (event.get("stackTrace") or {}).get("callFrames") or [{}]
    line = frames[0].get("lineNumber")
    level = str(event.get("level", ""))
    return ConsoleEntry(
        _LEVELS.get(level.upper(), level.lower()),
        shortened(str(event.get("text") or "")),
        str(frames[0].get("url") or ""),
        line + 1 if isinstance(line, int) else None,
        int(event.get("timestamp") or 0),
    )


def _unquoted(text: str) -> str:
    """Take the quotes off a message that is one text, as the driver quotes all texts of the page."""
    if not text.startswith('"'):
        return text
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return text
    return f"{value}{text[end:]}"


class Pace:
    """Says when something that costs time may be done again.

    Args:
        seconds: least time between two times.
        clock: monotonic seconds.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._last: float | None = None

    def may(self, *, at_once: bool) -> bool:
        """Tell whether it may be done now, and if so count from now."""
        moment = self._clock()
        if not at_once and self._last is not None and moment - self._last < self._seconds:
            return False
        self._last = moment
        return True
