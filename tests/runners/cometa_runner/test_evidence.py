"""What a runner tells of console and network of a real Chromium, and how it reads what browsers say."""

import base64
import http.server
import threading

import pytest

from cometa_runner.console import Console, Pace, bidi_entry, can_tell, driver_entry
from cometa_runner.har import BODY_BYTES, har_entry, is_text, timings_of

PAGES = {
    "/": "<title>Shop</title><script>fetch('/api', {method: 'POST', body: 'title=x'})</script>",
    "/late": "<title>Late</title><script>setTimeout(() => console.error('too late'), 100)</script>",
    "/many": "<title>Many</title><script>for (let i = 0; i < 1300; i++) console.log('line', i)</script>",
    "/twice": "<title>Twice</title><script>console.error('first')</script>",
}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        kind, text = (
            ("application/json", '{"books": 3}') if self.path == "/api" else ("text/html", PAGES.get(self.path))
        )
        body = (text or "nothing").encode()
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def pages():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def opened(maker, pages):
    """Make a step that opens a page of the test server."""
    return lambda path="/": maker.step('Open "{url}"', url=pages + path)


@pytest.mark.browser
def test_the_network_of_a_run_is_recorded_from_its_first_page_on(runners, maker, opened, local_browser, pages):
    """runner I.1: HAR entries with bodies of text types and the step in the comment."""
    tree = [opened("/moved"), maker.step('Sleep "{seconds}" seconds', seconds="0.3")]
    ended = runners.run(tree, browser=local_browser, flags={"network_log": True})
    [started] = ended.of("started")
    assert (started["features"]["network"], started["features"]["console"]) == (True, True)
    assert started["driver"].split(".")[0] == started["version"].split(".")[0]
    entries = [entry for event in ended.of("network") for entry in event["entries"]]
    told = [(entry["request"]["method"], entry["request"]["url"], entry["response"]["status"]) for entry in entries]
    assert told[:2] == [("GET", f"{pages}/moved", 302), ("GET", f"{pages}/", 200)]
    assert ("POST", f"{pages}/api", 200) in told
    posted = entries[told.index(("POST", f"{pages}/api", 200))]
    assert posted["request"]["postData"]["text"] == "title=x"
    assert posted["response"]["content"] == {"size": 12, "mimeType": "application/json", "text": '{"books": 3}'}
    assert posted["comment"].startswith("step ")
    assert entries[0]["response"]["redirectURL"] == "/"
    assert all(entry["time"] >= 0 and entry["startedDateTime"].startswith("20") for entry in entries)


@pytest.mark.browser
def test_a_run_that_does_not_ask_for_it_records_no_network(runners, opened, local_browser):
    ended = runners.run([opened()], browser=local_browser)
    assert ended.of("network") == []


@pytest.mark.browser
def test_what_the_console_says_after_the_last_step_is_told_too(runners, maker, opened, local_browser):
    """runner I.1: entries are read at most every 200 ms, none is lost."""
    tree = [opened("/twice"), opened("/late"), maker.step('Sleep "{seconds}" seconds', seconds="0.15")]
    ended = runners.run(tree, browser=local_browser)
    texts = [entry["text"] for event in ended.of("console") for entry in event["entries"]]
    assert "first" in texts
    assert "too late" in texts


@pytest.mark.browser
def test_a_talkative_page_is_told_up_to_a_thousand_entries_with_a_count(runners, maker, opened, local_browser):
    """runner I.1."""
    ended = runners.run([opened("/many"), maker.step("Fail")], browser=local_browser)
    events = ended.of("console")
    told, left_out = (sum(len(event["entries"]) for event in events), sum(event["left_out"] for event in events))
    # What the browser says by itself may come with the next reading.
    assert 1000 <= told < 1010
    assert told + left_out >= 1300


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (("SEVERE", 'http://shop/a.js 6:12 "no stock"'), ("error", "no stock", "http://shop/a.js", 7)),
        (("INFO", 'http://shop/ 0:12 "a" Object'), ("info", "a Object", "http://shop/", 1)),
        (("WARNING", "javascript 2:94 Uncaught Error: x"), ("warning", "Uncaught Error: x", "", 3)),
        (("SEVERE", "http://shop/x.png - Failed to load"), ("error", "Failed to load", "http://shop/x.png", None)),
        (("DEBUG", "just a text"), ("debug", "just a text", "", None)),
        (("FINEST", ""), ("finest", "", "", None)),
    ],
)
def test_entries_of_the_driver_are_split(told, expected):
    level, message = told
    entry = driver_entry({"level": level, "message": message, "timestamp": 5})
    assert (entry.level, entry.text, entry.url, entry.line) == expected
    assert entry.at == 5


def test_long_entries_are_cut_with_a_count():
    """The mark tells the masking of secrets that one may be cut."""
    entry = driver_entry({"level": "INFO", "message": "x" * 5000, "timestamp": 1})
    assert entry.text.endswith("... (1,000 more characters)")


class Firefox:
    """Capabilities of a Firefox session, with or without WebDriver BiDi."""

    def __init__(self, address):
        self.capabilities = {"browserName": "firefox", "webSocketUrl": address}


def test_the_console_of_other_browsers_is_told_by_bidi():
    """X-129, as far as it can be told without a Firefox."""
    console, driver = Console(), Firefox("ws://127.0.0.1/session/1")
    frames = {"callFrames": [{"url": "http://shop/a.js", "lineNumber": 6}]}
    console.hear({"level": "error", "text": "no stock", "stackTrace": frames, "timestamp": 7})
    console.hear({"level": "warn", "text": "slow", "timestamp": 8})
    read = console.read(driver)
    assert [str(entry) for entry in read] == ["error: no stock (http://shop/a.js, line 7)", "warning: slow"]
    assert console.read(driver) == []
    assert list(console.entries) == read


def test_a_browser_without_bidi_says_that_its_console_is_not_available():
    """X-129: none is something else than nothing."""
    driver = Firefox(None)
    assert can_tell(driver) is False
    assert Console().read(driver) is None


def test_an_entry_without_place_has_none():
    entry = bidi_entry({"level": "info", "text": None, "stackTrace": None})
    assert (entry.text, entry.url, entry.line) == ("", "", None)
    assert entry.as_event() == {"level": "info", "text": "", "url": None, "line": None, "at": None}


def test_something_costly_is_done_at_a_pace_unless_it_is_wanted_at_once():
    moments = iter([0.0, 0.1, 0.15, 0.4])
    pace = Pace(0.2, lambda: next(moments))
    assert [pace.may(at_once=at_once) for at_once in (False, False, True, False)] == [True, False, True, True]


def exchange(**response):
    return {
        "timestamp": 1_795_654_595_000.0,
        "request": {"method": "GET", "url": "http://shop/?a=1&b=", "headers": [], "cookies": [], "timings": {}},
        "response": {"status": 200, "headers": [], "mimeType": "text/html", **response},
    }


def test_an_exchange_has_all_that_a_har_entry_needs():
    """runner I.1: HAR 1.2."""
    entry = har_entry(exchange(), {"type": "string", "value": "<p>"}, None, "step 1")
    assert set(entry) == {"startedDateTime", "time", "request", "response", "cache", "timings", "comment"}
    assert set(entry["request"]) == {
        "method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize",
    }  # fmt: skip
    assert set(entry["response"]) == {
        "status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize",
        "bodySize",
    }  # fmt: skip
    assert entry["request"]["queryString"] == [{"name": "a", "value": "1"}, {"name": "b", "value": ""}]
    assert entry["response"]["content"]["text"] == "<p>"


def test_a_request_without_answer_says_why():
    event = {key: value for key, value in exchange().items() if key != "response"}
    entry = har_entry({**event, "errorText": "net::ERR_FAILED"}, None, None, "")
    assert (entry["response"]["status"], entry["response"]["_error"]) == (0, "net::ERR_FAILED")


def test_bodies_and_headers_in_base64_are_read_as_text():
    """Base64 would hide what is to be masked."""
    coded = {"type": "base64", "value": base64.b64encode("grün".encode()).decode()}
    entry = har_entry(exchange(headers=[{"name": "X", "value": coded}]), coded, None, "")
    assert entry["response"]["content"]["text"] == "grün"
    assert entry["response"]["headers"] == [{"name": "X", "value": "grün"}]


@pytest.mark.parametrize(
    ("kind", "size", "kept"),
    [
        ("text/html; charset=utf-8", 10, True), ("application/json", 10, True), ("application/problem+json", 10, True),
        ("image/svg+xml", 10, True), ("image/png", 10, False), ("", 10, False), ("text/html", BODY_BYTES, True),
        ("text/html", BODY_BYTES + 1, False),
    ],
)  # fmt: skip
def test_bodies_of_moderate_texts_are_kept(kind, size, kept):
    """runner I.1: up to 64 KB for text types."""
    assert is_text({"mimeType": kind, "bodySize": size}) is kept


def test_phases_that_did_not_happen_are_said_to_be_none():
    told = {"requestStart": 10.0, "responseStart": 35.5, "responseEnd": 36.0, "dnsStart": 1.0, "dnsEnd": 3.0}
    timings = timings_of(told)
    assert (timings["dns"], timings["connect"], timings["wait"], timings["receive"]) == (2.0, -1, 25.5, 0.5)
    assert timings_of({})["wait"] == 0
