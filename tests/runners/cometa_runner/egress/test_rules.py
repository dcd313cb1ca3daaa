"""Rules as operators write them (runner B.1)."""

import ipaddress

import pytest

from cometa_runner.egress import read_rule


@pytest.mark.parametrize(
    ("text", "name", "address", "port", "covered"),
    [
        ("10.1.0.0/16", "x", "10.1.2.3", 80, True),
        ("10.1.0.0/16", "x", "10.2.2.3", 80, False),
        ("192.0.2.7:5432", "x", "192.0.2.7", 5432, True),
        ("192.0.2.7:5432", "x", "192.0.2.7", 5433, False),
        ("[fd00::/8]:8000-8100", "x", "fd12::1", 8100, True),
        ("[fd00::/8]:8000-8100", "x", "fd12::1", 8101, False),
        ("[::1]", "x", "::1", 1, True),
        ("fe80::/10", "x", "fe80::7", 65535, True),
        ("0.0.0.0/0", "x", "fe80::7", 80, False),
        (" DB.example. ", "db.example", "10.0.0.1", 80, True),
        ("db.example", "www.db.example", "10.0.0.1", 80, False),
        ("*.example", "www.db.example", "10.0.0.1", 80, True),
        ("*.example", "example", "10.0.0.1", 80, False),
        ("*.example:443", "a.example", "10.0.0.1", 80, False),
        ("*", "a.example", "fe80::1", 80, True),
        ("*:25", "a.example", "10.0.0.1", 25, True),
        ("*:25", "a.example", "10.0.0.1", 26, False),
    ],
)
def test_a_rule_covers_what_it_says(text, name, address, port, covered) -> None:
    assert read_rule(text).covers(name, ipaddress.ip_address(address), port) is covered


@pytest.mark.parametrize(
    "text",
    ["", "10.1.2.3/16", "1.2.3.4:0", "1.2.3.4:70000", "1.2.3.4:90-80", "host:ssh", "[::1]x", "2130706433", "a b", "*x"],
)
def test_what_is_no_rule_is_refused_with_the_text(text) -> None:
    with pytest.raises(ValueError, match=r"is no|expected"):
        read_rule(text)
