"""Attempts whose browsers are those of a real Grid, or of a vendor's stand-in."""

import os
import signal
import time

import pytest
import urllib3
from vendor import SESSION, running_vendor
from waiting import eventually

from cometa_catalog.services.browsers import create_browser
from cometa_catalog.services.clouds import configure_cloud
from cometa_executions.api import State
from cometa_worker.remote_sessions import SessionStillOpenError, end_session

PLUGINS = ("accounts", "catalog", "features", "executions", "browserstack", "worker", "sample")
DESKTOP = {"browser": "chrome", "browser_version": "latest", "os": "Windows", "os_version": "11"}


@pytest.fixture
def on_grid(make_bench, without_browser, begin_on, grid):
    """Begin an attempt in a browser of the Grid."""
    bench = make_bench(
        cometa__browser__local="false",
        cometa__grid__url=grid.url,
        cometa__grid__headless="true",
        cometa__browser__args__chrome="--no-sandbox --disable-dev-shm-usage",
    )
    spec = {"browser": "chrome", "browser_version": grid.version, "cloud": "local"}
    with bench.runtime.unit_of_work() as scope:
        create_browser(scope, spec)
    begin = begin_on(bench, without_browser.with_browser)
    return lambda *sentences: begin(*sentences, browsers=[spec])


@pytest.mark.grid
@pytest.mark.browser
def test_the_session_of_a_killed_runner_is_ended_by_the_worker(on_grid, grid):
    """X-047, M: runner killed."""
    tried = on_grid('Sleep "60" seconds')
    eventually(lambda: tried.bench.result(tried.result_id).state == State.RUNNING, 30, "the start")
    eventually(lambda: tried.steps, 5, "the first step")
    assert len(grid.sessions()) == 1
    assert grid.capabilities()[0]["se:name"].endswith(f"#{tried.result_id}")
    begin = time.monotonic()
    os.kill(tried.result.pid, signal.SIGKILL)
    result = tried.end()
    assert time.monotonic() - begin < 10
    assert (result.state, result.reason) == (State.ERROR, "runner_died")
    assert grid.sessions() == []


@pytest.fixture
def vendor(tmp_path):
    with running_vendor(tmp_path) as started:
        yield started


@pytest.fixture
def at_vendor(make_bench, without_browser, begin_on, vendor):
    """Begin an attempt in a browser of the vendor."""
    bench = make_bench(
        cometa__plugins="\n".join(PLUGINS),
        cometa__browserstack__username="ada",
        cometa__browserstack__access_key="s3cret-key",
        cometa__browserstack__browsers_url=f"{vendor.url}/browsers.json",
        cometa__browserstack__hub_url=f"{vendor.url}/hub",
        cometa__browserstack__api_url=f"{vendor.url}/automate",
    )
    with bench.runtime.unit_of_work() as scope:
        configure_cloud(scope, "browserstack", active=True, most=None)
    begin = begin_on(bench, without_browser.with_browser)
    return lambda *sentences: begin(*sentences, browsers=[DESKTOP])


@pytest.mark.parametrize(("sentence", "status", "reason"), [("Pass", "passed", ""), ("Fail", "failed", "Expected")])
def test_a_vendor_learns_result_and_name_before_the_session_is_quit(at_vendor, vendor, sentence, status, reason):
    """X-128, X-123, X-122: credentials in a header, and nowhere else."""
    tried = at_vendor(sentence)
    result = tried.end()
    assert result.state == (State.SUCCESS if status == "passed" else State.FAILED), tried.log
    asked = vendor.asked()
    [opening] = [found for found in asked if found["path"] == "/hub/session"]
    capabilities = opening["body"]["capabilities"]["alwaysMatch"]
    options = capabilities["bstack:options"]
    assert (capabilities["browserName"], capabilities["browserVersion"]) == ("chrome", "134.0")
    assert (options["os"], options["osVersion"]) == ("Windows", "11")
    assert options["sessionName"].endswith(f"#{tried.result_id}")
    [told] = [found for found in asked if found["method"] == "PUT"]
    assert told["path"] == f"/automate/sessions/{SESSION}.json"
    assert told["body"]["status"] == status
    assert told["body"]["reason"].startswith(reason)
    assert told["body"]["name"] == options["sessionName"]
    quit_at = asked.index(next(found for found in asked if found["method"] == "DELETE"))
    assert asked.index(told) < quit_at
    expected = urllib3.make_headers(basic_auth="ada:s3cret-key")["authorization"]
    assert {found["auth"] for found in asked} == {expected}
    assert "s3cret-key" not in str([(found["path"], found["body"]) for found in asked])
    assert "s3cret-key" not in tried.log


def test_a_vendor_that_does_not_take_the_status_is_a_warning(at_vendor, vendor):
    """X-128."""
    vendor.fail("/automate")
    tried = at_vendor("Pass")
    assert tried.end().state == State.SUCCESS
    assert "WARNING The cloud was not told how the session ended" in tried.log
    assert "status 500" in tried.log


def test_a_session_that_a_hub_does_not_end_is_tried_again_by_the_service_queue(at_vendor, vendor):
    """runner B.6."""
    vendor.fail(f"/hub/session/{SESSION}")
    tried = at_vendor("Pass")
    tried.end()
    assert f"The remote session {SESSION} could not be ended yet: status 500" in tried.log
    queue = tried.bench.runtime.tasks.hueys["service"]
    [waiting] = [task for task in queue.pending() if task.name == "worker.end_session"]
    assert (waiting.args, waiting.retries, waiting.retry_delay) == (("browserstack", SESSION), 20, 30)
    with pytest.raises(SessionStillOpenError, match="status 500"):
        end_session(tried.bench.runtime, "browserstack", SESSION)
    vendor.fail()
    end_session(tried.bench.runtime, "browserstack", SESSION)
    assert vendor.asked()[-1]["method"] == "DELETE"


def test_a_hub_that_is_away_ends_the_result_with_its_message_and_says_what_is_waited_for(
    make_bench, without_browser, begin_on
):
    """X-127, M: hub unreachable."""
    bench = make_bench(
        cometa__browser__local="false", cometa__grid__url="http://127.0.0.1:9", cometa__limit__open_seconds="2"
    )
    tried = begin_on(bench, without_browser.with_browser)("Pass")
    result = tried.end()
    assert (result.state, result.reason) == (State.ERROR, "no_browser")
    assert "The hub 127.0.0.1:9 gave no session within 1 s" in result.status_reason
    assert "refused" in result.status_reason
    told = bench.events(tried.run_id, "step.detail")
    assert any("gives no session yet" in event.data["text"] for event in told)
    assert tried.statuses == ["Skipped"]
