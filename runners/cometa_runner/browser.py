"""A Chromium whose every command is bounded by the time of the step.

Contract: runner D.2.
"""

import contextlib
import math
import subprocess
from collections.abc import Callable, Generator
from typing import Any, Final

from selenium.common.exceptions import UnexpectedAlertPresentException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.chromium.remote_connection import ChromiumRemoteConnection
from selenium.webdriver.chromium.webdriver import ChromiumDriver
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.webdriver import WebDriver

ANSWER_SECONDS: Final = 1.0
"""Seconds that the driver's answer may come after the time of the step."""

PROBE_SECONDS: Final = 2.0
"""Seconds within which a living browser answers."""

QUIT_SECONDS: Final = 3.0
"""Seconds that a browser gets to close."""

_OPEN_SECONDS = 120.0
_UNBOUNDED_COMMANDS = frozenset({Command.NEW_SESSION, Command.QUIT, Command.SET_TIMEOUTS, Command.GET_LOG})


DriverCommand = str | Generator[dict[str, Any], Any, Any]
"""What WebDriver sends: the name of a command, or the steps of a BiDi command."""


class BoundedChromium(ChromiumDriver):
    """A local Chromium with its own driver process.

    ``ChromiumDriver`` itself would look for browser and driver, which is Selenium Manager's work and off here, and
    would repeat requests that timed out.

    Args:
        options: describes the browser.
        driver: path of chromedriver.
        remaining: seconds that are left for the current step.
    """

    def __init__(self, options: Options, driver: str, remaining: Callable[[], float]) -> None:
        self._remaining = remaining
        self._whole_seconds = -1
        self.options = options
        self.service = Service(executable_path=driver)
        self.service.start()
        self._client = ClientConfig(
            remote_server_addr=self.service.service_url,
            timeout=math.ceil(_OPEN_SECONDS),
            # A repeated request would do its work twice and triple the time of the step.
            init_args_for_pool_manager={"init_args_for_pool_manager": {"retries": False}},
        )
        executor = ChromiumRemoteConnection(
            remote_server_addr=self.service.service_url,
            vendor_prefix="goog",
            browser_name="chrome",
            ignore_proxy=True,
            client_config=self._client,
        )
        try:
            # ChromiumDriver's own constructor is passed over, see above.
            WebDriver.__init__(self, command_executor=executor, options=options)
        except BaseException:
            self.stop_driver()
            raise
        self._is_remote = False

    def execute(self, driver_command: DriverCommand, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a command; the browser gives up when the step's time is up, the connection one second later.

        The time limits of the browser are whole seconds and sent only when they changed, so that quick steps with
        equal time-outs pay nothing.
        """
        if driver_command not in _UNBOUNDED_COMMANDS:
            self._bound(self._remaining())
        answer: dict[str, Any] = super().execute(driver_command, params)
        return answer

    def is_alive(self) -> bool:
        """Ask for the open windows; an open dialog is an answer too.  Contract: runner D.4."""
        if self.service.process.poll() is not None:
            return False
        self._client.timeout = PROBE_SECONDS
        with contextlib.suppress(Exception):  # whatever keeps the list of windows from coming: the browser is lost
            with contextlib.suppress(UnexpectedAlertPresentException):
                super().execute(Command.W3C_GET_WINDOW_HANDLES)
            return True
        return False

    def quit(self) -> None:
        """Close browser and driver within seconds, whatever state they are in."""
        self._client.timeout = QUIT_SECONDS
        with contextlib.suppress(Exception):  # a browser that cannot be closed is killed with its process group
            super().execute(Command.QUIT)
        self.stop_driver()

    def stop_driver(self) -> None:
        """End the driver process; closing a browser is its own affair."""
        process = self.service.process
        process.terminate()
        try:
            process.wait(QUIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _bound(self, remaining: float) -> None:
        whole_seconds = max(1, math.ceil(remaining))
        self._client.timeout = remaining + ANSWER_SECONDS
        if whole_seconds != self._whole_seconds:
            milliseconds = whole_seconds * 1000
            super().execute(Command.SET_TIMEOUTS, {"pageLoad": milliseconds, "script": milliseconds})
            self._whole_seconds = whole_seconds
