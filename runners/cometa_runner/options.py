"""From the browser of a plan to the options of Chromium.

Contract: runner H.2, column Local Chromium.
"""

import os
import re
import subprocess
from pathlib import Path
from typing import Final

from selenium.webdriver.chrome.options import Options

from cometa_runner.protocol import BrowserPlan, MobileEmulation

WINDOW: Final = (1920, 1080)
"""Width and height of the window, px."""

_CONTAINER_FILES = (Path("/.dockerenv"), Path("/run/.containerenv"))


def chromium_options(browser: BrowserPlan, workdir: Path) -> Options:
    """Describe an empty browser whose downloads stay in the work folder.

    The driver makes an empty profile in ``TMPDIR``, which is in the work folder too; a profile named here would open
    with the start page, which costs half a second.
    """
    options = Options()
    options.binary_location = browser["binary"]
    options.accept_insecure_certs = browser.get("insecure_certs", True)
    options.unhandled_prompt_behavior = "ignore"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for argument in _arguments(browser):
        options.add_argument(argument)
    preferences = {
        "download.default_directory": str(workdir / "downloads"),
        "download.prompt_for_download": False,
        "credentials_enable_service": False,
        "profile.password_manager_leak_detection": False,
    }
    options.add_experimental_option("prefs", preferences)
    mobile = browser.get("mobile")
    if mobile:
        options.add_experimental_option("mobileEmulation", _emulation(mobile, browser["binary"]))
    for name, value in (browser.get("capabilities") or {}).items():
        options.set_capability(name, value)
    return options


def _arguments(browser: BrowserPlan) -> list[str]:
    arguments = [
        f"--window-size={WINDOW[0]},{WINDOW[1]}",
        "--no-first-run",
        "--hide-scrollbars",
    ]
    if browser.get("headless", True):
        arguments.append("--headless=new")
    if os.geteuid() == 0 or any(path.exists() for path in _CONTAINER_FILES):
        # Chromium's sandbox needs rights that root and containers do not give; /dev/shm is often too small there.
        arguments += ["--no-sandbox", "--disable-dev-shm-usage"]
    return arguments + browser.get("arguments", [])


def _emulation(mobile: MobileEmulation, binary: str) -> dict[str, object]:
    size = {"width": mobile.get("width"), "height": mobile.get("height")}
    known = {name: value for name, value in size.items() if value is not None}
    metrics = {**known, "pixelRatio": mobile.get("pixel_ratio", 1.0), "touch": True}
    agent = mobile.get("user_agent")
    if not agent:
        return {"deviceMetrics": metrics}
    if "$version" in agent:
        agent = agent.replace("$version", _version(binary))
    return {"deviceMetrics": metrics, "userAgent": agent}


def _version(binary: str) -> str:
    answer = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    found = re.search(r"\d+(\.\d+)+", answer)
    return found[0] if found else ""
