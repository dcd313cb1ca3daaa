"""Requests that another site makes a browser send.  Contract: rest-api A1.7, A2.3, R-025, R-026, R-041.

A browser adds the cookie of a session by itself, so a request with nothing else must show that one of our own pages
sent it.  Keys, tokens and trusted proxies are not concerned.
"""

import hmac
from typing import Any
from urllib.parse import urlsplit

from cometa_core.contracts.identity import Identity
from cometa_core.errors import Forbidden

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SESSION = "session"
"""``Identity.way`` of those whom only a cookie identifies."""

CSRF_ATTRIBUTE = "csrf_token"
"""Attribute of such an identity: the value that our pages read from a cookie and send as a header."""

DEFAULT_PORTS = {"http": 80, "https": 443}
CSRF_HEADERS = ("X-CSRF-Token", "X-XSRF-TOKEN")


def refuse_foreign_pages(request: Any, identity: Identity) -> None:
    """Refuse a request with effect that does not show that one of our pages sent it.

    Raises:
        Forbidden: ``csrf_failed``, for GETs ``unsafe_get``.
    """
    if identity.way != SESSION or not request.changes_something:
        return
    if request.method in SAFE_METHODS:
        if not has_own_header(request, identity):
            raise Forbidden(
                "This GET changes something. With a session send X-Requested-With or X-CSRF-Token, or use POST.",
                code="unsafe_get",
            )
        return
    origin = request.headers.get("Origin")
    if not (has_own_header(request, identity) if origin is None else is_own_origin(request, origin)):
        raise Forbidden(
            "With a session this needs the Origin of this server, X-Requested-With or X-CSRF-Token.",
            code="csrf_failed",
        )


def has_own_header(request: Any, identity: Identity) -> bool:
    """Tell whether a request has a header that other sites cannot make a browser send."""
    if request.headers.get("X-Requested-With"):
        return True
    expected = str(identity.attributes.get(CSRF_ATTRIBUTE, ""))
    sent = [request.headers.get(name, "") for name in CSRF_HEADERS]
    return bool(expected) and any(hmac.compare_digest(value.encode(), expected.encode()) for value in sent)


def is_own_origin(request: Any, origin: str) -> bool:
    """Tell whether an origin is this server or listed in ``cometa.cors_origins``.

    The scheme of this server is not compared: behind a proxy that ends TLS it is not known here.
    """
    if origin in request.registry["cometa.runtime"].settings.words("cometa.cors_origins"):
        return True
    try:
        theirs, ours = urlsplit(origin), urlsplit(f"//{request.host}")
        own_ports = {ours.port} if ours.port else set(DEFAULT_PORTS.values())
        same_port = (theirs.port or DEFAULT_PORTS.get(theirs.scheme)) in own_ports
    except ValueError:
        return False
    return bool(theirs.hostname) and theirs.hostname == ours.hostname and same_port
