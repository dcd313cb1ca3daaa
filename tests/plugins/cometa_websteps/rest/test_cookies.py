"""The sentence that lets requests carry the cookies of the browser (X-087)."""

import pytest

from cometa_runner.steps.plain_context import open_chromium
from cometa_websteps.rest.cookies import browser_cookies, is_for


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """One browser for all tests of this module."""
    driver = open_chromium(tmp_path_factory.mktemp("browser"))
    yield driver
    driver.quit()


@pytest.fixture
def run(run, chromium, monkeypatch):
    """A run with a browser."""
    monkeypatch.setattr(run, "_driver", chromium)
    return run


@pytest.fixture
def signed_in(chromium, interface):
    """Let the browser hold a cookie of ``127.0.0.1`` that scripts cannot read, and one of ``localhost``."""
    for host in ("localhost", "127.0.0.1"):
        chromium.get(f"http://{host}:{interface.port}/echo")
        chromium.add_cookie({"name": "user", "value": host, "httpOnly": True})


def cookies_of(echoed):
    return set(filter(None, echoed()["headers"].get("cookie", "").split("; ")))


@pytest.mark.browser
def test_no_cookies_of_the_browser_are_sent_by_default(signed_in, send, echoed) -> None:
    send("/echo")
    assert cookies_of(echoed) == set()


@pytest.mark.browser
def test_the_named_host_alone_gets_its_cookies(signed_in, say, interface, echoed) -> None:
    say('Let requests carry the browser cookies of "LocalHost"')
    say(f'Send "GET" request to "http://127.0.0.1:{interface.port}/echo"')
    assert cookies_of(echoed) == set()
    say(f'Send "GET" request to "http://localhost:{interface.port}/echo"')
    assert cookies_of(echoed) == {"sid=s3cr3t", "user=localhost"}
    say(f'Send "GET" request to "http://127.0.0.1:{interface.port}/redirect?to=http://localhost:{interface.port}/echo"')
    assert cookies_of(echoed) == {"sid=s3cr3t", "user=localhost"}


@pytest.mark.browser
def test_cookies_that_were_set_as_a_header_stay_alone(signed_in, say, interface, echoed) -> None:
    say('Let requests carry the browser cookies of "127.0.0.1"')
    say('Use request header "Cookie" with value "mine=1"')
    say(f'Send "GET" request to "http://127.0.0.1:{interface.port}/echo"')
    assert cookies_of(echoed) == {"mine=1"}


def test_without_a_browser_there_are_no_cookies(run, say, fails, interface, monkeypatch) -> None:
    monkeypatch.setattr(run, "_driver", None)
    say('Let requests carry the browser cookies of "127.0.0.1"')
    failure = fails(f'Send "GET" request to "http://127.0.0.1:{interface.port}/echo"')
    assert (failure.code, failure.expected, failure.found) == ("browser-lost", "an open browser", "none")


@pytest.mark.parametrize("host", ["", "http://shop.example/", "shop.example:80", "a b"])
def test_what_is_no_host_is_refused(fails, host) -> None:
    failure = fails(f'Let requests carry the browser cookies of "{host}"')
    assert (failure.code, failure.found) == ("bad-value", f'"{host}"')


@pytest.mark.parametrize(
    ("cookie", "url", "sent"),
    [
        ({"domain": "shop.example"}, "http://shop.example/", True),
        ({"domain": "shop.example"}, "http://api.shop.example/", False),
        ({"domain": ".shop.example"}, "http://api.shop.example/", True),
        ({"domain": ".shop.example"}, "http://myshop.example/", False),
        ({"domain": "shop.example", "path": "/api"}, "http://shop.example/api/orders", True),
        ({"domain": "shop.example", "path": "/api"}, "http://shop.example/apis", False),
        ({"domain": "shop.example", "secure": True}, "http://shop.example/", False),
        ({"domain": "shop.example", "secure": True}, "https://shop.example/", True),
    ],
)
def test_a_cookie_goes_where_the_browser_would_send_it(cookie, url, sent) -> None:
    """For browsers that tell the cookies of the open page alone."""
    assert is_for(cookie, url) is sent


class OtherBrowser:
    """What WebDriver offers of cookies in every browser."""

    current_url = "http://shop.example/basket"

    def get_cookies(self):
        return [
            {"name": "a", "value": "1", "domain": "shop.example"},
            {"name": "b", "value": "2", "domain": "x.example"},
        ]


def test_browsers_that_tell_the_cookies_of_the_open_page_alone_warn_for_others(run, monkeypatch) -> None:
    monkeypatch.setattr(run, "_driver", OtherBrowser())
    assert browser_cookies(run, "http://shop.example/api") == "a=1"
    assert run.warnings == []
    assert browser_cookies(run, "http://x.example/") == "b=2"
    assert run.warnings == [
        "This browser tells cookies only of the page that is open, and that is one of another host."
    ]
