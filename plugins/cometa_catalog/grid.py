"""Selenium Grid 4 as a cloud.  Contract: runner H.1, H.2 (column Grid), H.4."""

from collections.abc import Mapping, Sequence
from typing import Any

import urllib3

from cometa_catalog.proxies import proxy_of
from cometa_catalog.specs import completed
from cometa_core.contracts.clouds import CloudAccount, SessionEnd, SessionOrder
from cometa_core.errors import Unavailable
from cometa_core.runtime import Runtime

LOCAL = "local"
STATUS_SECONDS = 5.0
BROWSER_NAMES = {"edge": "MicrosoftEdge", "chromium": "chrome"}
"""Names in specs -> names in WebDriver, where they differ."""

FAMILIES = {"microsoftedge": "edge"}
NO_VERSION = "Selenium"
USUAL_PLATFORMS = {"linux", "any", ""}
LONGEST_NAME = 200


class GridCloud:
    """The Grid at one address.

    ``cometa.grid.url`` is the cloud ``local`` of machines without the browser; ``cometa.cloud.<id>.url`` is the cloud
    of that name.
    """

    announces_end = False
    discovered = True

    def __init__(self, runtime: Runtime, name: str) -> None:
        self.name = name
        self._settings = runtime.settings
        self._prefix = "cometa.grid" if name == LOCAL else f"cometa.cloud.{name}"

    def list(self) -> Sequence[Mapping[str, Any]]:
        """Ask the status endpoint for the browsers of all nodes that are up.

        Raises:
            Unavailable: ``grid_unavailable``, it does not answer, or not as a Grid does.
        """
        account = self.account()
        headers = urllib3.make_headers(basic_auth=f"{account.username}:{account.password}") if account.username else {}
        try:
            with urllib3.PoolManager(timeout=STATUS_SECONDS, retries=False) as pool:
                answer = pool.request("GET", f"{account.url}/status", headers=headers)
                nodes = answer.json()["value"]["nodes"]
                stereotypes = [
                    slot["stereotype"] for node in nodes if node["availability"] == "UP" for slot in node["slots"]
                ]
                found = [self._spec(stereotype) for stereotype in stereotypes]
        except (urllib3.exceptions.HTTPError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            reason = f"The Grid of the cloud {self.name} does not tell its browsers ({type(error).__name__})."
            raise Unavailable(f"{reason} Check {self._prefix}.url.", code="grid_unavailable") from error
        return list({str(spec): spec for spec in found}.values())

    def resolve(self, spec: Mapping[str, Any]) -> str:
        """Refuse to imitate a device where the browser is no Chromium."""
        return no_device(spec)

    def capabilities(self, order: SessionOrder) -> Mapping[str, Any]:
        """Describe the session; ``se:`` marks what only a Grid understands."""
        spec = completed(order.spec)
        version = str(spec["browser_version"])
        asked: dict[str, Any] = {
            "browserName": BROWSER_NAMES.get(spec["browser"], spec["browser"]),
            "se:downloadsEnabled": True,
            "se:name": session_name(order),
        }
        if version != "latest":
            asked["browserVersion"] = version
        if spec["os"] != "Generic":
            system = str(spec.get("os_version") or NO_VERSION)
            asked["platformName"] = spec["os"] if system == NO_VERSION else f"{spec['os']} {system}"
        if spec.get("selectedTimeZone"):
            asked["se:timeZone"] = spec["selectedTimeZone"]
        if order.video:
            asked["se:recordVideo"] = True
        proxy = proxy_of(self._settings.text(f"{self._prefix}.proxy") or self._settings.text("cometa.browser.proxy"))
        return {**asked, "proxy": proxy} if proxy else asked

    def options(self, order: SessionOrder) -> Mapping[str, Any]:
        """Add the arguments of the family; a Grid has a screen, so that its browsers show their windows."""
        family = completed(order.spec)["browser"]
        arguments = {"chromium": "chrome"}.get(family, family)
        known = arguments in {"chrome", "firefox", "edge"}
        return {
            "arguments": list(self._settings.words(f"cometa.browser.args.{arguments}")) if known else [],
            "headless": self._settings.flag("cometa.grid.headless"),
        }

    def account(self) -> CloudAccount:
        """Return address and account from the settings."""
        url, username, password = (
            self._settings.text(f"{self._prefix}.{part}") for part in ("url", "username", "password")
        )
        return CloudAccount(url.rstrip("/"), username, password)

    def after_session(self, end: SessionEnd) -> None:
        """Do nothing: a Grid keeps no record of sessions."""

    def _spec(self, stereotype: Mapping[str, Any]) -> dict[str, Any]:
        name = str(stereotype["browserName"]).lower()
        platform, _, version = str(stereotype.get("platformName") or "").partition(" ")
        usual = platform.lower() in USUAL_PLATFORMS
        return {
            "browser": FAMILIES.get(name, name),
            "browser_version": str(stereotype.get("browserVersion") or "latest"),
            "os": "Generic" if usual else platform.capitalize(),
            "os_version": NO_VERSION if usual or not version else version,
            "device": None,
            "real_mobile": False,
            "cloud": self.name,
        }


def grids(runtime: Runtime) -> list[GridCloud]:
    """Return the Grids that are configured."""
    settings = runtime.settings
    named = [GridCloud(runtime, name) for name in settings.chosen("cometa.cloud.<id>.url")]
    return [*([GridCloud(runtime, LOCAL)] if settings.text("cometa.grid.url") else []), *named]


def no_device(spec: Mapping[str, Any]) -> str:
    """Return why a spec cannot imitate a device; empty when it can or does not want to."""
    family = completed(spec)["browser"]
    if not spec.get("mobile_emulation") or family in {"chrome", "chromium", "edge"}:
        return ""
    return f"{family} cannot imitate a device (mobile_emulation); chrome can"


def session_name(order: SessionOrder) -> str:
    """Name a session by feature and result, for people who look at the hub."""
    return f"{order.feature_name[:LONGEST_NAME]} #{order.result_id}"
