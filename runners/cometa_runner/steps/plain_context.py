"""A context for step functions outside of the runner: plain behave, and the tests of step authors.

Contract: runner C.5.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.remote.webdriver import WebDriver

from cometa_runner.camera import Shot, take
from cometa_runner.console import Console
from cometa_runner.network import NetworkRecorder, no_network
from cometa_runner.picture_checks import Asked, RunPictureChecks
from cometa_runner.selectors import Elements, step_failure
from cometa_runner.steps.afterwards import Afterwards
from cometa_runner.steps.browser_socket import BrowserSocket, BrowserSocketError, bidi_address
from cometa_runner.steps.console import ConsoleEntry
from cometa_runner.steps.context import StepSettings
from cometa_runner.steps.deadline import Deadline
from cometa_runner.steps.definition import StepDefinition
from cometa_runner.steps.failure import StepFailure
from cometa_runner.steps.kept import Kept, Thing
from cometa_runner.steps.values import seconds
from cometa_runner.steps.variables import StoredScope, Variable, Variables

EXTRA_SECONDS = 5
"""What the timeout of a waiting sentence has beyond its own seconds.  Contract: steps section 3."""


def open_chromium(workdir: Path, *, bidi: bool = False) -> WebDriver:
    """Open a local headless Chromium that downloads to ``workdir/downloads``.

    The paths of browser and driver are taken from ``COMETA_CHROMIUM`` and ``COMETA_CHROMEDRIVER``, else from the search
    path.  Dialogs stay open until a sentence answers them.  With ``bidi`` the session can report its requests.
    """
    options = ChromeOptions()
    options.binary_location = os.environ.get("COMETA_CHROMIUM") or shutil.which("chromium") or ""
    options.unhandled_prompt_behavior = "ignore"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if bidi:
        options.set_capability("webSocketUrl", True)
    options.add_argument("--headless=new")
    options.add_argument("--no-sandbox")
    options.add_argument("--window-size=1920,1080")
    preferences = {"download.default_directory": str(workdir / "downloads"), "download.prompt_for_download": False}
    options.add_experimental_option("prefs", preferences)
    driver = os.environ.get("COMETA_CHROMEDRIVER") or shutil.which("chromedriver")
    return Chrome(options=options, service=ChromeService(driver))


class PlainContext:
    """One run of sentences in one process; satisfies ``StepContext``.

    Args:
        workdir: folder with ``uploads/`` and ``downloads/``, which are made when missing.
        browser: opens a browser for a work folder.
        settings: settings of the site; the defaults when missing.
        timeout: seconds that a step may take.
        variables: variables of the run.
        answer: stands for the worker; gets what is asked for and its data.

    Attributes:
        warnings: warnings of the last step.
        details: progress texts of the last step.
        notes: (title, content) of the last step.
        files: (path, kind) attached by the last step.
        secrets: values that steps announced as secret.
    """

    def __init__(
        self,
        workdir: Path,
        browser: Callable[[Path], WebDriver] = open_chromium,
        settings: StepSettings | None = None,
        timeout: float = 60,
        variables: Iterable[Variable] = (),
        answer: Callable[[str, Mapping[str, Any]], Mapping[str, Any]] | None = None,
    ) -> None:
        self.workdir = workdir
        self.settings = settings or StepSettings()
        self.timeout = timeout
        self.variables = Variables(variables, warn=self.warn)
        self.elements = Elements(lambda: self.driver, self.settings)
        self.deadline = Deadline(timeout)
        self.pictures = RunPictureChecks(self.elements, lambda: self.deadline, self._compared)
        self.secrets: list[str] = []
        self._kept = Kept()
        self._afterwards = Afterwards()
        self._console = Console()
        self._answer = answer
        self._browser = browser
        self._driver: WebDriver | None = None
        for folder in ("uploads", "downloads"):
            (workdir / folder).mkdir(parents=True, exist_ok=True)
        self._forget_last_step()

    @property
    def driver(self) -> WebDriver:
        """The open browser.

        Raises:
            StepFailure: ``browser-lost`` when none is open.
        """
        if self._driver is None:
            raise StepFailure("browser-lost", expected="an open browser", found="none")
        return self._driver

    def perform(self, definition: StepDefinition, values: Mapping[str, str]) -> None:
        """Carry out one sentence with values as written.

        Raises:
            StepFailure: the step failed.
        """
        self._forget_last_step()
        expanded = self.variables.expand_values(definition, values)
        own = seconds(expanded[definition.waits], definition.waits) + EXTRA_SECONDS if definition.waits else 0
        self.deadline = Deadline(max(self.timeout, own))
        try:
            self._limit_commands()
            definition.function(self, **expanded)
        except WebDriverException as error:
            known = step_failure(error)
            if known is None:
                raise
            raise known from error

    def _limit_commands(self) -> None:
        if self._driver is not None:
            self._driver.set_page_load_timeout(self.deadline.remaining())
            self._driver.set_script_timeout(self.deadline.remaining())

    def _forget_last_step(self) -> None:
        self._afterwards.run()
        self.elements.record = None
        self.warnings: list[str] = []
        self.details: list[str] = []
        self.notes: list[tuple[str, str]] = []
        self.files: list[tuple[Path, str]] = []

    def console(self) -> Sequence[ConsoleEntry] | None:
        """Give what pages wrote to the console so far, oldest first; None where the browser does not tell."""
        return None if self._console.read(self.driver) is None else list(self._console.entries)

    def network(self) -> NetworkRecorder:
        """Give the recorder of the browser's network; it is told of requests from the first call on.

        Raises:
            StepFailure: ``not-implemented`` where the session has no WebDriver BiDi.
        """
        try:
            return self.keep(f"plain.network.{self.driver.session_id}", self._recorder, lambda _recorder: None)
        except BrowserSocketError as error:
            raise no_network(error) from error

    def _recorder(self) -> NetworkRecorder:
        address = bidi_address(self.driver)
        if address is None:
            raise BrowserSocketError("the session offers no WebDriver BiDi")
        socket = self.keep("plain.network.socket", lambda: BrowserSocket(address), BrowserSocket.close)
        return NetworkRecorder(socket, lambda: None)

    def warn(self, text: str) -> None:
        """Keep a warning."""
        self.warnings.append(text)

    def detail(self, text: str) -> None:
        """Keep a progress text."""
        self.details.append(text)

    def note(self, title: str, content: str) -> None:
        """Keep a titled text."""
        self.notes.append((title, content))

    def attach(self, path: Path, kind: str) -> None:
        """Keep a file."""
        self.files.append((path, kind))

    def store_variable(self, name: str, value: object, scope: StoredScope, *, secret: bool = False) -> None:
        """Set a variable; there is no store, so it lives as long as the run."""
        self.variables.set(name, value, scope, secret=secret)

    def announce_secret(self, value: str) -> None:
        """Keep a secret; nothing of a plain run is stored, so there is nothing to blank out."""
        self.secrets.append(value)

    def keep(self, name: str, make: Callable[[], Thing], close: Callable[[Thing], None]) -> Thing:
        """Give what the run keeps under a name, until ``close_kept``."""
        return self._kept.keep(name, make, close)

    def close_kept(self) -> None:
        """Close what steps kept; the end of the run."""
        self._kept.close()

    def ask(self, what: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer with ``answer``, given when the context was made.

        Raises:
            StepFailure: ``internal`` when nobody can answer.
        """
        if self._answer is None:
            raise StepFailure("internal", f"{what} needs a worker, and there is none here.")
        return self._answer(what, data)

    def _compared(self, asked: Asked) -> tuple[Shot, Mapping[str, Any]]:
        """Take a picture, keep it in the work folder, and let ``answer`` give the verdict on ``compare_picture``."""
        shot = take(self.driver, asked.wish, self.secrets)
        file = self.workdir / f"{uuid4().hex}.png"
        file.write_bytes(shot.png)
        regions = [list(region) for region in shot.regions]
        if self._answer is None:
            self.warn(f"The picture {asked.name} was taken and compared with nothing: baselines are kept by a worker.")
            return shot, {"verdict": "new", "pixel_diff": 0}
        data = {"name": asked.name, "file": str(file), "max_diff": asked.max_diff, "regions": regions}
        return shot, self.ask("compare_picture", data)

    def after_step(self, undo: Callable[[], object]) -> None:
        """Call a function when the next step begins; pictures are taken between the two."""
        self._afterwards.add(undo)

    def open_browser(self) -> None:
        """Open a browser when none is open."""
        if self._driver is None:
            self._driver = self._browser(self.workdir)

    def close_browser(self) -> None:
        """Close the browser when one is open."""
        if self._driver is not None:
            self._driver.quit()
            self._driver = None
