"""The egress policy of an installation: its settings, and the addresses of the platform itself.

Contract: runner B.1, X-054.
"""

import ipaddress
import logging
import urllib.parse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import psutil
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from cometa_core.runtime import Runtime
from cometa_core.settings import CHOSEN, as_words
from cometa_runner.egress import Denied, EgressPolicy, TimeLimit, Unreachable, permitted, read_rule, read_rules
from cometa_runner.egress.rules import Address, Rule
from cometa_runner.protocol import Egress

LOOKUP_SECONDS = 2.0
"""Longest time that looking up all names of the policy may take; what is late is denied by its name alone."""

ALLOW_KEY = f"cometa.egress.allow.{CHOSEN}"
"""Exceptions of a department; the chosen word is its id, since names can be changed by those whom the rule binds."""

_PORTS = {"postgresql": 5432, "redis": 6379, "rediss": 6379}
_EVERYTHING_OF_THIS_MACHINE = ("127.0.0.0/8", "::1/128")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Endpoint:
    """Where a part of the platform listens.

    Attributes:
        host: name or address.
        port: its port.
    """

    host: str
    port: int


def as_rules(text: str) -> tuple[str, ...]:
    """Read rules of the egress policy, separated by line ends, blanks or commas.

    Raises:
        ValueError: one of them cannot be read.
    """
    words = as_words(text)
    read_rules(words)
    return words


def egress_policy(runtime: Runtime, department_id: int) -> EgressPolicy:
    """Give the policy for connections that the worker opens for a department, for instance for its webhooks."""
    return EgressPolicy.of(egress_of(runtime, department_id))


def egress_of(runtime: Runtime, department_id: int) -> Egress:
    """Give the policy of a department in the form of a plan.

    Names in ``cometa.egress.deny`` and in the URLs of the platform are looked up now, so that the policy also holds
    for those who know the address.
    """
    settings = runtime.settings
    limit = TimeLimit(LOOKUP_SECONDS)
    allow = [*settings.words("cometa.egress.allow")]
    if str(department_id) in settings.chosen(ALLOW_KEY):
        allow += settings.words(ALLOW_KEY.replace(CHOSEN, str(department_id)))
    denied = [read_rule(text) for text in settings.words("cometa.egress.deny")]
    return {
        "deny": [text for rule in denied for text in _with_addresses(rule, limit)],
        "own": sorted({text for endpoint in own_endpoints(runtime) for text in own_rules(endpoint, limit)}),
        "allow": allow,
    }


def own_endpoints(runtime: Runtime) -> Iterator[Endpoint]:
    """Tell where database, queue and API of this installation listen; files and Unix sockets listen nowhere."""
    settings = runtime.settings
    yield from _of_database(runtime.locations.database_url)
    for url in (runtime.locations.queue_url, settings.text("cometa.rate_limits_url")):
        yield from _of_url(url)
    if settings.integer("cometa.port"):
        yield Endpoint(settings.text("cometa.host"), settings.integer("cometa.port"))


def own_rules(endpoint: Endpoint, limit: TimeLimit) -> Iterator[str]:
    """Give the rules that deny an endpoint by its name and by every address that leads to it.

    What listens on this machine is reached by all its addresses.
    """
    found = _addresses(endpoint.host, limit)
    machine = _machine_addresses()
    if any(address.is_loopback or address.is_unspecified or address in machine for address in found):
        yield from (_rule(network, endpoint.port) for network in _EVERYTHING_OF_THIS_MACHINE)
        found = [*found, *machine]
    yield from (_rule(str(address), endpoint.port) for address in found)
    try:
        yield read_rule(_rule(endpoint.host.strip("[]"), endpoint.port)).text
    except ValueError:
        # A form of an address that rules do not know; the addresses above say the same.
        return


def _with_addresses(rule: Rule, limit: TimeLimit) -> Iterator[str]:
    yield rule.text
    if rule.name and not rule.name.startswith("*"):
        ports = "-".join(str(port) for port in rule.ports or ())
        yield from (_rule(str(address), ports) for address in _addresses(rule.name, limit))


def _of_database(url: str) -> Iterator[Endpoint]:
    try:
        parsed = make_url(url)
    except ArgumentError:
        return
    default = _PORTS.get(parsed.get_backend_name())
    if default is None:
        return
    # A database with several servers has them in the query, each as host or host:port.
    several = parsed.query.get("host", ())
    hosts = [several] if isinstance(several, str) else list(several)
    for entry in [parsed.host or "", *(part for host in hosts for part in host.split(","))]:
        if entry and not entry.startswith("/"):
            host, _, port = entry.rpartition(":") if entry.count(":") == 1 else (entry, "", "")
            yield Endpoint(host, int(port) if port.isdigit() else parsed.port or default)


def _of_url(url: str) -> Iterator[Endpoint]:
    scheme = url.partition(":")[0].partition("+")[0]
    if scheme == "postgresql":
        yield from _of_database(url)
    elif scheme in _PORTS:
        parsed = urllib.parse.urlsplit(url)
        yield Endpoint(parsed.hostname or "localhost", parsed.port or _PORTS[scheme])


def _addresses(host: str, limit: TimeLimit) -> list[Address]:
    try:
        places = permitted(EgressPolicy(deny=()), host.strip("[]"), 0, limit)
    except (Denied, Unreachable, TimeoutError) as error:
        logger.warning("The egress policy knows %s by its name alone: %s", host, error)
        return []
    return list(dict.fromkeys(place.address for place in places))


def _machine_addresses() -> list[Address]:
    """Give the addresses of the network interfaces of this machine."""
    texts = (entry.address for entries in psutil.net_if_addrs().values() for entry in entries)
    return list(dict.fromkeys(_parsed(texts)))


def _parsed(texts: Iterable[str]) -> Iterator[Address]:
    for text in texts:
        try:
            yield ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            # Interfaces have hardware addresses too.
            continue


def _rule(host: str, ports: int | str) -> str:
    shown = f"[{host.partition('%')[0]}]" if ":" in host else host
    return f"{shown}:{ports}" if ports else shown
