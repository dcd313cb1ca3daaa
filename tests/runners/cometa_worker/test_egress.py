"""The egress policy that the worker gives to runners (runner B.1, X-054)."""

import ipaddress

import psutil
import pytest
from small_installation import runtime_in

from cometa_core.errors import ConfigurationError
from cometa_runner.egress import DEFAULT_DENY, EgressPolicy, TimeLimit
from cometa_worker.api import egress_policy
from cometa_worker.egress import Endpoint, egress_of, own_endpoints, own_rules

PLUGINS = ("accounts", "catalog", "features", "websteps", "executions", "worker")


@pytest.fixture
def runtime(tmp_path):
    """Make runtimes without a database."""
    made = []

    def make(**settings):
        made.append(runtime_in(tmp_path, PLUGINS, **{key.replace("__", "."): text for key, text in settings.items()}))
        return made[-1]

    yield make
    for each in made:
        each.close()


def is_denied(policy: EgressPolicy, address: str, port: int, name: str = "") -> bool:
    return policy.denial(name or address, ipaddress.ip_address(address), port) is not None


def test_link_local_and_the_own_api_are_denied_by_default(runtime) -> None:
    policy = egress_policy(runtime(), 1)
    assert is_denied(policy, "169.254.169.254", 80)
    for address in ("127.0.0.1", "127.0.0.2", "::1", "0.0.0.0", "::ffff:127.0.0.1"):
        assert is_denied(policy, address, 8001)
        assert not is_denied(policy, address, 8002)
    assert egress_of(runtime(), 1)["deny"] == list(DEFAULT_DENY)


def test_database_and_queue_are_denied_by_their_urls(runtime) -> None:
    """X-054."""
    urls = {"sqlalchemy__url": "postgresql://u:pw@127.0.0.1:5433/x", "huey__url": "redis://:pw@localhost/0"}
    made = runtime(**urls, cometa__rate_limits_url="rediss://[::1]:7000")
    assert set(own_endpoints(made)) == {
        Endpoint("127.0.0.1", 5433),
        Endpoint("localhost", 6379),
        Endpoint("::1", 7000),
        Endpoint("127.0.0.1", 8001),
    }
    policy = egress_policy(made, 1)
    for port in (5433, 6379, 7000, 8001):
        assert is_denied(policy, "127.0.0.1", port)
        assert is_denied(policy, "::1", port)
    assert "pw" not in str(egress_of(made, 1))


@pytest.mark.parametrize(
    ("url", "endpoints"),
    [
        ("postgresql://u@/x?host=/var/run/postgresql", []),
        ("postgresql://u@/x?host=a:1&host=b", [Endpoint("a", 1), Endpoint("b", 5432)]),
        ("postgresql+psycopg://db.example/x", [Endpoint("db.example", 5432)]),
    ],
)
def test_every_server_of_a_database_is_known_and_sockets_are_left_out(runtime, url, endpoints) -> None:
    made = runtime(sqlalchemy__url=url, huey__url="postgresql://q:1/x", cometa__port="0")
    assert list(own_endpoints(made)) == [*endpoints, Endpoint("q", 1)]


def test_what_listens_on_this_machine_is_denied_by_all_its_addresses() -> None:
    own = EgressPolicy.of({"own": [*own_rules(Endpoint("localhost", 9), TimeLimit(2))]})
    entries = [entry.address for group in psutil.net_if_addrs().values() for entry in group]
    addresses = [entry.partition("%")[0] for entry in entries if entry.count(".") == 3]
    assert addresses
    assert all(is_denied(own, address, 9) for address in addresses)


def test_what_listens_elsewhere_is_denied_there_alone() -> None:
    own = EgressPolicy.of({"own": [*own_rules(Endpoint("192.0.2.1", 9), TimeLimit(2))]})
    assert is_denied(own, "192.0.2.1", 9)
    assert not is_denied(own, "127.0.0.1", 9)


def test_a_form_of_an_address_that_no_rule_knows_is_denied_as_the_address_that_it_is() -> None:
    own = EgressPolicy.of({"own": [*own_rules(Endpoint("2130706433", 9), TimeLimit(2))]})
    assert is_denied(own, "127.0.0.1", 9)
    assert not is_denied(own, "127.0.0.1", 10)


def test_what_is_no_url_of_a_database_names_no_server(runtime) -> None:
    """Whatever opens the database says what is wrong with it."""
    assert Endpoint("127.0.0.1", 8001) in own_endpoints(runtime(sqlalchemy__url="nonsense"))


def test_a_name_that_cannot_be_looked_up_is_denied_as_a_name(runtime) -> None:
    policy = egress_policy(runtime(huey__url="redis://queue.invalid"), 1)
    assert is_denied(policy, "192.0.2.1", 6379, "queue.invalid")
    assert not is_denied(policy, "192.0.2.1", 6379)


def test_a_denied_name_is_denied_by_its_address_too(runtime) -> None:
    """X-054."""
    policy = egress_policy(runtime(cometa__egress__deny="localhost:81 *.secret.example"), 1)
    assert is_denied(policy, "127.0.0.1", 81)
    assert not is_denied(policy, "127.0.0.1", 82)
    assert is_denied(policy, "192.0.2.1", 1, "a.secret.example")


def test_exceptions_are_for_one_department_or_for_all(runtime) -> None:
    made = runtime(
        cometa__egress__deny="10.0.0.0/8",
        cometa__egress__allow="10.1.0.0/16",
        **{"cometa.egress.allow.7": "10.2.0.0/16, 127.0.0.1:8001"},
    )
    one, seven = egress_policy(made, 1), egress_policy(made, 7)
    assert [is_denied(one, f"10.{part}.0.1", 80) for part in (1, 2, 3)] == [False, True, True]
    assert [is_denied(seven, f"10.{part}.0.1", 80) for part in (1, 2, 3)] == [False, False, True]
    assert is_denied(one, "127.0.0.1", 8001)
    assert not is_denied(seven, "127.0.0.1", 8001)


def test_a_rule_that_cannot_be_read_stops_the_start(runtime) -> None:
    with pytest.raises(ConfigurationError, match=r"cometa\.egress\.deny"):
        runtime(cometa__egress__deny="10.0.0.1/8")
