"""Which connections the policy allows (runner B.1, X-054)."""

import ipaddress

import pytest

from cometa_runner.egress import EgressPolicy, read_rules
from cometa_runner.egress.policy import faces


def denial(policy: EgressPolicy, address: str, port: int = 80, name: str = "") -> str | None:
    return policy.denial(name or address, ipaddress.ip_address(address), port)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "2001:0:c000:221::5601:5601",  # Teredo: the client is 169.254.169.254
    ],
)
def test_link_local_and_metadata_addresses_are_denied_in_every_form(address) -> None:
    """X-054."""
    assert str(denial(EgressPolicy(), address)).startswith("the rule ")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "8.8.8.8", "2001:4860:4860::8888"])
def test_targets_in_loopback_private_and_public_networks_are_allowed_by_default(address) -> None:
    assert denial(EgressPolicy(), address) is None


def test_own_addresses_are_denied_on_their_port_alone() -> None:
    policy = EgressPolicy.of({"own": ["127.0.0.0/8:5432", "[::1]:5432"]})
    for address in ("127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::", "::ffff:127.0.0.1", "::ffff:0.0.0.0"):
        assert denial(policy, address, 5432) == "the platform, whose own address it is"
        assert denial(policy, address, 5433) is None


def test_a_department_is_allowed_what_others_are_not() -> None:
    policy = EgressPolicy.of({"deny": ["10.0.0.0/8"], "allow": ["10.1.0.0/16", "shop.example:443"]})
    assert denial(policy, "10.1.2.3") is None
    assert denial(policy, "10.2.2.3") == "the rule 10.0.0.0/8"
    assert denial(policy, "10.2.2.3", 443, "Shop.example.") is None
    assert denial(policy, "10.2.2.3", 80, "shop.example") == "the rule 10.0.0.0/8"


def test_only_an_exception_with_a_port_opens_an_own_address() -> None:
    """A wide exception must not hand out the database that happens to be in the network."""
    own = read_rules(["10.1.0.5:5432"])
    wide = EgressPolicy(own=own, allow=read_rules(["10.1.0.0/16", "*"]))
    assert denial(wide, "10.1.0.5", 5432) is not None
    assert denial(EgressPolicy(own=own, allow=read_rules(["10.1.0.5:5432"])), "10.1.0.5", 5432) is None


def test_everything_can_be_denied_but_what_is_listed() -> None:
    policy = EgressPolicy.of({"deny": ["*"], "allow": ["*.shop.example"]})
    assert denial(policy, "10.0.0.1", name="qa.shop.example") is None
    assert denial(policy, "10.0.0.1", name="other.example") == "the rule *"


def test_a_plan_without_policy_has_the_defaults() -> None:
    assert EgressPolicy.of(None) == EgressPolicy()


def test_no_form_of_ipv6_is_looked_into_without_end() -> None:
    assert [str(face) for face in faces(ipaddress.ip_address("::ffff:0.0.0.0"))] == [
        "::ffff:0:0",
        "0.0.0.0",
        "127.0.0.1",
        "::1",
    ]
