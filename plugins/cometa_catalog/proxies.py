"""The proxy of browsers as a capability of the standard.  Contract: runner H.2, row proxy setting."""

from typing import Any
from urllib.parse import urlsplit

NOT_PROXIED = ("localhost", "127.0.0.1", "[::1]")


def as_proxy(text: str) -> str:
    """Read the setting of a proxy.

    Raises:
        ValueError: it is neither ``host:port`` nor an address with ``http``, ``socks5`` or ``pac+http(s)``, or it has
            credentials, which no browser takes from there.
    """
    proxy_of(text.strip())
    return text.strip()


def proxy_of(text: str) -> dict[str, Any] | None:
    """Turn the setting into the capability; None when no proxy is set.

    Args:
        text: ``host:port``, ``http://host:port``, ``socks5://host:port``, or ``pac+http://host/proxy.pac``.

    Raises:
        ValueError: as ``as_proxy``.
    """
    if not text:
        return None
    if text.startswith(("pac+http://", "pac+https://")):
        return {"proxyType": "pac", "proxyAutoconfigUrl": text.removeprefix("pac+")}
    parts = urlsplit(text if "://" in text else f"http://{text}")
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in {"http", "socks5"} or not parts.hostname or port is None or parts.username:
        raise ValueError("expected host:port, socks5://host:port or pac+http://host/file, without credentials")
    place = f"{parts.hostname}:{port}"
    if parts.scheme == "socks5":
        return {"proxyType": "manual", "socksProxy": place, "socksVersion": 5}
    return {"proxyType": "manual", "httpProxy": place, "sslProxy": place, "noProxy": list(NOT_PROXIED)}
