"""The sentence that answers HTTP authentication, against a server that asks for it."""

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cometa_runner.steps.plain_context import PlainContext, open_chromium

pytestmark = pytest.mark.browser

GOOD = 'I can do a basic auth with username "qa" and "pass word:1"'
BAD = 'I can do a basic auth with username "qa" and "wrong"'
EXPECTED = "Basic " + base64.b64encode(b"qa:pass word:1").decode()


class _Guarded(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.headers.get("Authorization") == EXPECTED or self.path == "/open"
        self.server.seen.append((self.path, self.headers.get("Authorization")))
        body = f"<title>{'in' if known else 'out'}</title><a target=_blank href=/linked>go</a>".encode()
        self.send_response(200 if known else 401)
        if not known:
            self.send_header("WWW-Authenticate", 'Basic realm="test"')
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def guarded():
    """A server that asks for credentials everywhere but at ``/open``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Guarded)
    server.daemon_threads = True
    server.seen = []
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A browser of its own: the others must not get the credentials."""
    run = PlainContext(tmp_path_factory.mktemp("run"), open_chromium, timeout=10)
    run.open_browser()
    yield run
    run.close_kept()
    run.close_browser()


def test_without_credentials_the_page_is_refused(run, guarded) -> None:
    run.driver.get(f"{guarded.url}/first")
    assert run.driver.title != "in"


def test_wrong_credentials_end_in_the_refused_page_and_not_in_a_circle(say, run, guarded) -> None:
    say(BAD)
    run.driver.get(f"{guarded.url}/wrong")
    assert run.driver.title != "in"
    assert len([path for path, _ in guarded.seen if path == "/wrong"]) == 2


def test_every_page_window_and_request_is_answered_from_here_on(say, run, guarded) -> None:
    """steps.json: basic auth; navigation of WebDriver is not held up by it."""
    say(GOOD)
    run.driver.get(f"{guarded.url}/right")
    assert run.driver.title == "in"
    assert run.driver.execute_async_script("fetch('/api').then((answer) => arguments[0](answer.status))") == 200
    run.driver.find_element("link text", "go").click()
    run.deadline.poll(lambda: len(run.driver.window_handles) == 2 or None)
    run.driver.switch_to.window(run.driver.window_handles[1])
    assert run.deadline.poll(lambda: run.driver.title or None) == "in"


def test_pages_that_ask_for_nothing_get_no_credentials(say, run, guarded) -> None:
    say(GOOD)
    guarded.seen.clear()
    host = guarded.url.replace("127.0.0.1", "localhost")
    run.driver.get(f"{host}/open")
    assert [credentials for path, credentials in guarded.seen if path == "/open"] == [None]


def test_the_password_is_announced_as_a_secret(say, run) -> None:
    """runner G.5."""
    say(GOOD)
    assert "pass word:1" in run.secrets


def test_a_missing_user_name_is_refused(fails) -> None:
    failure = fails('I can do a basic auth with username "" and "x"', timeout=5)
    assert (failure.code, failure.expected, failure.found) == ("bad-value", "a user name", "an empty text")


@pytest.mark.parametrize(("browser", "told"), [("chrome", "offers no DevTools"), ("firefox", "no WebDriver BiDi")])
def test_a_browser_that_cannot_be_answered_is_said_to_be_one(fails, run, monkeypatch, browser, told) -> None:
    run.close_kept()
    monkeypatch.setitem(run.driver.caps, "goog:chromeOptions", {})
    monkeypatch.setitem(run.driver.caps, "browserName", browser)
    failure = fails('I can do a basic auth with username "qa" and "x"', timeout=5)
    assert (failure.code, failure.expected) == (
        "not-implemented",
        "a browser whose authentication requests can be answered",
    )
    assert told in failure.found
