"""How many requests one caller may make: ``cometa.rate_limit``."""

import hashlib
from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from pyramid.response import Response

from cometa_core.security.rate_limits import rate_limits, too_many
from cometa_core.web.request import Request

UNLIMITED = frozenset({"/health/", "/ready/", "/metrics/"})
"""Paths that machines ask all the time to see how the server is."""

TWEENS_BELOW = (
    "pyramid_retry.retry_tween_factory",
    "pyramid_tm.tm_tween_factory",
    "pyramid.tweens.excview_tween_factory",
)

Handler = Callable[[Request], Response]


def includeme(config: Configurator) -> None:
    """Count before anything else is done for a request."""
    config.add_tween("cometa_core.web.limiting.count_requests", over=TWEENS_BELOW)


def count_requests(handler: Handler, registry: Any) -> Handler:
    """Make the tween; without a limit there is nothing around the handler."""
    limit = registry.settings.get("cometa.rate_limit")
    if not limit:
        return handler
    counters = rate_limits(registry["cometa.runtime"])

    def tween(request: Request) -> Response:
        seconds = 0 if request.environ["PATH_INFO"] in UNLIMITED else counters.hit(caller_of(request), limit)
        if seconds:
            return registry["cometa.dialect"].error(request, too_many(seconds))
        return handler(request)

    return tween


def caller_of(request: Request) -> str:
    """Name whose requests are counted together: those with one key, else those from one address.

    Credentials that were not checked yet are as good as any name: wrong ones are limited by themselves.
    """
    credentials = request.headers.get("Authorization", "")
    if credentials:
        return f"requests:{hashlib.sha256(credentials.encode()).hexdigest()[:16]}"
    return f"requests:{request.remote_addr}"
