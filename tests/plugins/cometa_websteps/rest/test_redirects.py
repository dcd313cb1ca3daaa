"""Redirects are followed as browsers do, each through the policy."""

import pytest

from cometa_runner.egress import EgressPolicy


@pytest.mark.parametrize(
    ("status", "method", "seen_as"),
    [
        (301, "POST", ("GET", "")),
        (302, "POST", ("GET", "")),
        (303, "PUT", ("GET", "")),
        (307, "POST", ("POST", "[1]")),
        (308, "PUT", ("PUT", "[1]")),
        (302, "PUT", ("PUT", "[1]")),
    ],
)
def test_the_method_follows_the_status(say, interface, echoed, status, method, seen_as) -> None:
    url = f"http://127.0.0.1:{interface.port}/redirect?to=/echo&status={status}"
    say(f'Send "{method}" request to "{url}" with body "[1]"')
    seen = echoed()
    assert (seen["method"], seen["body"]) == seen_as
    assert ("content-type" in seen["headers"]) is bool(seen["body"])


def test_secret_headers_go_to_the_first_host_only(say, interface, other, echoed) -> None:
    say('Use request header "Authorization" with value "Bearer t0ken"')
    say('Use request header "X-Api-Key" with value "k3y"')
    say('Use request header "X-Shop" with value "books"')
    say(f'Send "GET" request to "http://127.0.0.1:{interface.port}/redirect?to=/echo"')
    assert echoed()["headers"]["authorization"] == "Bearer t0ken"
    target = f"http://127.0.0.1:{other.port}/echo"
    say(f'Send "GET" request to "http://127.0.0.1:{interface.port}/redirect?to={target}"')
    headers = echoed()["headers"]
    assert "authorization" not in headers
    assert "x-api-key" not in headers
    assert headers["x-shop"] == "books"


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/", "//0xa9fea9fe/", "http://2852039166", "http://%5B::ffff:a9fe:a9fe%5D/"],
)
def test_a_redirect_to_a_denied_address_fails(fails, interface, target) -> None:
    """X-054."""
    url = f"http://127.0.0.1:{interface.port}/redirect?to={target}"
    failure = fails(f'Send "GET" request to "{url}"')
    assert failure.code == "egress"
    assert failure.expected == f"{url} and its redirects to lead where the egress policy allows"
    assert failure.found.endswith("port 80, which is denied by the rule 169.254.0.0/16")


def test_a_redirect_to_an_own_port_by_name_fails(fails, settle, interface, other) -> None:
    """X-054."""
    settle(egress=EgressPolicy.of({"own": [f"127.0.0.0/8:{other.port}", f"[::1]:{other.port}"]}))
    target = f"http://localhost:{other.port}/echo"
    before = len(other.requests)
    failure = fails(f'Send "GET" request to "http://127.0.0.1:{interface.port}/redirect?to={target}"')
    assert failure.code == "egress"
    assert "denied by the platform, whose own address it is" in failure.found
    assert len(other.requests) == before


def test_endless_redirects_end(fails, interface) -> None:
    before = len(interface.requests)
    failure = fails(f'Send "GET" request to "http://127.0.0.1:{interface.port}/again"')
    assert failure.code == "http"
    assert "more than 10 redirects" in failure.found
    assert len(interface.requests) - before == 11


def test_a_redirect_out_of_http_fails(fails, interface) -> None:
    failure = fails(f'Send "GET" request to "http://127.0.0.1:{interface.port}/redirect?to=file:///etc/passwd"')
    assert (failure.code, failure.found) == ("http", "file:///etc/passwd")
