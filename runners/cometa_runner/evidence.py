"""What is kept of a step besides its row and its pictures: page source and console.

Contract: runner I.1.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.command import Command
from urllib3.exceptions import HTTPError

from cometa_runner.browser import BoundedChromium
from cometa_runner.channel import EventChannel

CONSOLE_SECONDS: Final = 0.2
"""Least seconds between two readings of the console."""

CONSOLE_ENTRIES: Final = 1000
"""Most console entries of one reading; the rest is counted."""

_CONSOLE_BATCH = 100
_CONSOLE_TEXT = 4000

NOT_AVAILABLE = (WebDriverException, HTTPError, OSError)
"""What a browser that cannot give a picture or its source raises."""


class Evidence:
    """Collects evidence of one attempt and announces it.

    Args:
        channel: where it is announced.
        workdir: private folder of the attempt; files go to its ``artifacts``.
    """

    def __init__(self, channel: EventChannel, workdir: Path) -> None:
        self._channel = channel
        self._folder = workdir / "artifacts"
        self._console_read = 0.0

    def source(self, driver: BoundedChromium, step: Mapping[str, Any]) -> None:
        """Store the source of the current frame.  Contract: runner I.1."""
        name = f"source_{step['seq']}.html"
        (self._folder / name).write_text(driver.page_source, encoding="utf-8", errors="replace")
        self._channel.emit("source", {**step, "file": name, "url": driver.current_url})

    def console(self, driver: BoundedChromium, step: Mapping[str, Any], *, at_once: bool) -> None:
        """Report new console entries, unless they were read a moment ago."""
        moment = time.monotonic()
        if not at_once and moment - self._console_read < CONSOLE_SECONDS:
            return
        self._console_read = moment
        found = [_console_entry(entry) for entry in _console(driver)]
        entries = found[:CONSOLE_ENTRIES]
        if len(found) > len(entries):
            text = f"{len(found) - len(entries)} further entries are left out."
            entries.append({"level": "INFO", "text": text, "url": None, "line": None, "at": None})
        for begin in range(0, len(entries), _CONSOLE_BATCH):
            self._channel.emit("console", {**step, "entries": entries[begin : begin + _CONSOLE_BATCH]})


def _console(driver: BoundedChromium) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = driver.execute(Command.GET_LOG, {"type": "browser"})["value"]
    return entries


def _console_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Split the driver's text ``<address> <line>:<column> <message>``."""
    message = str(entry.get("message", ""))
    url: str | None = None
    line: int | None = None
    address, _, rest = message.partition(" ")
    place, _, text = rest.partition(" ")
    number = place.partition(":")[0]
    if text and number.isdigit():
        url, line, message = address, int(number), text
    return {
        "level": entry.get("level"),
        "text": message[:_CONSOLE_TEXT],
        "url": url,
        "line": line,
        "at": entry.get("timestamp"),
    }
