"""What ``cometa doctor`` says about browsers."""

from cometa_catalog.discovery import FAMILIES, find_browser, find_driver, version_of
from cometa_core.contracts.health import Finding, HealthCheck
from cometa_core.runtime import Runtime

CHROME = FAMILIES[0]
INSTALL = "Install the Debian packages chromium and chromium-driver"


def check_browser(runtime: Runtime) -> Finding:
    """Look for a local Chromium."""
    found = find_browser(runtime.settings, CHROME)
    if found is None:
        remedy = f"{INSTALL}, or set cometa.browser.chromium to the path of the browser."
        return Finding(ok=False, text="no Chromium was found", remedy=remedy)
    return Finding(ok=True, text=f"Chromium {found.version} at {found.binary}")


def check_driver(runtime: Runtime) -> Finding:
    """Look for a driver whose version fits the browser."""
    browser, driver = find_browser(runtime.settings, CHROME), find_driver(runtime.settings, CHROME)
    if driver is None:
        remedy = f"{INSTALL}, or set cometa.browser.chromedriver to the path of the driver."
        return Finding(ok=False, text="no chromedriver was found", remedy=remedy)
    version = version_of(driver)
    fits = browser is None or version.split(".")[0] == browser.version.split(".")[0]
    text = f"chromedriver {version or 'of unknown version'} at {driver}"
    return Finding(ok=fits, text=text, remedy="Install browser and driver of the same version.")


CHECKS = (HealthCheck("browser", check_browser), HealthCheck("driver", check_driver))
