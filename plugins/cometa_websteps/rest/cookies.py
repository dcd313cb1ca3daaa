"""The cookies that the browser would send to an address.

Contract: steps.json (Let requests carry the browser cookies), X-087.
"""

import urllib.parse
from collections.abc import Iterable, Mapping
from typing import Any

from cometa_runner.steps import StepContext


def browser_cookies(context: StepContext, url: str) -> str:
    """Give the cookies for an address as the value of a header field; empty when there are none.

    Chromium tells the cookies of any address; other browsers only those of the document that is open, and the step is
    warned when that is another host's.
    """
    command = getattr(context.driver, "execute_cdp_cmd", None)
    if command is not None:
        found = command("Network.getCookies", {"urls": [url]})["cookies"]
        return joined(found)
    if urllib.parse.urlsplit(context.driver.current_url).hostname != urllib.parse.urlsplit(url).hostname:
        context.warn("This browser tells cookies only of the page that is open, and that is one of another host.")
    return joined(cookie for cookie in context.driver.get_cookies() if is_for(cookie, url))


def joined(cookies: Iterable[Mapping[str, Any]]) -> str:
    """Write cookies as the value of a header field."""
    return "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies)


def is_for(cookie: Mapping[str, Any], url: str) -> bool:
    """Tell whether a cookie goes to an address: its domain, its path, and encrypted connections where it asks for them.

    Args:
        cookie: as WebDriver gives it.
        url: absolute address.
    """
    address = urllib.parse.urlsplit(url)
    host, domain = address.hostname or "", str(cookie.get("domain", "")).lower()
    of_host = host == domain.lstrip(".") or (domain.startswith(".") and host.endswith(domain))
    path = str(cookie.get("path") or "/")
    below = (address.path or "/") == path or (address.path or "/").startswith(path.rstrip("/") + "/")
    return of_host and below and (address.scheme == "https" or not cookie.get("secure"))
