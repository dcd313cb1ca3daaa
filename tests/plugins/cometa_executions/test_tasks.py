"""What external runners report about their process, and what happens when they do not."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from run_bench import CHROME, FIREFOX
from sqlalchemy import func, select, update

from cometa_core.testing.installation import Client
from cometa_executions.api import Ending, LeaseWatch, Result, State, end_result, issue_token, sweep
from cometa_executions.models import Task
from cometa_executions.services.reading import run_info

LEASE_S = 120
LIMIT_S = 7500


@pytest.fixture
def waiting(bench):
    """A queued result of a feature with three steps."""
    return bench.results(bench.accept(bench.feature()).run_id)[0]


@pytest.fixture
def runner(bench, app, waiting):
    """Call as the external runner of ``waiting``."""
    return runner_of(bench, app, waiting.id)


def runner_of(bench, app, result_id):
    with bench.runtime.unit_of_work() as scope:
        return Client(app, issue_token(scope, result_id).text, 0)


def report(result, action="start", **others):
    return {"action": action, "feature_id": result.feature_id, "pid": 4242, "browser": CHROME, **others}


def tasks(bench):
    with bench.runtime.reading() as session:
        return session.scalars(select(Task).order_by(Task.result_id)).all()


def kinds(bench, result):
    return [event.type for event in bench.events(result.run_id)]


def look(bench):
    sweep(bench.runtime, LeaseWatch(), lambda: None)


def end(bench, result, state):
    with bench.runtime.unit_of_work() as scope:
        held = scope.session.get_one(Result, result.id)
        assert end_result(scope, run_info(held), State(held.state), Ending(state))


def test_a_start_sets_pid_and_running_and_the_same_start_keeps_one_task(bench, runner, waiting):
    """R-183."""
    for _ in range(2):
        answer = runner.post("/updateTask/", report(waiting)).json
        assert answer == {"success": True, "feature_result_id": waiting.id, "tasks": 1}
    result = bench.result(waiting.id)
    assert (result.state, result.pid, result.attempt, result.started_at) == ("Running", 4242, 1, bench.clock.now())
    assert [(task.result_id, task.pid, task.ended_at) for task in tasks(bench)] == [(waiting.id, 4242, None)]
    assert kinds(bench, waiting) == ["result.queued", "result.initializing", "result.started"]
    assert runner.get(f"/feature_results/{waiting.id}/").json["pid"] == "4242"


@pytest.mark.parametrize("action", ["finish", "delete"])
def test_finish_removes_the_task(bench, runner, waiting, action):
    """R-183: tasks is 0 when there was none."""
    assert runner.post("/updateTask/", report(waiting, action)).json["tasks"] == 0
    runner.post("/updateTask/", report(waiting))
    counts = [runner.post("/updateTask/", report(waiting, action)).json["tasks"] for _ in range(2)]
    assert counts == [1, 0]
    result = bench.result(waiting.id)
    assert (result.state, result.pid) == ("Running", None)


def test_reports_come_as_get_too_with_digits_and_texts(bench, api, waiting):
    """R-183, rest-api A1.7, A6.17: ids may be digits, the browser its JSON text."""
    query = f"feature_id={waiting.feature_id}&pid=7&browser={json.dumps(CHROME)}"
    answer = api.get(f"/updateTask/?action=start&{query}").json
    assert (answer["feature_result_id"], bench.result(waiting.id).pid) == (waiting.id, 7)
    body = report(waiting, "heartbeat", pid="7", feature_id=str(waiting.feature_id), browser=json.dumps(CHROME))
    assert api.post("/updateTask/", body).json == {"success": True, "feature_result_id": waiting.id, "tasks": 1}


def test_a_runner_without_token_takes_the_newest_free_result_with_its_browser(bench, api):
    """rest-api A6.17: none left is 404; finish and heartbeat find the task by its pid."""
    feature_id = bench.feature(browsers=[CHROME, FIREFOX])
    first, second = (bench.accept(feature_id).result_ids for _ in range(2))
    chrome = {"action": "start", "feature_id": feature_id, "browser": {**CHROME, "browser_version": "latest"}}
    taken = [api.post("/updateTask/", {**chrome, "pid": pid}).json["feature_result_id"] for pid in (1, 2)]
    assert taken == [second[0], first[0]]
    assert api.post("/updateTask/", {**chrome, "pid": 3}, status=404).json["code"] == "not_found"
    by_pid = {"feature_id": feature_id, "pid": 2}
    for action, count in (("heartbeat", 1), ("finish", 1), ("finish", 0), ("heartbeat", 0)):
        answer = api.post("/updateTask/", {**by_pid, "action": action}).json
        assert (answer["feature_result_id"], answer["tasks"]) == (first[0], count)
    unknown = {"feature_id": feature_id, "pid": 99}
    assert api.post("/updateTask/", {**unknown, "action": "finish"}).json["tasks"] == 0
    api.post("/updateTask/", {**unknown, "action": "heartbeat"}, status=404)
    api.post("/updateTask/", {**chrome, "pid": 3}, status=404)


@pytest.mark.parametrize(
    "browser", [FIREFOX, {**CHROME, "browser_version": "1.0"}, {**CHROME, "cloud": "browserstack"}, {"browser": ""}]
)
def test_a_result_with_another_browser_is_not_taken(api, waiting, browser):
    """rest-api A6.17: 404 when none waits."""
    assert api.post("/updateTask/", report(waiting, browser=browser), status=404).json["code"] == "not_found"


def test_runners_that_start_at_once_take_different_results(bench, api):
    """rest-api A6.17, on both databases."""
    feature_id = bench.feature()
    ids = [bench.accept(feature_id).result_ids[0] for _ in range(4)]

    def start(pid):
        body = {"action": "start", "feature_id": feature_id, "browser": CHROME, "pid": pid}
        return api.post("/updateTask/", body).json["feature_result_id"]

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(start, range(1, 5))) == ids


def test_what_ended_or_a_worker_executes_is_not_started(bench, runner, api, waiting):
    """rest-api A6.17: 409."""
    held = bench.running()
    body = {"action": "start", "feature_id": held.run.feature_id, "pid": 1, "browser": CHROME}
    named = {**body, "feature_result_id": held.lease.result_id}
    assert api.post("/updateTask/", named, status=409).json["code"] == "result_running"
    api.post("/updateTask/", body, status=404)
    end(bench, waiting, State.CANCELED)
    for action in ("start", "heartbeat"):
        assert runner.post("/updateTask/", report(waiting, action), status=409).json["code"] == "terminal_state"
    assert runner.post("/updateTask/", report(waiting, "finish")).json["tasks"] == 0


def test_wrong_reports_are_refused_by_field(api, waiting, stranger):
    """R-183, A1.5."""
    for wrong in ({"action": "stop"}, {"pid": 0}, {"pid": 2**31}, {"pid": "x"}, {"browser": "no json"}, {"more": 1}):
        answer = api.post("/updateTask/", report(waiting, **wrong) if "action" not in wrong else wrong, status=422)
        assert set(answer.json["fields"]) >= set(wrong)
    api.post("/updateTask/", {**report(waiting), "browser": None}, status=422)
    api.post("/updateTask/", report(waiting, feature_id=999_999, pid="x"), status=404)
    stranger.post("/updateTask/", report(waiting), status=404)
    api.post("/updateTask/", report(waiting, feature_result_id=999_999), status=404)


def test_reports_need_the_right_to_run(waiting, caller_without):
    """rest-api A3.2."""
    caller_without("run_feature").post("/updateTask/", report(waiting), status=403)


def test_a_silent_external_runner_is_lost(bench, runner, waiting):
    """R-065, X-029."""
    runner.post("/updateTask/", report(waiting))
    bench.clock.pass_by(LEASE_S)
    look(bench)
    assert bench.result(waiting.id).state == "Running"
    bench.clock.pass_by(1)
    for _ in range(2):
        look(bench)
    row = runner.get(f"/feature_results/{waiting.id}/").json
    assert (row["status"], row["reason"], row["running"]) == ("Error", "worker_lost", False)
    assert row["status_reason"]
    assert (row["total"], row["skipped"]) == (3, 3)
    assert kinds(bench, waiting)[-3:] == ["result.error", "result.finished", "run.completed"]


def test_many_observers_end_a_silent_result_once(bench, runner, waiting):
    """R-065, R-193, on both databases."""
    runner.post("/updateTask/", report(waiting))
    bench.clock.pass_by(LEASE_S + 1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(look, [bench] * 4))
    found = kinds(bench, waiting)
    assert (found.count("result.finished"), found.count("run.completed")) == (1, 1)


@pytest.mark.parametrize("call", ["heartbeat", "read"])
def test_every_call_with_the_token_renews_the_lease(bench, runner, waiting, call):
    """R-065, rest-api A6.17."""
    runner.post("/updateTask/", report(waiting))
    for _ in range(3):
        bench.clock.pass_by(LEASE_S - 1)
        if call == "heartbeat":
            runner.post("/updateTask/", report(waiting, "heartbeat"))
        else:
            runner.get(f"/feature_results/{waiting.id}/")
        look(bench)
    assert bench.result(waiting.id).state == "Running"


def test_a_result_that_does_not_end_after_finish_is_lost_though_its_runner_calls(bench, runner, waiting):
    """R-065, rest-api A6.17."""
    runner.post("/updateTask/", report(waiting))
    runner.post("/updateTask/", report(waiting, "finish"))
    bench.clock.pass_by(LEASE_S + 1)
    runner.get(f"/feature_results/{waiting.id}/")
    look(bench)
    assert bench.result(waiting.id).reason == "worker_lost"


def test_an_external_result_that_takes_too_long_times_out(bench, runner, waiting):
    """R-066."""
    runner.post("/updateTask/", report(waiting))
    bench.clock.pass_by(LIMIT_S + 1)
    runner.post("/updateTask/", report(waiting, "heartbeat"))
    look(bench)
    result = bench.result(waiting.id)
    assert (result.state, result.reason) == ("Timeout", "feature_limit")


def test_the_lease_of_workers_does_not_end_external_results(bench, runner, waiting):
    """runner A.8: their beat stands still for longer than any worker's."""
    runner.post("/updateTask/", report(waiting))
    watch = LeaseWatch()
    for _ in range(2):
        sweep(bench.runtime, watch, lambda: None)
        bench.clock.pass_by(60)
    sweep(bench.runtime, watch, lambda: None)
    assert bench.result(waiting.id).state == "Running"


def test_a_cancelled_external_result_ends_at_once(bench, runner, api, waiting):
    """X-017, runner A.8: its runner learns it by the next report."""
    runner.post("/updateTask/", report(waiting))
    assert api.post(f"/killTask/{waiting.feature_id}/", {}).json["feature_result_ids"] == [waiting.id]
    result = bench.result(waiting.id)
    assert (result.state, result.status_reason) == ("Canceled", "Canceled by ada.")
    assert runner.post("/updateTask/", report(waiting, "heartbeat"), status=409).json["code"] == "terminal_state"


def test_a_cancel_that_only_was_noted_is_made_up_for(bench, runner, waiting):
    """X-017."""
    runner.post("/updateTask/", report(waiting))
    bench.change(Result, waiting.id, cancel_requested_at=bench.clock.now(), cancel_requested_by="ada")
    look(bench)
    assert bench.result(waiting.id).state == "Canceled"


def test_a_report_between_the_look_and_the_decision_saves_the_result(bench, runner, waiting, monkeypatch):
    """R-065: the end repeats what was seen."""
    runner.post("/updateTask/", report(waiting))
    bench.clock.pass_by(LEASE_S + 1)
    unit_of_work = bench.runtime.unit_of_work

    def late(*arguments):
        monkeypatch.setattr(bench.runtime, "unit_of_work", unit_of_work)
        with bench.runtime.unit_of_work() as scope:
            scope.session.execute(update(Result).where(Result.id == waiting.id).values(reported_at=scope.now()))
        return unit_of_work(*arguments)

    monkeypatch.setattr(bench.runtime, "unit_of_work", late)
    look(bench)
    assert bench.result(waiting.id).state == "Running"


def test_tasks_go_with_their_feature(bench, runner, root, waiting):
    """rest-api A5."""
    runner.post("/updateTask/", report(waiting))
    end(bench, waiting, State.CANCELED)
    root.delete(f"/api/features/{waiting.feature_id}/")
    with bench.runtime.reading() as session:
        assert session.scalar(select(func.count()).select_from(Task)) == 0
