"""One rule of the egress policy as text: a network or a name, with ports or without.

========================  ==================================================
``10.1.0.0/16``           every port of a network
``192.0.2.7:5432``        one port of an address
``[fd00::/8]:8000-8100``  a range of ports; addresses of IPv6 in brackets
``db.example``            what is asked for by this name
``*.example``             what is asked for by a name below it
``*:25``                  one port everywhere
========================  ==================================================
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
"""An address without port."""

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

LAST_PORT = 65535

EVERYTHING = "*"

_NAME = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_PORTS = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")


@dataclass(frozen=True)
class Rule:
    """Addresses or names, and ports.

    Attributes:
        text: as it was written.
        network: the addresses; None for a rule by name.
        name: the name that is asked for, ``*.`` in front for all below it, ``*`` for everything; empty for a network.
        ports: first and last port; None for all.
    """

    text: str
    network: Network | None = None
    name: str = ""
    ports: tuple[int, int] | None = None

    def covers(self, name: str, address: Address, port: int) -> bool:
        """Tell whether a connection falls under the rule.

        Args:
            name: what was asked for, in the form of ``plain_name``.
            address: where the connection leads.
            port: its port.
        """
        if self.ports is not None and not self.ports[0] <= port <= self.ports[1]:
            return False
        if self.network is not None:
            return address.version == self.network.version and address in self.network
        if self.name.startswith("*."):
            return name.endswith(self.name[1:])
        return self.name in {EVERYTHING, name}


def plain_name(name: str) -> str:
    """Write a host name as rules compare it: small letters, no dot at the end."""
    return name.strip().lower().rstrip(".")


def read_rules(texts: Iterable[str]) -> tuple[Rule, ...]:
    """Read several rules; see ``read_rule``."""
    return tuple(read_rule(text) for text in texts)


def read_rule(text: str) -> Rule:
    """Read one rule of the table above.

    Raises:
        ValueError: says what was expected.
    """
    written = text.strip()
    host, ports = _parts(written)
    limits = _ports(ports) if ports else None
    if host == EVERYTHING:
        return Rule(written, name=EVERYTHING, ports=limits)
    try:
        return Rule(written, network=ipaddress.ip_network(host), ports=limits)
    except ValueError as error:
        name = plain_name(host)
        if _NAME.fullmatch(name):
            return Rule(written, name=name, ports=limits)
        raise ValueError(f"{text!r} is no network, address or host name: {error}") from error


def _parts(text: str) -> tuple[str, str]:
    """Separate host and ports; addresses of IPv6 without brackets have no ports."""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        if rest and not rest.startswith(":"):
            raise ValueError(f"{text!r}: expected nothing or a colon and a port after the bracket")
        return host, rest[1:]
    if text.count(":") > 1:
        return text, ""
    host, _, ports = text.partition(":")
    return host, ports


def _ports(text: str) -> tuple[int, int]:
    found = _PORTS.fullmatch(text)
    first = int(found[1]) if found else 0
    last = int(found[2] or found[1]) if found else 0
    if not 1 <= first <= last <= LAST_PORT:
        raise ValueError(f"{text!r} is no port and no range of ports such as 8000-8100")
    return first, last
