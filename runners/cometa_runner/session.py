"""The browser of one attempt.

Contract: runner B.3 (started), H.1, H.2, H.5.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from selenium.common.exceptions import WebDriverException
from urllib3.exceptions import HTTPError

from cometa_runner.browser import BoundedChromium
from cometa_runner.options import chromium_options
from cometa_runner.protocol import BrowserPlan
from cometa_runner.steps import StepFailure

NO_BROWSER: Final[dict[str, Any]] = {
    "session_id": None,
    "family": None,
    "version": None,
    "platform": None,
    "viewport": None,
    "features": None,
    "open_ms": None,
}
"""Fields of ``started`` for a plan without a browser."""

_OPEN_ATTEMPTS = 3
_LOCAL_FAMILIES = ("chrome", "chromium")
_VIEWPORT = "return {w: window.innerWidth, h: window.innerHeight, dpr: window.devicePixelRatio}"


logger = logging.getLogger(__name__)


class NoBrowserError(Exception):
    """The browser of the plan cannot be opened; the text is the message of driver or browser."""


class Session:
    """Opens and closes the browser; a feature may close it and open another one.

    Args:
        browser: browser of the plan, None for plans that need none.
        workdir: private folder of the attempt.
        remaining: seconds that are left for the current step.
    """

    def __init__(self, browser: BrowserPlan | None, workdir: Path, remaining: Callable[[], float]) -> None:
        self._browser = browser
        self._workdir = workdir
        self._remaining = remaining
        self._driver: BoundedChromium | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether there is a browser."""
        return self._driver is not None

    @property
    def driver(self) -> BoundedChromium:
        """Give the open browser.

        Raises:
            StepFailure: ``browser-lost`` when the feature closed it or never had one.
        """
        if self._driver is None:
            raise StepFailure("browser-lost", "Expected an open browser, found that no browser is open.")
        return self._driver

    def open(self) -> dict[str, Any]:
        """Open the browser and give the fields of ``started``.

        Raises:
            NoBrowserError: it cannot be opened, or is of a kind this runner cannot open.
        """
        if self._browser is None:
            return NO_BROWSER
        begin = time.monotonic()
        driver = self._driver = self._opened(self._browser)
        return {
            "session_id": driver.session_id,
            "family": self._browser["family"],
            "version": driver.capabilities.get("browserVersion"),
            "platform": driver.capabilities.get("platformName"),
            "viewport": driver.execute_script(_VIEWPORT),
            "features": {"console": True, "network": False, "downloads": True},
            "open_ms": round((time.monotonic() - begin) * 1000),
        }

    def close(self) -> None:
        """Close the browser if one is open."""
        if self._driver is not None:
            self._driver.quit()
            self._driver = None

    def is_lost(self) -> bool:
        """Tell whether a browser that should be open does not answer.  Contract: runner D.4."""
        return self._driver is not None and not self._driver.is_alive()

    def _opened(self, browser: BrowserPlan) -> BoundedChromium:
        kind, family = browser.get("kind", ""), browser.get("family", "")
        if kind != "local" or family not in _LOCAL_FAMILIES:
            raise NoBrowserError(f"Expected a local browser of {', '.join(_LOCAL_FAMILIES)}, found {kind} {family}.")
        for attempt in range(1, _OPEN_ATTEMPTS + 1):
            try:
                return self._opened_once(browser)
            except (WebDriverException, HTTPError, OSError, KeyError) as error:
                # Selenium chooses a free port and lets it go before the driver takes it: another process may be
                # faster, and a busy machine may miss the driver's start. Both pass; what does not is reported.
                logger.warning("The browser could not be opened (attempt %d): %s", attempt, error)
                problem = error
        raise NoBrowserError(str(getattr(problem, "msg", None) or problem).strip()) from problem

    def _opened_once(self, browser: BrowserPlan) -> BoundedChromium:
        driver = BoundedChromium(chromium_options(browser, self._workdir), browser["driver"], self._remaining)
        if browser.get("timezone"):
            driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": browser["timezone"]})
        return driver
