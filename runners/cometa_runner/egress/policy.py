"""The decision whether a connection may be made.

Contract: runner B.1, X-054.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from cometa_runner.egress.rules import Address, Rule, plain_name, read_rules
from cometa_runner.protocol import Egress

DEFAULT_DENY = (
    # Link-local networks; the metadata service of most clouds is in the first one.
    "169.254.0.0/16",
    "fe80::/10",
    # Metadata and control addresses of clouds outside of them.
    "fd00:ec2::254",
    "fd20:ce::254",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
)
"""What is denied when a plan says nothing; default of ``cometa.egress.deny``."""

_LOOPBACKS = (ipaddress.IPv4Address("127.0.0.1"), ipaddress.IPv6Address("::1"))
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_LOW_32_BITS = 0xFFFFFFFF


class Denied(Exception):
    """The policy does not allow a connection.

    Attributes:
        target: what was asked for: name, port and the address it leads to.
        reason: which rule denies it, for people.
    """

    def __init__(self, target: str, reason: str) -> None:
        super().__init__(f"{target} is denied by {reason}")
        self.target = target
        self.reason = reason


@dataclass(frozen=True)
class EgressPolicy:
    """Where connections may lead.

    A connection is denied when a rule of ``deny`` covers it and none of ``allow`` does.  The addresses of the platform
    itself (``own``) are opened only by a rule of ``allow`` that names ports: a wide rule for a network must not hand
    out the database that happens to be in it.

    Attributes:
        deny: rules for everybody.
        own: database, queue and API of the platform.
        allow: exceptions for one department.
    """

    deny: tuple[Rule, ...] = read_rules(DEFAULT_DENY)
    own: tuple[Rule, ...] = ()
    allow: tuple[Rule, ...] = ()

    @classmethod
    def of(cls, message: Egress | None) -> "EgressPolicy":
        """Take the policy out of a plan; a plan without one has the defaults.

        Raises:
            ValueError: a rule cannot be read.
        """
        known = message or Egress()
        return cls(
            read_rules(known.get("deny", DEFAULT_DENY)),
            read_rules(known.get("own", ())),
            read_rules(known.get("allow", ())),
        )

    def denial(self, host: str, address: Address, port: int) -> str | None:
        """Say which rule denies a connection; None when it may be made.

        Args:
            host: name or address that was asked for.
            address: where the connection leads; everything that a form of IPv6 stands for is looked at too.
            port: its port.
        """
        name = plain_name(host)
        for face in faces(address):
            allowing = [rule for rule in self.allow if rule.covers(name, face, port)]
            if any(rule.covers(name, face, port) for rule in self.own) and not any(rule.ports for rule in allowing):
                return "the platform, whose own address it is"
            denying = next((rule for rule in self.deny if rule.covers(name, face, port)), None)
            if denying is not None and not allowing:
                return f"the rule {denying.text}"
        return None


def faces(address: Address) -> Iterator[Address]:
    """Give an address and those that it stands for: the IPv4 address inside of one of IPv6, loopback for none."""
    if isinstance(address, ipaddress.IPv6Address):
        # The zone of a link-local address takes no part in comparisons.
        address = ipaddress.IPv6Address(int(address))
    yield address
    if address.is_unspecified:
        # Systems connect to themselves when asked for "no address".
        yield from _LOOPBACKS
    elif isinstance(address, ipaddress.IPv6Address):
        yield from _embedded(address)


def _embedded(address: ipaddress.IPv6Address) -> Iterator[Address]:
    if address.ipv4_mapped is not None:
        yield from faces(address.ipv4_mapped)
    elif address in _NAT64 or (address in _COMPATIBLE and not address.is_loopback):
        yield from faces(ipaddress.IPv4Address(int(address) & _LOW_32_BITS))
    elif address.sixtofour is not None:
        yield from faces(address.sixtofour)
    elif address.teredo is not None:
        yield from address.teredo
