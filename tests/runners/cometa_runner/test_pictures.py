"""Pictures of a runner process: when they are taken, what their events say, and how verdicts are waited for."""

import http.server
import threading

import pytest

pytestmark = pytest.mark.browser
VISUAL = [{"name": "sample", "module": "sample_steps"}, {"name": "visual", "module": "cometa_websteps.visual"}]
NAMED = 'Page should look like picture "{name}"'
LEAVE_OUT = 'Leave "{selector}" out of picture comparisons'
ALLOW = 'Pictures may differ by "{limit}" from here on'
PAGE = "<!doctype html><body style=margin:0><p id=ad style='margin:0; width:30px; height:20px'>x</p><button onclick=\"\
setTimeout(() => alert('Really?'), 0)\">ask</button>"


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *_arguments):
        pass


@pytest.fixture(scope="module")
def url():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def start(runners, local_browser):
    return lambda *tree, **more: runners.start(list(tree), browser=local_browser, libraries=VISUAL, **more)


def answer(live, event, **verdict):
    live.process.send({"type": "verdict", "n": event["n"], "limit": 0, **verdict})


def test_rules_of_sentences_are_in_every_later_event(start, maker, url):
    """D.1, F.5, X-106, X-107: a named picture always waits, one of a flag where a threshold is in force."""
    live = start(
        maker.step('Open "{url}"', url=url, compare=True, max_diff="1%"),
        maker.step(LEAVE_OUT, selector="#ad"),
        maker.step(NAMED, name="basket", screenshot=True),
        maker.step(ALLOW, limit="7"),
        maker.step("Pass", compare=True, max_diff=5),
    )
    flagged = live.until("screenshot")
    assert (flagged["role"], flagged["compare"], flagged["await"], flagged["max_diff"]) == ("step", True, False, "1%")
    named = live.until("screenshot")
    rules = {"role": "named", "name": "basket", "compare": True, "await": True, "max_diff": None}
    assert rules.items() <= named.items()
    assert named["regions"] == [[0, 0, 30, 20]]
    answer(live, named, verdict="new", pixel_diff=0)
    last = live.until("screenshot")
    assert (last["role"], last["await"], last["max_diff"], last["regions"]) == ("step", True, "7", [[0, 0, 30, 20]])
    answer(live, last, verdict="different", pixel_diff=8, limit=7, fails=True)
    ended = live.end()
    assert ended.rows() == ["0 Success", "1 Success", "2 Success", "3 Success", "4 Failed"]
    assert len(ended.of("screenshot")) == 3, "a step whose sentence took a picture takes no other one"


def test_a_failed_picture_is_the_only_one_of_its_step(start, maker, url):
    """F.1: no second picture on failure."""
    live = start(maker.step('Open "{url}"', url=url), maker.step(NAMED, name="basket"))
    answer(live, live.until("screenshot"), verdict="pending", pixel_diff=0)
    ended = live.end()
    assert (ended.rows()[1], ended.error["code"], len(ended.of("screenshot"))) == ("1 Failed", "visual", 1)
    assert [event["url"] for event in ended.of("source")] == [url]


def test_a_step_that_failed_is_pictured_but_not_compared(start, maker, url):
    """F.1: what a failure left must not become a baseline."""
    ended = start(
        maker.step('Open "{url}"', url=url), maker.step("Fail", compare=True, continue_on_failure=True),
        maker.step("Fail"),
    ).end()  # fmt: skip
    assert [(event["role"], event["compare"]) for event in ended.of("screenshot")] == [
        ("step", False),
        ("failure", False),
    ]


def test_without_a_verdict_the_step_fails_within_its_time(start, maker, url):
    """F.4 point 1."""
    live = start(maker.step('Open "{url}"', url=url), maker.step(NAMED, name="basket", timeout=1))
    ended = live.end()
    assert ended.error["code"] == "visual"
    assert "no verdict came in time" in ended.error["message"]
    assert ended.of("step_end")[1]["duration_ms"] < 3000


def test_a_cancel_ends_the_waiting_for_a_verdict(start, maker, url):
    """A.6."""
    live = start(maker.step('Open "{url}"', url=url), maker.step(NAMED, name="basket"), maker.step("Pass"))
    live.until("screenshot")
    live.process.send({"type": "cancel", "by": "ada"})
    ended = live.end()
    assert ended.rows() == ["0 Success", "1 Skipped", "2 cancelled"]


def test_an_open_dialog_is_an_error_of_the_comparison_and_a_warning(start, maker, url):
    """F.1."""
    script = "document.querySelector('button').click(); return 1"
    first, step = maker.step('Open "{url}"', url=url), maker.step('Run "{script}"', script=script, compare=True)
    live = start(first, step, visual={"gate": {step["uuid"]: True}})
    missing = live.until("screenshot")
    assert (missing["file"], missing["compare"], missing["await"]) == (None, True, True)
    assert "Really?" in missing["problem"]
    answer(live, missing, verdict="error", pixel_diff=None, fails=True, reason=missing["problem"])
    ended = live.end()
    assert (ended.rows()[1], ended.error["code"]) == ("1 Failed", "visual")
    assert "Really?" in ended.error["message"]
    assert any("No picture could be taken" in text for text in ended.of("step_end")[1]["warnings"])
