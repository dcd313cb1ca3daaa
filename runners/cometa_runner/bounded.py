"""Drivers whose every command is bounded by the time of the step.

Contract: runner D.2, D.4.
"""

import contextlib
import math
import subprocess
from collections.abc import Callable, Generator
from typing import Any, Final

from selenium.common.exceptions import UnexpectedAlertPresentException
from selenium.webdriver.common.options import BaseOptions
from selenium.webdriver.common.service import Service
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.file_detector import UselessFileDetector
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver

ANSWER_SECONDS: Final = 1.0
"""Seconds that the driver's answer may come after the time of the step."""

PROBE_SECONDS: Final = 2.0
"""Seconds within which a living browser answers."""

QUIT_SECONDS: Final = 3.0
"""Seconds that a browser gets to close."""

NO_REPEATS: Final = {"init_args_for_pool_manager": {"retries": False}}
"""A repeated request would do its work twice and triple the time of the step."""

_UNBOUNDED_COMMANDS = frozenset({Command.NEW_SESSION, Command.QUIT, Command.SET_TIMEOUTS, Command.GET_LOG})


DriverCommand = str | Generator[dict[str, Any], Any, Any]
"""What WebDriver sends: the name of a command, or the steps of a BiDi command."""


class BoundedDriver(WebDriver):
    """An open browser, wherever it runs; made by its subclasses only.

    Attributes:
        quit_seconds: seconds that it gets to close.
        is_closed: True when the driver said that it closed the browser.
    """

    quit_seconds = QUIT_SECONDS
    is_closed = False
    _remaining: Callable[[], float]
    _client: ClientConfig
    _whole_seconds: int

    def begin(
        self,
        executor: RemoteConnection,
        client: ClientConfig,
        options: BaseOptions,
        remaining: Callable[[], float],
    ) -> None:
        """Open the session; takes the place of the constructors, which would look for browsers and drivers.

        Args:
            executor: sends the commands.
            client: its configuration; the time limit of each command is set there.
            options: describes the browser.
            remaining: seconds that are left for the current step.
        """
        self._remaining = remaining
        self._whole_seconds = -1
        self._client = client
        # Selenium would send files of this machine whose path is typed into a field; sentences that upload ask for it.
        WebDriver.__init__(self, command_executor=executor, options=options, file_detector=UselessFileDetector())

    def execute(self, driver_command: DriverCommand, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a command; the browser gives up when the step's time is up, the connection one second later.

        The time limits of the browser are whole seconds and sent only when they changed, so that quick steps with
        equal time-outs pay nothing.
        """
        if driver_command not in _UNBOUNDED_COMMANDS:
            self._bound(self._remaining())
        answer: dict[str, Any] = super().execute(driver_command, params)
        return answer

    @property
    def is_remote(self) -> bool:
        """Tell whether the browser runs elsewhere: files have to travel through the session."""
        return bool(self._is_remote)

    @property
    def is_chromium(self) -> bool:
        """Tell whether the browser understands the DevTools protocol and keeps a browser log."""
        return "goog:chromeOptions" in self.caps or "ms:edgeOptions" in self.caps

    def is_alive(self) -> bool:
        """Ask for the open windows; an open dialog is an answer too.  Contract: runner D.4."""
        self._client.timeout = PROBE_SECONDS
        with contextlib.suppress(Exception):  # whatever keeps the list of windows from coming: the browser is lost
            with contextlib.suppress(UnexpectedAlertPresentException):
                super().execute(Command.W3C_GET_WINDOW_HANDLES)
            return True
        return False

    def quit(self) -> None:
        """Close the browser within seconds, whatever state it is in."""
        self._client.timeout = self.quit_seconds
        with contextlib.suppress(Exception):  # what cannot be closed here is ended by the worker
            super().execute(Command.QUIT)
            self.is_closed = True

    def _bound(self, remaining: float) -> None:
        whole_seconds = max(1, math.ceil(remaining))
        self._client.timeout = remaining + ANSWER_SECONDS
        if whole_seconds != self._whole_seconds:
            milliseconds = whole_seconds * 1000
            super().execute(Command.SET_TIMEOUTS, {"pageLoad": milliseconds, "script": milliseconds})
            self._whole_seconds = whole_seconds


class LocalDriver(BoundedDriver):
    """A browser of this machine with its own driver process.

    Attributes:
        service: the driver process.
        options: what describes the browser.
    """

    # Chromium and Firefox declare their own types of them.
    service: Any
    options: Any

    def begin_local(
        self,
        service: Service,
        executor: Callable[[ClientConfig], RemoteConnection],
        options: BaseOptions,
        seconds: Callable[[], float],
        remaining: Callable[[], float],
    ) -> None:
        """Start the driver and open the session; nothing is left when that fails.

        Args:
            service: the driver process to start.
            executor: makes what sends the commands.
            options: describes the browser.
            seconds: seconds that opening may take.
            remaining: seconds that are left for the current step.
        """
        self.service = service
        self.options = options
        service.start()
        client = ClientConfig(
            remote_server_addr=service.service_url,
            timeout=math.ceil(max(1.0, seconds())),
            init_args_for_pool_manager=NO_REPEATS,
        )
        try:
            self.begin(executor(client), client, options, remaining)
        except BaseException:
            self.stop_driver()
            raise
        self._is_remote = False

    def is_alive(self) -> bool:
        """Look at the driver process, then ask for the open windows.  Contract: runner D.4."""
        return self.service.process.poll() is None and super().is_alive()

    def quit(self) -> None:
        """Close browser and driver within seconds; what stays is killed with its process group."""
        super().quit()
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
