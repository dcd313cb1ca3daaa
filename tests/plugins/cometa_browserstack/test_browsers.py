"""The list of browsers at BrowserStack."""

from datetime import timedelta

import pytest
import time_machine
import urllib3

ROUTE = "/browsers/browserstack/"
CREDENTIALS = {"username": "ada", "access_key": "s3cret"}


def test_without_credentials_the_list_is_empty_and_nobody_is_asked(caller_with, provider):
    """R-090."""
    caller, _runtime = caller_with(browsers_url=provider.url)
    assert caller.get(ROUTE).json == []
    assert provider.asked == []


def test_the_browsers_are_those_of_the_provider(caller_with, provider):
    """R-090."""
    caller, _runtime = caller_with(browsers_url=provider.url, **CREDENTIALS)
    response = caller.get(ROUTE)
    assert response.json[0] == {
        "os": "Windows", "os_version": "11", "browser": "edge", "browser_version": "120.0", "device": None,
        "real_mobile": None,
    }  # fmt: skip
    assert response.headers["X-Total-Count"] == "2"
    expected = urllib3.make_headers(basic_auth="ada:s3cret")["authorization"]
    assert provider.asked == [("/automate/browsers.json", expected)]


def test_pages_follow_the_rules_of_lists(caller_with, provider):
    caller, _runtime = caller_with(browsers_url=provider.url, **CREDENTIALS)
    assert [row["browser"] for row in caller.get(f"{ROUTE}?page=2&size=1").json] == ["iphone"]


def test_a_good_answer_is_kept_for_an_hour(caller_with, provider):
    caller, runtime = caller_with(browsers_url=provider.url, **CREDENTIALS)
    for _ in range(2):
        caller.get(ROUTE)
    assert len(provider.asked) == 1
    with time_machine.travel(runtime.clock.now() + timedelta(minutes=61)):
        caller.get(ROUTE)
    assert len(provider.asked) == 2


@pytest.mark.parametrize(("status", "body"), [(500, "[]"), (401, "no"), (200, "<html>"), (200, '{"os": 1}')])
def test_a_failure_is_503_and_the_next_call_asks_again(caller_with, provider, status, body):
    """R-090."""
    caller, _runtime = caller_with(browsers_url=provider.url, **CREDENTIALS)
    provider.status, provider.body, good = status, body, provider.body
    refused = caller.get(ROUTE, status=503)
    assert refused.json["code"] == "browserstack_unavailable"
    assert "s3cret" not in refused.text
    provider.status, provider.body = 200, good
    assert len(caller.get(ROUTE).json) == 2


def test_a_provider_that_cannot_be_reached_is_503(caller_with, provider):
    """R-090."""
    caller, _runtime = caller_with(browsers_url="http://127.0.0.1:9/browsers.json", **CREDENTIALS)
    assert caller.get(ROUTE, status=503).json["code"] == "browserstack_unavailable"
    assert provider.asked == []
