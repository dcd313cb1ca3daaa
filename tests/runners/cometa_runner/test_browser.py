"""A runner process with a real Chromium."""

import hashlib
import http.server
import os
import signal
import threading
import time
from collections.abc import Iterator
from itertools import pairwise

import psutil
import pytest
from waiting import eventually

from cometa_worker.cleanup import end_attempt, marked_processes
from cometa_worker.launch import ends_within

pytestmark = pytest.mark.browser

MARK = f"31:2:{os.getpid()}"
PAGES = {
    "/": "<title>Shop</title><h1>Welcome</h1><input type=password value=hunter2><p>token-4711</p>",
    "/console": "<title>Talk</title><script>console.error('no stock'); console.log('fine')</script>",
    "/dialog": "<title>Ask</title><button onclick=\"setTimeout(() => alert('Really?'), 0)\">x</button>",
    "/moving": "<style>@keyframes m {to {margin-left: 500px}} p {animation: m 1s infinite}</style><p>x",
    "/slow": "",
}


def all_ended(pids, seconds=3.0):
    """Tell which processes still run after some time."""
    end = time.monotonic() + seconds
    return [pid for pid in pids if not ends_within(pid, max(0.0, end - time.monotonic()))]


class Pages(http.server.BaseHTTPRequestHandler):
    """Serves ``PAGES``; ``/slow`` never answers, ``/file`` is a download."""

    def do_GET(self):
        if self.path == "/slow":
            self.server.leaving.wait(30)
            return
        self.send_response(200)
        if self.path == "/file":
            self.send_header("Content-Disposition", "attachment; filename=report.csv")
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGES.get(self.path, "a;b").encode())

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def pages() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads = True
    server.leaving = threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.leaving.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def opened(maker, pages):
    """Make a step that opens a page of the test server."""
    return lambda path="/", **flags: maker.step('Open "{url}"', url=pages + path, **flags)


def test_a_feature_over_a_page_passes_with_picture(runners, maker, opened, local_browser):
    """X-097, B.3 started; F.1."""
    tree = [opened(screenshot=True), maker.step('Title is "{title}"', title="Shop")]
    ended = runners.run(tree, browser=local_browser)
    assert ended.rows() == ["0 Success", "1 Success"]
    assert ended.status == 0
    started = ended.of("started")[0]
    assert started["family"] == "chrome"
    assert started["platform"] == "linux"
    assert started["viewport"]["w"] == 1920
    assert started["features"]["console"] is True
    assert started["session_id"]
    [picture] = ended.of("screenshot")
    png = (ended.workdir / "artifacts" / picture["file"]).read_bytes()
    assert png.startswith(b"\x89PNG")
    assert hashlib.sha256(png).hexdigest() == picture["sha256"]
    assert (picture["width"], picture["role"], picture["seq"]) == (1920, "step", 1)
    # Chromium's crash handler ends a moment after the browser.
    eventually(lambda: not [mark for _, mark in marked_processes() if mark == MARK], 5, "the end of every process")


def test_a_failing_step_leaves_picture_source_page_and_console(runners, maker, opened, local_browser, pages):
    """runner F.1, I.1, D.5."""
    ended = runners.run([opened("/console"), maker.step("Fail")], browser=local_browser)
    assert [picture["role"] for picture in ended.of("screenshot")] == ["failure"]
    [source] = ended.of("source")
    assert "no stock" in (ended.workdir / "artifacts" / source["file"]).read_text()
    assert source["url"] == f"{pages}/console"
    assert f"Page: {pages}/console" in ended.error["message"]
    entries = [entry for event in ended.of("console") for entry in event["entries"]]
    assert [(entry["level"], entry["text"]) for entry in entries if "stock" in entry["text"]] == [("error", "no stock")]
    assert entries[0]["url"] == f"{pages}/console"


def test_no_picture_is_taken_on_failure_when_the_site_does_not_want_it(runners, maker, opened, local_browser):
    ended = runners.run(
        [opened(), maker.step("Fail")], browser=local_browser, settings={"screenshot_on_failure": False}
    )
    assert ended.of("screenshot") == []


def test_pictures_show_neither_passwords_nor_secrets(runners, maker, opened, local_browser):
    """X-111: as long as the picture is taken, and not longer."""
    color = "return ['input', 'p'].map(name => getComputedStyle(document.querySelector(name)).color).join()"
    tree = [opened(screenshot=True), maker.step('Run "{script}"', script=color)]
    plain = runners.run(tree, browser=local_browser)
    masked = runners.run(tree, browser=local_browser, secrets=["token-4711"])
    assert plain.details() == masked.details() == ["rgb(0, 0, 0),rgb(0, 0, 0)"]
    assert plain.of("screenshot")[0]["sha256"] != masked.of("screenshot")[0]["sha256"]


def test_a_picture_for_comparison_waits_for_its_verdict(runners, maker, opened, local_browser):
    """runner D.1, F.1, F.5."""
    tree = [opened("/moving", compare=True), opened("/moving", compare=True)]
    gate = {tree[1]["uuid"]: True}
    live = runners.start(tree, browser=local_browser, visual={"gate": gate, "stable": True})
    first = live.until("screenshot")
    assert first["await"] is False
    second = live.until("screenshot")
    assert second["await"] is True
    assert first["sha256"] == second["sha256"], "movement is stopped for comparisons"
    live.process.send({"type": "verdict", "n": second["n"], "verdict": "different", "pixel_diff": 2501, "limit": 500})
    ended = live.end()
    assert ended.rows() == ["0 Success", "1 Failed"]
    assert ended.error["code"] == "visual"
    assert ended.error["message"].startswith("2,501 pixels differ (0.1")


def test_an_open_dialog_fails_the_step_with_its_text(runners, maker, opened, local_browser):
    """X-083."""
    tree = [
        opened("/dialog"),
        maker.step('Run "{script}"', script="document.querySelector('button').click(); return 'clicked'"),
        maker.step(
            'Run "{script}"', script="return new Promise(done => setTimeout(done, 300))", continue_on_failure=True
        ),
        maker.step('Title is "{title}"', title="Ask"),
    ]
    ended = runners.run(tree, browser=local_browser)
    assert ended.rows()[3] == "3 Failed"
    errors = [event["error"] for event in ended.of("step_end") if event["error"]]
    assert errors[-1]["code"] == "dialog-open"
    assert "Really?" in errors[-1]["message"]
    assert ended.of("screenshot") == []


def test_a_page_that_does_not_load_fails_by_the_time_of_the_step_and_the_next_step_goes_on(
    runners, maker, opened, local_browser
):
    """runner D.2, X-074."""
    tree = [
        opened("/slow", timeout=1, continue_on_failure=True),
        opened("/"),
        maker.step('Title is "{title}"', title="Shop"),
    ]
    ended = runners.run(tree, browser=local_browser)
    assert ended.rows() == ["0 Failed", "1 Success", "2 Success"]
    assert ended.error["code"] == "timeout"
    assert 900 < ended.of("step_end")[0]["duration_ms"] < 2500


def test_a_script_that_does_not_end_fails_by_the_time_of_the_step(runners, maker, opened, local_browser):
    """runner D.2."""
    first = opened()
    endless = maker.step('Run "{script}"', script="return new Promise(() => {})", timeout=1, continue_on_failure=True)
    ended = runners.run([first, endless, maker.step('Title is "{title}"', title="Shop")], browser=local_browser)
    assert ended.rows() == ["0 Success", "1 Failed", "2 Success"]
    assert ended.error["code"] == "timeout"


@pytest.mark.parametrize("victim", ["chromium", "chromedriver"])
def test_a_browser_killed_in_mid_step_is_lost_whatever_the_step_continues(
    runners, maker, opened, local_browser, victim
):
    """X-084."""
    first = opened()
    kill = maker.step('Kill "{name}" and ask for the title', name=victim, continue_on_failure=True)
    ended = runners.run([first, kill, maker.step("Pass")], browser=local_browser)
    assert ended.rows() == ["0 Success", "1 Failed", "2 after_failure"]
    assert ended.error["code"] == "browser-lost"
    assert (ended.finished["outcome"], ended.finished["reason"]) == ("aborted", "browser_lost")
    assert ended.status == 0


def test_the_feature_may_close_its_browser_and_open_another_one(runners, maker, opened, local_browser):
    """runner F.1: no picture after the browser was closed."""
    tree = [
        maker.step("Close the browser", screenshot=True),
        maker.step('Title is "{title}"', title="x", continue_on_failure=True),
        maker.step("Open another browser"),
        opened(),
        maker.step('Title is "{title}"', title="Shop"),
    ]
    ended = runners.run(tree, browser=local_browser)
    assert ended.rows() == ["0 Success", "1 Failed", "2 Success", "3 Success", "4 Success"]
    assert "no browser is open" in ended.error["message"]
    assert ended.of("screenshot") == []


def test_time_zone_device_and_agent_are_what_the_page_sees(runners, maker, opened, local_browser):
    """X-126."""
    mobile = {"width": 390, "height": 844, "pixel_ratio": 3, "user_agent": "Phone/$version"}
    script = (
        "return [Intl.DateTimeFormat().resolvedOptions().timeZone, screen.width, devicePixelRatio, navigator.userAgent]"
        ".join(' ')"
    )
    tree = [opened(), maker.step('Run "{script}"', script=script)]
    ended = runners.run(tree, browser={**local_browser, "mobile": mobile})
    version = ended.of("started")[0]["version"]
    assert ended.details() == [f"Asia/Tokyo 390 3 Phone/{version}"]


def test_downloads_are_announced(runners, maker, opened, local_browser):
    """runner I.1."""
    live = runners.start(
        [opened("/file"), maker.step('Ignore the time for "{seconds}" seconds', seconds="0.5")], browser=local_browser
    )
    ended = live.end()
    [file] = ended.of("file")
    assert (file["name"], file["kind"]) == ("report.csv", "download")
    assert (ended.workdir / "artifacts" / file["file"]).read_text() == "a;b"


def test_a_browser_that_cannot_be_started_says_why(runners, maker, local_browser):
    """runner H.5."""
    ended = runners.run([maker.step("Pass")], browser={**local_browser, "binary": "/nonexistent/chromium"})
    assert (ended.finished["outcome"], ended.finished["reason"]) == ("aborted", "no_browser")
    assert "/nonexistent/chromium" in ended.finished["message"]
    assert ended.rows() == ["0 after_failure"]


@pytest.mark.parametrize("launcher", ["runners", "cold_runners"])
def test_closing_the_control_pipe_ends_runner_and_browser(request, maker, opened, local_browser, launcher):
    """X-040."""
    tree = [opened(), maker.step('Ignore the time for "{seconds}" seconds', seconds="60")]
    live = request.getfixturevalue(launcher).start(tree, browser=local_browser)
    live.until("step_begin", index=1)
    pids = [process.pid for process, mark in marked_processes() if mark == MARK]
    assert len(pids) > 3, "runner, driver and browser carry the mark"
    assert live.process.pid in pids
    begin = time.monotonic()
    live.process.close_control()
    assert live.process.wait(5) is not None
    assert all_ended(pids, begin + 5 - time.monotonic()) == []


@pytest.mark.parametrize("victim", ["runner", "chromedriver", "nobody"])
def test_nothing_is_left_after_the_clean_up(runners, maker, opened, local_browser, victim):
    """X-035, X-046; runner B.6."""
    tree = [opened(), maker.step('Ignore the time for "{seconds}" seconds', seconds="60")]
    live = runners.start(tree, browser=local_browser)
    live.until("step_begin", index=1)
    mine = [process for process, mark in marked_processes() if mark == MARK]
    for process in mine:
        if process.name() == victim or (victim == "runner" and process.pid == live.process.pid):
            process.send_signal(signal.SIGKILL)
    end_attempt(live.process, MARK)
    assert all_ended([process.pid for process in mine], 0.5) == []
    assert not [process for process, mark in marked_processes() if mark == MARK]


def test_a_stopped_runner_is_killed_within_the_grace(runners, maker, opened, local_browser):
    """X-043."""
    live = runners.start([opened(), maker.step('Sleep "{seconds}" seconds', seconds="60")], browser=local_browser)
    live.until("step_begin", index=1)
    mine = [process for process, mark in marked_processes() if mark == MARK]
    psutil.Process(live.process.pid).suspend()
    begin = time.monotonic()
    end_attempt(live.process, MARK, grace=0.5)
    assert time.monotonic() - begin < 3
    assert live.process.poll() is not None
    assert all_ended([process.pid for process in mine], 0.5) == []


def test_the_platform_adds_little_to_a_step(runners, maker, opened, local_browser):
    """X-050: between the ends of two steps lies the time of the second one and that of the platform."""
    tree = [opened(), *(maker.step('Title is "{title}"', title="Shop") for _ in range(100))]
    ends = runners.run(tree, browser=local_browser).of("step_end")
    own = [after["t"] - before["t"] - after["duration_ms"] for before, after in pairwise(ends)]
    assert sorted(own)[len(own) // 2] < 10
