"""Browsers of other machines: Selenium Grid and vendors with its protocol.

Contract: runner H.1, H.2, columns Grid and BrowserStack.
"""

import math
from collections.abc import Callable
from typing import Final

from selenium.webdriver.chromium.remote_connection import ChromiumRemoteConnection
from selenium.webdriver.common.options import ArgOptions, BaseOptions
from selenium.webdriver.firefox.remote_connection import FirefoxRemoteConnection
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection

from cometa_runner.bounded import NO_REPEATS, BoundedDriver
from cometa_runner.options import CHROMIUM_PREFIXES, remote_chromium_options, remote_firefox_options
from cometa_runner.protocol import BrowserPlan

REMOTE_QUIT_SECONDS: Final = 10.0
"""Seconds that a session elsewhere gets to close.  Contract: runner B.6."""


class RemoteDriver(BoundedDriver):
    """A session on a hub.

    The credentials go into a header of each request, never into the address.

    Args:
        browser: browser of the plan, of kind ``remote``.
        seconds: seconds that the hub may take to open the session.
        remaining: seconds that are left for the current step.
    """

    quit_seconds = REMOTE_QUIT_SECONDS

    def __init__(self, browser: BrowserPlan, seconds: float, remaining: Callable[[], float]) -> None:
        client = ClientConfig(
            remote_server_addr=str(browser["url"]).rstrip("/"),
            timeout=math.ceil(max(1.0, seconds)),
            username=browser.get("username") or None,
            password=browser.get("password") or None,
            init_args_for_pool_manager=NO_REPEATS,
        )
        self.begin(_executor(browser["family"], client), client, remote_options(browser), remaining)


def remote_options(browser: BrowserPlan) -> BaseOptions:
    """Describe a remote browser: what the cloud says, and on a Grid the options of the family.

    Only capabilities of the standard and blocks with a vendor's prefix are sent.  Contract: X-122.
    """
    family = browser["family"]
    if browser.get("vendor", False):
        options: BaseOptions = ArgOptions()
        # What Selenium adds by itself, a vendor for all browsers need not understand.
        options._caps = {}  # noqa: SLF001 - the public interface has no way to leave capabilities out
    elif family in CHROMIUM_PREFIXES:
        options = remote_chromium_options(browser)
    elif family == "firefox":
        options = remote_firefox_options(browser)
    else:
        options = ArgOptions()
    options.accept_insecure_certs = browser.get("insecure_certs", True)
    options.unhandled_prompt_behavior = "ignore"
    for name, value in (browser.get("capabilities") or {}).items():
        options.set_capability(name, value)
    return options


def _executor(family: str, client: ClientConfig) -> RemoteConnection:
    if family in CHROMIUM_PREFIXES:
        return ChromiumRemoteConnection(
            remote_server_addr=client.remote_server_addr,
            vendor_prefix=CHROMIUM_PREFIXES[family],
            browser_name=family,
            client_config=client,
        )
    if family == "firefox":
        return FirefoxRemoteConnection(remote_server_addr=client.remote_server_addr, client_config=client)
    return RemoteConnection(client_config=client)
