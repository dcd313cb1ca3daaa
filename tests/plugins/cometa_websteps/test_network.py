"""Sentences about what a browser asks and is answered."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cometa_runner.steps import Deadline, StepFailure
from cometa_runner.steps.plain_context import PlainContext, open_chromium

pytestmark = pytest.mark.browser

ENABLE = "Enable browser network logging"
DISABLE = "Disable browser network logging"
ALL = 'Get all browser network requests and save in variable "calls"'
SOME = 'Get browser network requests filter by "/api/" and save in the variable "calls"'


class _Api(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/slow"):
            self.server.gate.wait(10)
        body = b'{"books": 3}' if self.path.startswith("/api/") else b"<title>shop</title>"
        self.send_response(404 if self.path.startswith("/api/gone") else 200)
        self.send_header("Content-Type", "application/json" if self.path.startswith("/api/") else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *args: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def api():
    """A server with a page, an API and an answer that waits for the test."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Api)
    server.daemon_threads = True
    server.gate = threading.Event()
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.gate.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A browser that reports its requests."""
    run = PlainContext(tmp_path_factory.mktemp("run"), lambda folder: open_chromium(folder, bidi=True), timeout=10)
    run.open_browser()
    yield run
    run.close_kept()
    run.close_browser()


@pytest.fixture
def ask(run):
    """Give a function that lets the page ask for something."""

    def ask(path, **options):
        script = "fetch(arguments[0], arguments[1]).then((answer) => answer.text()).then(arguments[2])"
        return run.driver.execute_async_script(script, path, options)

    return ask


def calls(run):
    return json.loads(run.variables.expand("$calls"))


def test_exchanges_are_recorded_once_recording_is_on(say, run, api, ask) -> None:
    run.driver.get(f"{api.url}/")
    say(ALL)
    assert (calls(run), len(run.warnings)) == ([], 1)
    say(ENABLE)
    ask("/api/books", method="POST", body="title=x")
    ask("/api/gone")
    ask("/other")
    say(ALL)
    assert [(call["method"], call["url"].removeprefix(api.url), call["status"]) for call in calls(run)] == [
        ("POST", "/api/books", 200),
        ("GET", "/api/gone", 404),
        ("GET", "/other", 200),
    ]
    assert calls(run)[0]["type"] == "application/json"
    assert calls(run)[0]["size"] == 12


def test_recorded_exchanges_are_filtered_by_a_part_of_the_address(say, run, api, ask) -> None:
    run.driver.get(f"{api.url}/")
    say(ENABLE)
    ask("/api/first")
    ask("/elsewhere")
    say(SOME)
    found = [call["url"] for call in calls(run)]
    assert f"{api.url}/api/first" in found
    assert all("/api/" in address for address in found)
    say(SOME)
    assert [call["url"] for call in calls(run)] == found


def test_nothing_is_recorded_after_the_end_of_recording(say, run, api, ask) -> None:
    run.driver.get(f"{api.url}/")
    say(ENABLE)
    ask("/api/before")
    say(DISABLE)
    ask("/api/after")
    say(ALL)
    addresses = [call["url"] for call in calls(run)]
    assert f"{api.url}/api/before" in addresses
    assert f"{api.url}/api/after" not in addresses


def test_an_empty_filter_is_refused(fails) -> None:
    failure = fails('Get browser network requests filter by "" and save in the variable "calls"', timeout=5)
    assert (failure.code, failure.expected) == ("bad-value", "a part of an address")


def test_a_quiet_network_is_waited_for(say, run, api) -> None:
    run.driver.get(f"{api.url}/")
    say(ENABLE)
    api.gate.clear()
    run.driver.execute_script("fetch('/slow')")
    threading.Timer(0.4, api.gate.set).start()
    say('Wait until the network is quiet for "0.2" seconds')
    assert run.deadline.elapsed_ms() >= 400


def test_requests_of_a_page_that_was_left_are_not_waited_for(say, run, api) -> None:
    """Chromium does not tell their end."""
    run.driver.get(f"{api.url}/")
    say(ENABLE)
    api.gate.clear()
    run.driver.execute_script("fetch('/slow?left')")
    run.deadline.poll(lambda: run.network().open_requests() or None)
    run.driver.get(f"{api.url}/next")
    run.driver.switch_to.new_window("tab")
    run.driver.get(f"{api.url}/tab")
    run.driver.execute_script("fetch('/slow?closed')")
    run.driver.close()
    run.driver.switch_to.window(run.driver.window_handles[0])
    say('Wait until the network is quiet for "0.2" seconds')
    assert run.deadline.elapsed_ms() < 2000
    say('Get browser network requests filter by "/slow?left" and save in the variable "calls"')
    assert [(call["status"], call["error"]) for call in calls(run)] == [(0, "the page was left before an answer came")]
    api.gate.set()


def test_a_network_that_stays_busy_fails_with_what_is_open(run, api, vocabulary) -> None:
    run.driver.get(f"{api.url}/")
    network = run.network()
    api.gate.clear()
    run.driver.execute_script("fetch('/slow')")
    run.deadline.poll(lambda: network.open_requests() or None)
    run.timeout = 0.5
    match = vocabulary.match('Wait until the network is quiet for "0.1" seconds')
    run.deadline = Deadline(0.5)
    with pytest.raises(StepFailure) as failure:
        match.definition.function(run, **match.values)
    api.gate.set()
    assert (failure.value.code, failure.value.expected) == ("timeout", "no open request for 0.1 s")
    assert failure.value.found == "1 open"


@pytest.mark.parametrize("sentence", [ENABLE, DISABLE, ALL, SOME, 'Wait until the network is quiet for "1" seconds'])
def test_a_session_that_cannot_report_requests_fails_at_once(fails, run, monkeypatch, sentence) -> None:
    run.close_kept()
    monkeypatch.setitem(run.driver.caps, "webSocketUrl", None)
    failure = fails(sentence, timeout=5)
    assert (failure.code, failure.expected) == ("not-implemented", "a browser that reports its requests")
