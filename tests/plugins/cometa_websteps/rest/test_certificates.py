"""Certificates are always checked (X-087)."""

import pytest


@pytest.fixture
def trusted(settle, authority):
    """Let the run trust the authority of the tests."""
    settle(ca_file=str(authority / "authority.pem"))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_trusted_certificate_passes(trusted, say, secure, host) -> None:
    say(f'Send "GET" request to "https://{host}:{secure("localhost").port}/order"')
    say('Response at ".body.state" should be "equal to" "paid"')


@pytest.mark.parametrize(
    ("certificate", "host", "found"),
    [
        ("old", "localhost", "certificate has expired"),
        ("localhost", "2130706433", "not valid for '2130706433'"),
    ],
)
def test_a_certificate_out_of_date_or_for_another_name_fails(trusted, fails, secure, certificate, host, found) -> None:
    url = f"https://{host}:{secure(certificate).port}/order"
    failure = fails(f'Send "GET" request to "{url}"')
    assert (failure.code, failure.expected) == ("http", f"a certificate of {url} that can be trusted")
    assert found in failure.found


def test_a_certificate_of_an_unknown_authority_fails(fails, secure) -> None:
    url = f"https://localhost:{secure('localhost').port}/order"
    failure = fails(f'Send "GET" request to "{url}"')
    assert (failure.code, failure.expected) == ("http", f"a certificate of {url} that can be trusted")
    assert failure.found == "unable to get local issuer certificate"
