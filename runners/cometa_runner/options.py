"""From the browser of a plan to the options of its family.

Contract: runner H.2.
"""

import os
import re
import subprocess
from pathlib import Path
from typing import Any, Final

from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chromium.options import ChromiumOptions
from selenium.webdriver.edge.options import Options as EdgeOptions
from selenium.webdriver.firefox.options import Options as FirefoxOptions

from cometa_runner.protocol import BrowserPlan, MobileEmulation

WINDOW: Final = (1920, 1080)
"""Width and height of the window, px."""

CHROMIUM_PREFIXES: Final = {"chrome": "goog", "chromium": "goog", "edge": "ms"}
"""Families that are Chromium -> prefix of their commands beyond the standard."""

_CONTAINER_FILES = (Path("/.dockerenv"), Path("/run/.containerenv"))
_DOWNLOAD_TO_FOLDER = 2


def chromium_options(browser: BrowserPlan, workdir: Path) -> Options:
    """Describe an empty local browser whose downloads stay in the work folder.

    The driver makes an empty profile in ``TMPDIR``, which is in the work folder too; a profile named here would open
    with the start page, which costs half a second.
    """
    options = Options()
    options.binary_location = browser["binary"]
    options.accept_insecure_certs = browser.get("insecure_certs", True)
    options.unhandled_prompt_behavior = "ignore"
    arguments = _window_arguments()
    if browser.get("headless", True):
        arguments.append("--headless=new")
    if os.geteuid() == 0 or any(path.exists() for path in _CONTAINER_FILES):
        # Chromium's sandbox needs rights that root and containers do not give; /dev/shm is often too small there.
        arguments += ["--no-sandbox", "--disable-dev-shm-usage"]
    preferences = {"download.default_directory": str(workdir / "downloads"), "download.prompt_for_download": False}
    _complete(options, browser, arguments, preferences)
    mobile = browser.get("mobile")
    if mobile:
        options.add_experimental_option("mobileEmulation", _emulation(mobile, browser["binary"]))
    return options


def remote_chromium_options(browser: BrowserPlan) -> ChromiumOptions:
    """Describe a Chromium or Edge of a Grid; where it is and where it puts downloads its node knows."""
    options = EdgeOptions() if browser["family"] == "edge" else Options()
    arguments = _window_arguments()
    if browser.get("headless", False):
        arguments.append("--headless=new")
    _complete(options, browser, arguments, {})
    mobile = browser.get("mobile")
    if mobile:
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": _metrics(mobile)})
    return options


def firefox_options(browser: BrowserPlan, workdir: Path) -> FirefoxOptions:
    """Describe an empty local Firefox whose downloads stay in the work folder.

    Raises:
        ValueError: the plan asks for a device to imitate, which Firefox does not support.
    """
    _refuse_device(browser)
    options = FirefoxOptions()
    options.binary_location = browser["binary"]
    options.accept_insecure_certs = browser.get("insecure_certs", True)
    options.unhandled_prompt_behavior = "ignore"
    # Without an address for BiDi there is neither a console nor a network to read.
    options.set_capability("webSocketUrl", True)
    options.set_preference("browser.download.folderList", _DOWNLOAD_TO_FOLDER)
    options.set_preference("browser.download.dir", str(workdir / "downloads"))
    options.set_preference("browser.download.useDownloadDir", True)
    options.set_preference("browser.download.alwaysOpenPanel", False)
    _complete_firefox(options, browser, headless=browser.get("headless", True))
    for name, value in (browser.get("capabilities") or {}).items():
        options.set_capability(name, value)
    return options


def remote_firefox_options(browser: BrowserPlan) -> FirefoxOptions:
    """Describe a Firefox of a Grid.

    Raises:
        ValueError: as ``firefox_options``.
    """
    _refuse_device(browser)
    options = FirefoxOptions()
    options.set_capability("webSocketUrl", True)
    _complete_firefox(options, browser, headless=browser.get("headless", False))
    return options


def agent_of(mobile: MobileEmulation | None, version: str) -> str:
    """Give the user agent of a device for a version of the browser; empty where it has none of its own."""
    return ((mobile or {}).get("user_agent") or "").replace("$version", version)


def _complete(
    options: ChromiumOptions, browser: BrowserPlan, arguments: list[str], preferences: dict[str, Any]
) -> None:
    """Add what local and remote Chromium browsers have in common."""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for argument in [*arguments, *browser.get("arguments", [])]:
        options.add_argument(argument)
    usual = {"credentials_enable_service": False, "profile.password_manager_leak_detection": False}
    options.add_experimental_option("prefs", {**preferences, **usual})
    for name, value in (browser.get("capabilities") or {}).items():
        options.set_capability(name, value)


def _complete_firefox(options: FirefoxOptions, browser: BrowserPlan, *, headless: bool) -> None:
    arguments = [f"--width={WINDOW[0]}", f"--height={WINDOW[1]}", *(["-headless"] if headless else [])]
    for argument in [*arguments, *browser.get("arguments", [])]:
        options.add_argument(argument)
    options.set_preference("signon.rememberSignons", False)
    options.set_preference("browser.shell.checkDefaultBrowser", False)
    options.set_preference("datareporting.policy.dataSubmissionEnabled", False)


def _refuse_device(browser: BrowserPlan) -> None:
    if browser.get("mobile"):
        raise ValueError("Expected a Chromium browser to imitate a device, found Firefox, which cannot.")


def _window_arguments() -> list[str]:
    return [f"--window-size={WINDOW[0]},{WINDOW[1]}", "--no-first-run", "--hide-scrollbars"]


def _emulation(mobile: MobileEmulation, binary: str) -> dict[str, object]:
    agent = mobile.get("user_agent") or ""
    agent = agent_of(mobile, _version(binary) if "$version" in agent else "")
    return {"deviceMetrics": _metrics(mobile), **({"userAgent": agent} if agent else {})}


def _metrics(mobile: MobileEmulation) -> dict[str, object]:
    size = {"width": mobile.get("width"), "height": mobile.get("height")}
    known = {name: value for name, value in size.items() if value is not None}
    return {**known, "pixelRatio": mobile.get("pixel_ratio", 1.0), "touch": True}


def _version(binary: str) -> str:
    answer = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    found = re.search(r"\d+(\.\d+)+", answer)
    return found[0] if found else ""
