"""Runners whose browser is one of a real Selenium Grid."""

import time

import pytest
import urllib3
from grid import running_grid
from waiting import eventually

pytestmark = [pytest.mark.grid, pytest.mark.browser]

HEADLESS = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage"]
PAGE = "data:text/html,<title>Shop</title><script>console.error('no stock')</script>"
SEEN = (
    "return [Intl.DateTimeFormat().resolvedOptions().timeZone, screen.width, devicePixelRatio, navigator.userAgent]"
    ".join(' ')"
)


def remote(url, **more):
    return {
        "kind": "remote",
        "family": "chrome",
        "url": url,
        "capabilities": {"browserName": "chrome"},
        "arguments": HEADLESS,
        "timezone": "Asia/Tokyo",
        "limits": {},
        **more,
    }


def test_a_text_that_names_a_file_of_this_machine_is_typed_and_not_sent(runners, maker, grid, tmp_path):
    """runner B.1: nobody asked for a file of this machine, which Selenium would send to the other one."""
    file = tmp_path / "secret.txt"
    file.write_text("secret")
    tree = [
        maker.step('Open "{url}"', url="data:text/html,<input>"),
        maker.step('Type "{text}" and read it', text=str(file)),
    ]
    ended = runners.run(tree, browser=remote(grid.url))
    assert ended.details() == [str(file)]


@pytest.fixture(scope="module")
def full_grid(tmp_path_factory):
    """A Grid with one slot that refuses requests which waited four seconds."""
    with running_grid(tmp_path_factory.mktemp("full"), slots=1, queue_seconds=4) as started:
        yield started


@pytest.fixture
def taken(full_grid):
    """Take its only slot."""
    arguments = {"browserName": "chrome", "goog:chromeOptions": {"args": HEADLESS}}
    answer = urllib3.request(
        "POST",
        f"{full_grid.url}/session",
        json={"capabilities": {"alwaysMatch": arguments}},
        headers={"Content-Type": "application/json; charset=utf-8"},
        timeout=30,
    )
    assert answer.status == 200, answer.data
    session = answer.json()["value"]["sessionId"]
    yield session
    full_grid.end(session)
    eventually(lambda: not full_grid.sessions(), 10, "the end of all sessions")


def test_a_feature_passes_in_a_browser_of_the_grid(runners, maker, grid):
    """runner H.1, H.2, X-126."""
    device = {"width": 390, "height": 844, "pixel_ratio": 3, "user_agent": "Phone/$version"}
    tree = [
        maker.step('Open "{url}"', url=PAGE, screenshot=True),
        maker.step('Title is "{title}"', title="Shop"),
        maker.step('Run "{script}"', script=SEEN),
    ]
    ended = runners.run(tree, browser=remote(grid.url, mobile=device))
    assert ended.rows() == ["0 Success", "1 Success", "2 Success"], ended.log
    [started] = ended.of("started")
    assert ended.details() == [f"Asia/Tokyo 390 3 Phone/{started['version']}"]
    assert started["platform"] == "linux"
    assert [picture["role"] for picture in ended.of("screenshot")] == ["step"]
    assert "no stock" in str(ended.of("console"))
    eventually(lambda: not grid.sessions(), 5, "the end of the session")


def test_capabilities_of_the_plan_reach_the_node(runners, maker, grid):
    """runner H.2: BiDi works through the Grid, which adds its own address."""
    capabilities = {"browserName": "chrome", "webSocketUrl": True, "se:name": "Buy #31", "se:downloadsEnabled": True}
    live = runners.start(
        [maker.step("Wait for something that never comes")],
        browser=remote(grid.url, capabilities=capabilities),
    )
    started = live.until("started")
    [seen] = grid.capabilities()
    assert (seen["se:name"], seen["se:downloadsEnabled"]) == ("Buy #31", True)
    assert seen["webSocketUrl"].startswith("ws://127.0.0.1")
    assert started["features"]["network"] is True
    live.process.send({"type": "cancel", "by": "ada"})
    assert live.end().finished["outcome"] == "cancelled"
    assert grid.sessions() == []


def test_a_full_hub_is_asked_again_and_its_message_is_the_reason(runners, maker, full_grid, taken):
    """X-127."""
    begin = time.monotonic()
    ended = runners.run([maker.step("Pass")], browser=remote(full_grid.url), limits={"open_s": 7})
    assert 6 < time.monotonic() - begin < 10
    assert (ended.finished["outcome"], ended.finished["reason"]) == ("aborted", "no_browser")
    message = ended.finished["message"]
    assert "gave no session within 7 s: Could not start a new session" in message
    told = [event["text"] for event in ended.of("log")]
    assert any("all of its 1 slots are taken" in text for text in told), told
    assert any("gives no session yet: Could not start a new session" in text for text in told), told


def test_a_slot_that_becomes_free_in_time_is_taken(runners, maker, full_grid, taken):
    """runner H.5."""
    live = runners.start([maker.step("Pass")], browser=remote(full_grid.url), limits={"open_s": 30})
    live.until("log")
    full_grid.end(taken)
    ended = live.end()
    assert ended.rows() == ["0 Success"]


def test_a_request_that_was_given_up_leaves_no_session(runners, maker, full_grid, taken):
    """runner B.6: the runner is gone before the hub has a slot for it."""
    ended = runners.run([maker.step("Pass")], browser=remote(full_grid.url), limits={"open_s": 1})
    assert ended.finished["reason"] == "no_browser"
    assert "all of its 1 slots are taken" in ended.finished["message"]
    assert full_grid.queued() == []
    assert full_grid.sessions() == [taken]


def test_a_run_is_cancelled_while_it_waits_for_a_hub_that_is_away(runners, maker):
    """X-018."""
    live = runners.start([maker.step("Pass")], browser=remote("http://127.0.0.1:9"), limits={"open_s": 70})
    live.until("log")
    begin = time.monotonic()
    live.process.send({"type": "cancel", "by": "ada"})
    ended = live.end()
    assert time.monotonic() - begin < 4
    assert ended.finished["outcome"] == "cancelled"
    assert ended.rows() == ["0 cancelled"]


def test_a_hub_that_is_away_is_named_without_credentials(runners, maker):
    """M, hub unreachable; X-122."""
    browser = remote("http://127.0.0.1:9", username="ada", password="s3cret-key")
    ended = runners.run([maker.step("Pass")], browser=browser, limits={"open_s": 1})
    assert "The hub 127.0.0.1:9 gave no session within 1 s" in ended.finished["message"]
    assert "refused" in ended.finished["message"]
    assert "s3cret-key" not in ended.log + str(ended.events)
