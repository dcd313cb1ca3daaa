"""From a resolved spec to the browser part of a plan.  Contract: runner B.2, H.2."""

from collections.abc import Mapping
from typing import Any

from cometa_catalog.discovery import FAMILIES, find_browser
from cometa_catalog.specs import LATEST
from cometa_core.errors import Invalid
from cometa_core.runtime import Runtime

DEFAULT_ZONE = "Etc/UTC"


def browser_plan(runtime: Runtime, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the browser that a runner opens on this machine.

    Args:
        runtime: runtime of the worker; the programs are looked up on its machine, once.
        spec: resolved spec of the result.

    Raises:
        Invalid: ``unknown_browser``, this machine has no such browser, another version of it, or no driver for it.
    """
    name = str(spec["browser"])
    family = next((found for found in FAMILIES if found.name == name), None)
    settings = runtime.settings
    browser = runtime.once(f"catalog.local.{name}", lambda: find_browser(settings, family)) if family else None
    if browser is None or browser.driver is None:
        raise refusal(f"The browser {name} or its driver is not installed on this machine.")
    asked = str(spec.get("browser_version") or LATEST)
    if asked not in {LATEST, browser.version}:
        raise refusal(f"This machine has {name} {browser.version}, not {asked}.")
    return {
        "kind": "local",
        "family": browser.family,
        "url": None,
        "capabilities": {},
        "binary": str(browser.binary),
        "driver": str(browser.driver),
        "timezone": spec.get("selectedTimeZone") or DEFAULT_ZONE,
        "session": None,
        "arguments": list(settings.words(f"cometa.browser.args.{browser.family}")),
        "headless": settings.flag("cometa.browser.headless"),
        "insecure_certs": settings.flag("cometa.browser.insecure_certs"),
        "mobile": mobile_of(spec),
    }


def refusal(reason: str) -> Invalid:
    """Say why this machine cannot open a browser, and what shows the remedy."""
    return Invalid(f"{reason} `cometa doctor` says what is installed and what is missing.", code="unknown_browser")


def mobile_of(spec: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the device that a spec imitates."""
    if not spec.get("mobile_emulation"):
        return None
    return {
        "width": spec.get("mobile_width"),
        "height": spec.get("mobile_height"),
        "pixel_ratio": spec.get("mobile_pixel_ratio") or 1.0,
        "user_agent": spec.get("mobile_user_agent"),
    }
