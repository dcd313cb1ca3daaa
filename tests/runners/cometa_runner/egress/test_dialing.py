"""Looking up and connecting (runner B.1, D.2, X-054)."""

import ipaddress
import socket
import threading
import time

import pytest

from cometa_runner.egress import Denied, EgressPolicy, Unreachable, connect, permitted, read_rules
from cometa_runner.egress.dialing import Place
from cometa_runner.steps import Cancelled, Deadline, StepFailure


def names(**known):
    """Look names up in a table: name -> addresses; keeps what was asked."""
    asked = []

    def resolver(host, port):
        asked.append(host)
        if host.replace("-", "_") not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [
            Place(socket.AF_INET6 if ":" in address else socket.AF_INET, ipaddress.ip_address(address), (address, port))
            for address in known[host.replace("-", "_")].split()
        ]

    resolver.asked = asked
    return resolver


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def port(listener):
    return listener.getsockname()[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_a_target_on_this_machine_is_reached_whatever_its_form(port, host) -> None:
    with connect(EgressPolicy(), host, port, Deadline(3)) as stream:
        assert stream.getpeername() == ("127.0.0.1", port)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "0.0.0.0", "LocalHost."])
def test_an_own_port_is_denied_whatever_the_form(port, host) -> None:
    """X-054."""
    own = EgressPolicy(own=read_rules([f"127.0.0.0/8:{port}", f"[::1]:{port}"]))
    with pytest.raises(Denied, match=f"port {port} is denied by the platform"):
        connect(own, host, port, Deadline(3))


@pytest.mark.parametrize("host", ["2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "::ffff:a9fe:a9fe"])
def test_the_metadata_address_is_denied_whatever_the_form(host) -> None:
    """X-054."""
    with pytest.raises(Denied) as denied:
        connect(EgressPolicy(), host, 80, Deadline(3))
    assert denied.value.reason == "the rule 169.254.0.0/16"
    assert denied.value.target.startswith(host)


def test_a_name_that_leads_to_a_denied_address_is_denied() -> None:
    """X-054."""
    with pytest.raises(Denied) as denied:
        connect(EgressPolicy(), "innocent", 80, Deadline(3), names(innocent="169.254.169.254"))
    assert denied.value.target == "innocent (169.254.169.254) port 80"


def test_a_name_is_looked_up_once_so_that_it_cannot_change_between_check_and_connection(port) -> None:
    """X-054."""
    resolver = names(shop="127.0.0.1")
    connect(EgressPolicy(), "shop", port, Deadline(3), resolver).close()
    assert resolver.asked == ["shop"]


def test_of_several_addresses_only_the_allowed_ones_are_used(port) -> None:
    resolver = names(both="169.254.169.254 127.0.0.1")
    assert [str(place.address) for place in permitted(EgressPolicy(), "both", 1, Deadline(3), resolver)] == [
        "127.0.0.1"
    ]
    connect(EgressPolicy(), "both", port, Deadline(3), resolver).close()


def test_the_next_address_is_tried_when_one_does_not_answer(port) -> None:
    with connect(EgressPolicy(), "both", port, Deadline(3), names(both="127.0.0.9 127.0.0.1")) as stream:
        assert stream.getpeername()[0] in {"127.0.0.1", "127.0.0.9"}


@pytest.mark.parametrize(
    ("host", "said"),
    [("unknown", "unknown: Name or service not known"), ("", "no name of a host"), ("a" * 300, "no name of a host"),
     ("fe80::1%lo", "no name of a host"), ("nothing", "nothing: the name is unknown"),
     ("a..b", "a..b: the name is unknown")],
)  # fmt: skip
def test_what_cannot_be_found_is_said(host, said) -> None:
    def resolver(host, port):
        if host == "a..b":
            return host.encode("idna")
        return names(nothing="")(host, port)

    with pytest.raises(Unreachable, match=said):
        connect(EgressPolicy(), host, 80, Deadline(3), resolver)


def test_a_port_without_a_server_is_said(listener, port) -> None:
    listener.close()
    with pytest.raises(Unreachable, match=f"127.0.0.1 port {port}: Connection refused"):
        connect(EgressPolicy(), "127.0.0.1", port, Deadline(3))


def test_a_lookup_that_hangs_ends_with_the_time() -> None:
    release = threading.Event()
    begin = time.monotonic()
    with pytest.raises(StepFailure) as failure:
        connect(EgressPolicy(), "slow", 80, Deadline(0.2), lambda _host, _port: release.wait(5) and [])
    release.set()
    assert failure.value.code == "timeout"
    assert time.monotonic() - begin < 1


@pytest.fixture
def deaf(listener):
    """A port whose queue of connections is full, so that one more is not answered."""
    listener.listen(0)
    waiting = [socket.socket() for _ in range(3)]
    for each in waiting:
        each.setblocking(False)
        each.connect_ex(listener.getsockname())
    yield listener.getsockname()[1]
    for each in waiting:
        each.close()


def test_a_connection_that_hangs_ends_with_the_time(deaf) -> None:
    with pytest.raises(StepFailure) as failure:
        connect(EgressPolicy(), "127.0.0.1", deaf, Deadline(0.3))
    assert failure.value.code == "timeout"


def test_a_connection_that_hangs_ends_with_a_cancel(deaf) -> None:
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    begin = time.monotonic()
    with pytest.raises(Cancelled):
        connect(EgressPolicy(), "127.0.0.1", deaf, Deadline(20, cancel))
    assert time.monotonic() - begin < 2
