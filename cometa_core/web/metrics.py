"""Figures for Prometheus.  Contract: rest-api A6.18, R-190."""

import ipaddress
import time
from collections.abc import Callable, Iterable
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram, generate_latest
from pyramid.config import Configurator
from pyramid.response import Response

from cometa_core.errors import Forbidden, NotFound, Unauthenticated
from cometa_core.runtime import Runtime
from cometa_core.security.permission import PUBLIC
from cometa_core.web.request import Request
from cometa_core.web.service import Service

LOOPBACK = "loopback"
PANEL = "view_admin_panel"
UNROUTED = "none"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
MEDIA_TYPE = CONTENT_TYPE_LATEST.partition(";")[0]

Handler = Callable[[Request], Response]

metrics = Service("metrics", "/metrics/", description="Figures for Prometheus.", tag="Operation")


class Measures:
    """The figures of one application; two applications of one process share none."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "cometa_request_seconds",
            "Time that requests took.",
            ("route", "method", "status"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.amounts = Gauge("cometa_amount", "How many there are now.", ("of",), registry=self.registry)


def includeme(config: Configurator) -> None:
    """Measure around everything that is done for a request."""
    config.registry["cometa.measures"] = Measures()
    config.add_tween("cometa_core.web.metrics.measure_requests", under="cometa_core.web.tweens.around_requests")


def measure_requests(handler: Handler, registry: Any) -> Handler:
    """Make the tween; while figures are off there is nothing around the handler."""
    if not registry.settings.get("cometa.metrics"):
        return handler
    measures: Measures = registry["cometa.measures"]

    def tween(request: Request) -> Response:
        begun = time.perf_counter()
        response = handler(request)
        # The pattern, not the path: every id would be a series of its own.
        route = request.matched_route.pattern if request.matched_route is not None else UNROUTED
        measures.requests.labels(route, request.method, response.status_int).observe(time.perf_counter() - begun)
        return response

    return tween


@metrics.get(permission=PUBLIC, media_type=MEDIA_TYPE)
def read_metrics(request: Request) -> Response:
    """Give the figures of this process, and how many runs wait and work in the whole installation."""
    registry = request.registry
    if not registry.settings.get("cometa.metrics"):
        raise NotFound("This server offers no metrics. Set cometa.metrics = true.")
    require_reader(request, registry.settings["cometa.metrics_from"])
    measures: Measures = registry["cometa.measures"]
    for name, amount in amounts_of(registry["cometa.runtime"]):
        measures.amounts.labels(name).set(amount)
    return Response(body=generate_latest(measures.registry), headerlist=[("Content-Type", CONTENT_TYPE_LATEST)])


def amounts_of(runtime: Runtime) -> Iterable[tuple[str, int]]:
    """Ask all plugins how many of their things there are now."""
    with runtime.reading() as session:
        for _, amount in runtime.plugins.dispatch.collect("cometa_metrics").values():
            yield from amount.measure(session).items()


def require_reader(request: Request, readers: Iterable[str]) -> None:
    """Let listed addresses read without identity, others with the flag of the admin panel.

    Raises:
        Unauthenticated: another address, and nobody is calling.
        Forbidden: the caller lacks the flag.
    """
    if any(is_from(request.remote_addr or "", reader) for reader in readers):
        return
    if request.identity is None:
        raise Unauthenticated("The metrics of this server need an identity from this address.")
    if not request.identity.may(PANEL):
        raise Forbidden(f"You do not have the permission {PANEL}.")


def is_from(address: str, reader: str) -> bool:
    """Tell whether an address is one that a setting names: an address, a network or ``loopback``."""
    try:
        found = ipaddress.ip_address(address)
        return found.is_loopback if reader == LOOPBACK else found in ipaddress.ip_network(reader)
    except ValueError:
        return False
