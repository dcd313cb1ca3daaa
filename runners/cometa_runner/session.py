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

from cometa_runner.browser import BoundedChromium, BoundedDriver, BoundedFirefox
from cometa_runner.hub import HubError, open_on_hub
from cometa_runner.options import agent_of, chromium_options, firefox_options
from cometa_runner.protocol import BrowserPlan
from cometa_runner.session_news import SessionNews
from cometa_runner.steps import Deadline, StepFailure

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
_LOCAL_FAMILIES = ("chrome", "chromium", "firefox")
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
        deadline: gives what bounds an opening now.
        news: tells the worker about sessions of hubs.
    """

    def __init__(
        self,
        browser: BrowserPlan | None,
        workdir: Path,
        remaining: Callable[[], float],
        deadline: Callable[[], Deadline],
        news: SessionNews,
    ) -> None:
        self._browser = browser
        self._workdir = workdir
        self._remaining = remaining
        self._deadline = deadline
        self._news = news
        self._driver: BoundedDriver | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether there is a browser."""
        return self._driver is not None

    @property
    def driver(self) -> BoundedDriver:
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
            "features": {"console": driver.is_chromium, "network": False, "downloads": _gives_downloads(driver)},
            "open_ms": round((time.monotonic() - begin) * 1000),
        }

    def close(self) -> None:
        """Close the browser if one is open."""
        driver, self._driver = self._driver, None
        if driver is None:
            return
        self._news.closing(driver.session_id)
        driver.quit()
        if driver.is_closed:
            self._news.closed(driver.session_id)

    def is_lost(self) -> bool:
        """Tell whether a browser that should be open does not answer.  Contract: runner D.4."""
        return self._driver is not None and not self._driver.is_alive()

    def _opened(self, browser: BrowserPlan) -> BoundedDriver:
        kind, family = browser.get("kind", ""), browser.get("family", "")
        try:
            if kind == "remote" and browser.get("url"):
                return self._on_hub(browser)
            if kind == "local" and family in _LOCAL_FAMILIES:
                return self._on_this_machine(browser)
        except (HubError, ValueError) as error:
            raise NoBrowserError(str(error)) from error
        families = ", ".join(_LOCAL_FAMILIES)
        expected = f"a remote browser with the address of its hub, or a local one of {families}"
        raise NoBrowserError(f"Expected {expected}, found {kind} {family}.")

    def _on_hub(self, browser: BrowserPlan) -> BoundedDriver:
        driver = open_on_hub(browser, self._deadline(), self._remaining, self._news.waiting)
        self._news.opened(driver.session_id)
        if driver.is_chromium and not browser.get("vendor", False):
            agent = agent_of(browser.get("mobile"), str(driver.capabilities.get("browserVersion", "")))
            if agent:
                # Only the session tells the version that stands in the agent.
                driver.execute_cdp_cmd("Emulation.setUserAgentOverride", {"userAgent": agent})
            self._set_zone(driver, browser)
        return driver

    def _on_this_machine(self, browser: BrowserPlan) -> BoundedDriver:
        for attempt in range(1, _OPEN_ATTEMPTS + 1):
            try:
                return self._opened_once(browser)
            except (WebDriverException, HTTPError, OSError, KeyError) as error:
                # Selenium chooses a free port and lets it go before the driver takes it: another process may be
                # faster, and a busy machine may miss the driver's start. Both pass; what does not is reported.
                logger.warning("The browser could not be opened (attempt %d): %s", attempt, error)
                problem = error
        raise NoBrowserError(str(getattr(problem, "msg", None) or problem).strip()) from problem

    def _opened_once(self, browser: BrowserPlan) -> BoundedDriver:
        if browser["family"] == "firefox":
            # Its time zone is that of this process.
            return BoundedFirefox(firefox_options(browser, self._workdir), browser["driver"], self._remaining)
        driver = BoundedChromium(chromium_options(browser, self._workdir), browser["driver"], self._remaining)
        self._set_zone(driver, browser)
        return driver

    @staticmethod
    def _set_zone(driver: BoundedDriver, browser: BrowserPlan) -> None:
        if browser.get("timezone"):
            driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": browser["timezone"]})


def _gives_downloads(driver: BoundedDriver) -> bool:
    return not driver.is_remote or bool(driver.capabilities.get("se:downloadsEnabled"))
