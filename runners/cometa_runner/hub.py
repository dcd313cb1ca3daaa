"""Waiting for a session of a hub: repeated with growing pauses, and said what is waited for.

Contract: runner H.5, X-127.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3
from selenium.common.exceptions import InvalidArgumentException, WebDriverException
from urllib3.exceptions import HTTPError, ReadTimeoutError

from cometa_runner.protocol import BrowserPlan
from cometa_runner.remote import RemoteDriver
from cometa_runner.steps import Deadline

FIRST_PAUSE: Final = 0.5
"""Seconds between the first two requests."""

LONGEST_PAUSE: Final = 8.0
"""Seconds between requests after a while."""

_GROWTH = 2.0
_FIRST_REPORT_SECONDS = 1.5
_STATUS_SECONDS = 3.0
_REFUSED_FOR_GOOD = ("unauthorized", "401", "invalid username", "authorization")

Report = Callable[[str], None]
"""Tells people what is waited for."""

logger = logging.getLogger(__name__)


class HubError(Exception):
    """The hub gives no session; the text is its own message."""


def open_on_hub(
    browser: BrowserPlan, deadline: Deadline, remaining: Callable[[], float], report: Report
) -> RemoteDriver:
    """Open a session on a hub; one that refuses, is away or full is asked again until the time is up.

    Args:
        browser: browser of the plan.
        deadline: bounds the opening.
        remaining: seconds that are left for the commands of steps.
        report: tells what is waited for.

    Raises:
        HubError: no session was given in time; the text holds the hub's last message.
        Cancelled: somebody stopped the run.
    """
    pause, message = FIRST_PAUSE, ""
    with _reporting(browser, report):
        while not deadline.expired():
            try:
                return RemoteDriver(browser, deadline.remaining(), remaining)
            except (WebDriverException, HTTPError, OSError, KeyError, AttributeError) as error:
                # Whatever stands before a hub may answer anything; what has no session in it is a refusal.
                if not isinstance(error, ReadTimeoutError):
                    message = message_of(error)
                if isinstance(error, InvalidArgumentException) or _is_for_good(message):
                    raise HubError(f"The hub {_host(browser)} refuses the session: {message}") from error
            report(f"The hub {_host(browser)} gives no session yet: {message or 'no answer'}")
            deadline.within(pause).poll(lambda: None)
            pause = min(pause * _GROWTH, LONGEST_PAUSE)
    reason = message or hub_state(browser) or "no answer"
    raise HubError(f"The hub {_host(browser)} gave no session within {deadline.seconds:g} s: {reason}")


def message_of(error: BaseException) -> str:
    """Give the first line of what a hub or the network said, without the stack of the hub."""
    text = str(getattr(error, "msg", None) or error).strip() or type(error).__name__
    return text.partition("\n")[0][:500]


def hub_state(browser: BrowserPlan) -> str:
    """Ask a Grid how many of its slots are free; empty where the hub does not tell."""
    headers = urllib3.make_headers(basic_auth=_credentials(browser)) if browser.get("username") else {}
    try:
        with urllib3.PoolManager(timeout=_STATUS_SECONDS, retries=False) as pool:
            answer = pool.request("GET", f"{str(browser['url']).rstrip('/')}/status", headers=headers)
            return _slots(answer.json()["value"])
    except (HTTPError, OSError, ValueError, KeyError, TypeError):
        return ""


def _slots(status: dict[str, Any]) -> str:
    slots = [slot for node in status["nodes"] for slot in node["slots"]]
    free = sum(1 for slot in slots if not slot.get("session"))
    if not slots:
        return "it has no node"
    return f"all of its {len(slots)} slots are taken" if not free else f"{free} of its {len(slots)} slots are free"


@contextmanager
def _reporting(browser: BrowserPlan, report: Report) -> Iterator[None]:
    """Tell from a thread what is waited for, since a full hub keeps the request until a slot is free."""
    ended = threading.Event()

    def tell() -> None:
        begin, pause = time.monotonic(), _FIRST_REPORT_SECONDS
        while not ended.wait(pause):
            state = hub_state(browser)
            if not ended.is_set():
                waited = round(time.monotonic() - begin)
                report(
                    f"Waiting for a session of the hub {_host(browser)} for {waited} s"
                    + (f": {state}" if state else "")
                )
            pause *= _GROWTH

    thread = threading.Thread(target=tell, name="hub", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()


def _is_for_good(message: str) -> bool:
    return any(word in message.lower() for word in _REFUSED_FOR_GOOD)


def _host(browser: BrowserPlan) -> str:
    """Give the address of the hub as people may see it: without user information."""
    return urlsplit(str(browser["url"])).netloc.rpartition("@")[2]


def _credentials(browser: BrowserPlan) -> str:
    return f"{browser.get('username', '')}:{browser.get('password', '')}"
