"""Finding the browsers of this machine with their drivers.  Contract: runner H.4, H.2 (never downloaded)."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cometa_core.settings import Settings

VERSION_LIMIT_S = 20
VERSION = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True)
class Family:
    """A browser family and where its programs usually are.

    Attributes:
        name: name in specs.
        binary_setting: setting that names the browser.
        driver_setting: setting that names the driver.
        binaries: names of the browser's program.
        drivers: names of the driver's program.
    """

    name: str
    binary_setting: str
    driver_setting: str
    binaries: tuple[str, ...]
    drivers: tuple[str, ...]


FAMILIES = (
    Family(
        "chrome",
        "cometa.browser.chromium",
        "cometa.browser.chromedriver",
        ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"),
        ("chromedriver",),
    ),
    Family(
        "firefox",
        "cometa.browser.firefox",
        "cometa.browser.geckodriver",
        ("firefox", "firefox-esr"),
        ("geckodriver",),
    ),
)
USUAL_FOLDERS = ("/usr/bin", "/usr/local/bin", "/usr/lib/chromium", "/snap/bin", "/opt/google/chrome")


@dataclass(frozen=True)
class LocalBrowser:
    """A browser that was found, with its driver where there is one."""

    family: str
    binary: Path
    version: str
    driver: Path | None


def find_program(configured: Path | None, names: tuple[str, ...]) -> Path | None:
    """Find a program: the configured path alone when there is one, else the search path, else the usual folders."""
    if configured is not None:
        return configured if configured.is_file() else None
    search = ":".join(USUAL_FOLDERS)
    for name in names:
        found = shutil.which(name) or shutil.which(name, path=search)
        if found is not None:
            return Path(found)
    return None


def version_of(program: Path) -> str:
    """Ask a program for its version; empty when it does not answer in time."""
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=VERSION_LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = VERSION.search(answer.stdout)
    return found[0] if found else ""


class SilentBrowserError(Exception):
    """A browser is installed and does not say its version: nothing is known about it now."""


def find_browser(settings: Settings, family: Family) -> LocalBrowser | None:
    """Find the browser of one family; None when it is not installed or does not answer."""
    try:
        return ask_browser(settings, family)
    except SilentBrowserError:
        return None


def ask_browser(settings: Settings, family: Family) -> LocalBrowser | None:
    """Find the browser of one family; None when it is not installed.

    Raises:
        SilentBrowserError: it is installed and does not say its version.
    """
    binary = find_program(settings.path(family.binary_setting), family.binaries)
    if binary is None:
        return None
    version = version_of(binary)
    if not version:
        raise SilentBrowserError(f"{binary} does not say its version within {VERSION_LIMIT_S} s.")
    return LocalBrowser(family.name, binary, version, find_driver(settings, family))


def find_driver(settings: Settings, family: Family) -> Path | None:
    """Find the driver of one family."""
    return find_program(settings.path(family.driver_setting), family.drivers)
