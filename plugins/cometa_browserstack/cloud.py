"""BrowserStack as a cloud.  Contract: runner H.1, H.2 (column BrowserStack), H.5."""

from collections.abc import Mapping, Sequence
from typing import Any

import urllib3

from cometa_browserstack.services import CONNECT_SECONDS, cloud_browsers, credentials_of
from cometa_core.contracts.clouds import CloudAccount, SessionEnd, SessionOrder
from cometa_core.errors import Unavailable
from cometa_core.runtime import Runtime

STATUS_SECONDS = 5.0
LONGEST_TEXT = 250
BROWSER_NAMES = {"edge": "MicrosoftEdge"}
"""Names in specs -> names in WebDriver, where they differ."""


class BrowserStackCloud:
    """The browsers and devices of BrowserStack."""

    name = "browserstack"
    discovered = False
    announces_end = True

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def list(self) -> Sequence[Mapping[str, Any]]:
        """Return what the account can use; kept for an hour.

        Raises:
            Unavailable: ``browserstack_unavailable``.
        """
        return [browser.model_dump(exclude_none=True) for browser in cloud_browsers(self._runtime)]

    def resolve(self, spec: Mapping[str, Any]) -> str:
        """Refuse imitated devices, since there are real ones, and everything while there are no credentials."""
        if spec.get("mobile_emulation"):
            return "BrowserStack does not imitate devices (mobile_emulation); choose one of its real devices"
        if credentials_of(self._runtime) is None:
            return "BrowserStack needs cometa.browserstack.username and cometa.browserstack.access_key"
        return ""

    def capabilities(self, order: SessionOrder) -> Mapping[str, Any]:
        """Describe the session; the credentials travel in a header and are no part of it."""
        spec = order.spec
        device = spec.get("device")
        options: dict[str, Any] = {
            "os": spec["os"],
            "osVersion": spec.get("os_version"),
            "deviceName": device,
            "realMobile": bool(spec.get("real_mobile")) if device else None,
            "timezone": city_of(spec.get("selectedTimeZone")),
            "projectName": order.department_name[:LONGEST_TEXT],
            "buildName": f"{order.feature_name[:LONGEST_TEXT]} #{order.run_id}",
            "sessionName": f"{order.feature_name[:LONGEST_TEXT]} #{order.result_id}",
            "video": order.video,
            "networkLogs": order.network_log,
            "consoleLogs": "errors",
            "local": self._runtime.settings.flag("cometa.browserstack.local") or None,
        }
        asked: dict[str, Any] = {
            "browserName": BROWSER_NAMES.get(spec["browser"], spec["browser"]),
            "bstack:options": {name: value for name, value in options.items() if value is not None},
        }
        version = str(spec.get("browser_version") or "latest")
        return asked if device else {**asked, "browserVersion": version}

    def options(self, order: SessionOrder) -> Mapping[str, Any]:
        """Let the vendor decide about everything else."""
        del order
        return {"vendor": True}

    def account(self) -> CloudAccount:
        """Return the hub and the credentials of the settings."""
        username, key = credentials_of(self._runtime) or ("", "")
        return CloudAccount(self._runtime.settings.text("cometa.browserstack.hub_url").rstrip("/"), username, key)

    def after_session(self, end: SessionEnd) -> None:
        """Mark the session passed or failed and name it.  Contract: X-128.

        Raises:
            Unavailable: ``browserstack_unavailable``, BrowserStack did not take it.
        """
        account = self.account()
        address = self._runtime.settings.text("cometa.browserstack.api_url").rstrip("/")
        body = {
            "status": "passed" if end.passed else "failed",
            "reason": end.error[:LONGEST_TEXT],
            "name": end.name[:LONGEST_TEXT],
        }
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=STATUS_SECONDS)
        headers = urllib3.make_headers(basic_auth=f"{account.username}:{account.password}")
        try:
            with urllib3.PoolManager(timeout=timeout, retries=False) as pool:
                answer = pool.request("PUT", f"{address}/sessions/{end.session_id}.json", json=body, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise _not_taken(type(error).__name__) from error
        if answer.status != 200:
            raise _not_taken(f"status {answer.status}")


def city_of(zone: object) -> str | None:
    """Return the vendor's name of an IANA time zone: its last part, with blanks."""
    return str(zone).rpartition("/")[2].replace("_", " ") if zone else None


def _not_taken(found: str) -> Unavailable:
    return Unavailable(
        f"BrowserStack did not take the status of the session ({found}).", code="browserstack_unavailable"
    )
