"""The browsers of this machine.

Contract: runner H.2, columns Local Chromium and Local Firefox.
"""

from collections.abc import Callable

from selenium.webdriver.chrome.options import Options as ChromeOptions
from selenium.webdriver.chrome.service import Service as ChromeService
from selenium.webdriver.chromium.remote_connection import ChromiumRemoteConnection
from selenium.webdriver.chromium.webdriver import ChromiumDriver
from selenium.webdriver.firefox.options import Options as FirefoxOptions
from selenium.webdriver.firefox.remote_connection import FirefoxRemoteConnection
from selenium.webdriver.firefox.service import Service as FirefoxService
from selenium.webdriver.firefox.webdriver import WebDriver as FirefoxDriver
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection

from cometa_runner.bounded import ANSWER_SECONDS, PROBE_SECONDS, QUIT_SECONDS, BoundedDriver, LocalDriver

__all__ = [
    "ANSWER_SECONDS",
    "PROBE_SECONDS",
    "QUIT_SECONDS",
    "BoundedChromium",
    "BoundedDriver",
    "BoundedFirefox",
]


class BoundedChromium(LocalDriver, ChromiumDriver):
    """A local Chromium with its own driver process.

    ``ChromiumDriver`` itself would look for browser and driver, which is Selenium Manager's work and off here, and
    would repeat requests that timed out.

    Args:
        options: describes the browser.
        driver: path of chromedriver.
        remaining: seconds that are left for the current step, and for opening.
    """

    def __init__(self, options: ChromeOptions, driver: str, remaining: Callable[[], float]) -> None:
        self.begin_local(ChromeService(executable_path=driver), _chromium, options, remaining, remaining)


class BoundedFirefox(LocalDriver, FirefoxDriver):
    """A local Firefox with its own driver process.

    The driver chooses and removes an empty profile; the time zone is that of the process which starts it.

    Args:
        options: describes the browser.
        driver: path of geckodriver.
        remaining: seconds that are left for the current step, and for opening.
    """

    def __init__(self, options: FirefoxOptions, driver: str, remaining: Callable[[], float]) -> None:
        self.begin_local(FirefoxService(executable_path=driver), _firefox, options, remaining, remaining)


def _chromium(client: ClientConfig) -> RemoteConnection:
    return ChromiumRemoteConnection(
        remote_server_addr=client.remote_server_addr,
        vendor_prefix="goog",
        browser_name="chrome",
        ignore_proxy=True,
        client_config=client,
    )


def _firefox(client: ClientConfig) -> RemoteConnection:
    return FirefoxRemoteConnection(
        remote_server_addr=client.remote_server_addr, ignore_proxy=True, client_config=client
    )
