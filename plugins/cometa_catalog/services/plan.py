"""From a resolved spec to the browser part of a plan.  Contract: runner B.2, H.2."""

from collections.abc import Mapping
from typing import Any

from cometa_catalog.discovery import FAMILIES, LocalBrowser, find_browser
from cometa_catalog.grid import LOCAL
from cometa_catalog.proxies import proxy_of
from cometa_catalog.services.clouds import clouds_of, remote_plan
from cometa_catalog.specs import LATEST, completed
from cometa_core.contracts.clouds import SessionOrder
from cometa_core.errors import Invalid
from cometa_core.runtime import Runtime

DEFAULT_ZONE = "Etc/UTC"


def browser_plan(runtime: Runtime, order: SessionOrder) -> dict[str, Any]:
    """Describe the browser that a runner opens: one of this machine, or a session of a cloud.

    A browser of the cloud ``local`` that this machine has not is opened on the Grid of ``cometa.grid.url``.

    Args:
        runtime: runtime of the worker; the programs are looked up on its machine, once.
        order: resolved spec of the result, and what the session is for.

    Raises:
        Invalid: ``unknown_browser``, neither this machine nor a cloud has the browser in this version.
    """
    spec = completed(order.spec)
    cloud = clouds_of(runtime).get(spec["cloud"])
    if spec["cloud"] != LOCAL:
        if cloud is None:
            raise refusal(f"No plugin of this server offers the cloud {spec['cloud']}.")
        return _timed(spec, remote_plan(cloud, order), runtime)
    try:
        browser = installed(runtime, spec)
    except Invalid:
        if cloud is None:
            raise
        return _timed(spec, remote_plan(cloud, order), runtime)
    return _timed(spec, local_plan(runtime, browser), runtime)


def installed(runtime: Runtime, spec: Mapping[str, Any]) -> LocalBrowser:
    """Return the browser of this machine that a spec means.

    Raises:
        Invalid: ``unknown_browser``, this machine has no such browser, another version of it, or no driver for it.
    """
    name = str(spec["browser"])
    family = next((found for found in FAMILIES if found.name == name), None)
    settings = runtime.settings
    if not settings.flag("cometa.browser.local"):
        raise refusal("The browsers of this machine are not used (cometa.browser.local).")
    browser = runtime.once(f"catalog.local.{name}", lambda: find_browser(settings, family)) if family else None
    if browser is None or browser.driver is None:
        raise refusal(f"The browser {name} or its driver is not installed on this machine.")
    asked = str(spec.get("browser_version") or LATEST)
    if asked not in {LATEST, browser.version}:
        raise refusal(f"This machine has {name} {browser.version}, not {asked}.")
    return browser


def local_plan(runtime: Runtime, browser: LocalBrowser) -> dict[str, Any]:
    """Describe a browser of this machine."""
    settings = runtime.settings
    proxy = proxy_of(settings.text("cometa.browser.proxy"))
    return {
        "kind": "local",
        "family": browser.family,
        "url": None,
        "capabilities": {"proxy": proxy} if proxy else {},
        "binary": str(browser.binary),
        "driver": str(browser.driver),
        "session": None,
        "arguments": list(settings.words(f"cometa.browser.args.{browser.family}")),
        "headless": settings.flag("cometa.browser.headless"),
    }


def _timed(spec: Mapping[str, Any], plan: dict[str, Any], runtime: Runtime) -> dict[str, Any]:
    """Add what browsers of all places have: time zone, device and how strict they are."""
    return {
        **plan,
        "timezone": spec.get("selectedTimeZone") or DEFAULT_ZONE,
        "insecure_certs": runtime.settings.flag("cometa.browser.insecure_certs"),
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
