"""Authentication, console and network of a browser that runs on a Selenium Grid."""

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from selenium import webdriver

from cometa_runner.steps.plain_context import PlainContext

pytestmark = [pytest.mark.browser, pytest.mark.grid]

EXPECTED = "Basic " + base64.b64encode(b"qa:pass word").decode()


class _Guarded(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.headers.get("Authorization") == EXPECTED
        body = b"<title>in</title><script>console.error('no stock'); fetch('/api')</script>" if known else b"out"
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
    """A server that asks for credentials."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Guarded)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def opened(tmp_path_factory, grid_url):
    """A browser of the Grid."""

    def remote(_workdir):
        options = webdriver.ChromeOptions()
        options.set_capability("webSocketUrl", True)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        for argument in ("--headless=new", "--no-sandbox"):
            options.add_argument(argument)
        return webdriver.Remote(grid_url, options=options)

    run = PlainContext(tmp_path_factory.mktemp("run"), remote, timeout=20)
    run.open_browser()
    yield run
    run.close_kept()
    run.close_browser()


def test_evidence_of_a_browser_on_a_grid_is_that_of_a_local_one(say, run, guarded) -> None:
    """runner I.1: through the addresses that the Grid hands on."""
    say("Enable browser network logging")
    say('I can do a basic auth with username "qa" and "pass word"')
    run.driver.get(f"{guarded}/page")
    assert run.driver.title == "in"
    say('Wait until the network is quiet for "0.2" seconds')
    say('Get browser network requests filter by "/api" and save in the variable "calls"')
    assert '"status":200' in run.variables.expand("$calls")
    assert any(entry.text == "no stock" for entry in run.console())
