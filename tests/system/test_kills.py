"""Whatever dies in the middle of a run, the result ends with a reason, nothing is left, and the next run works."""

import os
import signal
import time

import psutil
import pytest
from waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(300)]

LEASE_S = 6


@pytest.fixture
def running(live, shop, feature):
    """Start a feature that sleeps in its second step and return client and run once it does."""
    key = feature(f'StartBrowser and call URL "{shop.url}/"', 'I sleep "120" seconds', "Press Enter")
    client = live.client()
    run = client.post("/exectest/", {"feature_id": key}).json

    def sleeping():
        events = client.get(f"/events/?run_id={run['run_id']}&limit=500").json
        return [event for event in events if event["type"] == "step.begin" and event["data"]["seq"] == 2]

    eventually(sleeping, 40, "the second step")
    return client, run["run_id"], run["feature_result_ids"][0]


def ended(client, result_id):
    result = client.get(f"/feature_results/{result_id}/").json
    return None if result["running"] else result


def processes_named(live, result_id, name):
    found = []
    for process in live.runners(f"{result_id}:"):
        try:
            if name in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def check_aftermath(live, shop, feature, result_id):
    """No process of the attempt is left, its folder is gone, and the next run works."""
    eventually(lambda: not live.runners(f"{result_id}:"), 15, "the end of all processes of the attempt")
    work = live.data / "work"
    eventually(lambda: not list(work.glob(f"*/{result_id}-*")), 15, "the removal of the folder")
    key = feature(f'StartBrowser and call URL "{shop.url}/"')
    answer = live.client().post("/exectest/", {"feature_id": key, "wait": True})
    assert answer.json["results"][0]["status"] == "Success"


def test_kill_of_the_runner(live, shop, feature, running):
    """Runner M: Error runner_died within 5 s, the running step is Failed, the rest skipped, the log is kept."""
    client, _run, result_id = running
    runner = eventually(lambda: leader(live, result_id), 5, "the runner")
    os.kill(runner, signal.SIGKILL)
    result = eventually(lambda: ended(client, result_id), 8, "the end")
    assert (result["status"], result["reason"]) == ("Error", "runner_died")
    assert result["status_reason"]
    rows = client.get(f"/api/feature_results/{result_id}/step_results/").json
    assert [row["status"] for row in rows] == ["Success", "Failed", "Skipped"]
    check_aftermath(live, shop, feature, result_id)


def leader(live, result_id):
    """The runner is the leader of the process group of its attempt."""
    for process in live.runners(f"{result_id}:"):
        if os.getpgid(process.pid) == process.pid:
            return process.pid
    return None


def test_kill_of_the_driver(live, shop, feature):
    """X-084: the step that needs the browser fails as browser-lost, the result ends as Error browser_lost."""
    key = feature(
        f'StartBrowser and call URL "{shop.url}/"', 'I sleep "4" seconds', 'I can see "anything"', "Press Enter",
        continue_on_failure=True,
    )  # fmt: skip
    client = live.client()
    result_id = client.post("/exectest/", {"feature_id": key}).json["feature_result_ids"][0]
    drivers = eventually(lambda: processes_named(live, result_id, "chromedriver"), 30, "the driver")
    eventually(lambda: client.get(f"/api/feature_results/{result_id}/step_results/").json, 30, "the first step")
    for driver in drivers:
        driver.kill()
    result = eventually(lambda: ended(client, result_id), 30, "the end")
    assert (result["status"], result["reason"]) == ("Error", "browser_lost")
    assert result["total"] == result["ok"] + result["fails"] + result["skipped"] == 4
    check_aftermath(live, shop, feature, result_id)


def test_kill_of_the_worker(live, shop, feature, running):
    """X-029, X-032, X-040: after the restart of the worker the result ends as Error worker_lost; the runner quits."""
    client, run_id, result_id = running
    pid = eventually(live.worker_pid, 5, "the worker")
    begun = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not live.runners(f"{result_id}:"), 10, "the end of runner and browser")
    if live.apart:
        # An operator's supervisor starts it again; embedded installations do so by themselves.
        live.spawn("worker")
    result = eventually(lambda: ended(client, result_id), 2 * LEASE_S + 10, "the end")
    assert (result["status"], result["reason"]) == ("Error", "worker_lost")
    assert time.monotonic() - begun < 2 * LEASE_S + 15
    rows = client.get(f"/api/feature_results/{result_id}/step_results/").json
    assert [row["status"] for row in rows] == ["Success", "Failed", "Skipped"]
    types = [event["type"] for event in client.get(f"/events/?run_id={run_id}&limit=500").json]
    assert types.count("result.finished") == types.count("run.completed") == 1
    check_aftermath(live, shop, feature, result_id)
