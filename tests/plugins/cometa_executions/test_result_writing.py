"""Results that are stored over the API, and what their runners report afterwards."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from run_bench import CHROME

from cometa_core.testing.installation import Client
from cometa_executions.api import Result, Run, issue_token
from cometa_executions.services.external_leases import end_external

PATH = "/api/feature_results/"
REQUIRED = (
    "feature_id", "result_date", "feature_name", "app_id", "app_name", "environment_id", "environment_name",
    "department_id", "department_name", "browser_id", "browser_name", "total", "ok", "fails", "skipped", "pixel_diff",
    "execution_time", "success", "screen_style", "screen_actual", "screen_diff",
)  # fmt: skip


def body(feature_id, **fields):
    return {
        "feature_id": feature_id, "result_date": "2026-01-31T08:10:00Z", "feature_name": "F", "app_id": 1,
        "app_name": "A", "environment_id": 1, "environment_name": "E", "department_id": 1, "department_name": "D",
        "browser_id": 0, "browser_name": "safari", "total": 6, "ok": 5, "fails": 1, "skipped": 0, "pixel_diff": 42,
        "execution_time": "5.567", "success": False, "screen_style": "s.png", "screen_actual": "a.png",
        "screen_diff": "d.png", **fields,
    }  # fmt: skip


RUNNING = {"running": True, "total": 3, "ok": 0, "fails": 0, "success": False}


@pytest.fixture
def runner_of(bench, app):
    """Make the runner of a result: a caller with its service token."""

    def make(result_id):
        with bench.runtime.unit_of_work() as scope:
            return Client(app, issue_token(scope, result_id).text, 0)

    return make


@pytest.fixture
def started(bench, runner_of):
    """A running result of an external runner with three planned steps, and its runner."""
    result = bench.results(bench.accept(bench.feature()).run_id)[0]
    runner = runner_of(result.id)
    runner.post("/updateTask/", {"action": "start", "feature_id": result.feature_id, "pid": 7, "browser": CHROME})
    return result.id, runner


def kinds(bench, run_id):
    return [event.type for event in bench.events(run_id)]


def test_a_finished_result_is_stored_with_the_documented_fields(bench, api):
    """R-104, R-193, rest-api A6.6: 201 and the row, in a run of its own that is closed."""
    feature_id = bench.feature()
    sent = {"description": "By hand", "files": ["a.pdf"], "video_url": "/videos/ab12.mp4", "session_id": "ab12",
            "mobile": [{"os": "android"}], "browser": {"browser": "safari", "browser_version": "18.0"}}  # fmt: skip
    row = api.post(PATH, body(feature_id, **sent), status=201).json
    expected = {
        **sent, "feature_id": feature_id, "result_date": "2026-01-31T08:10:00.000000Z", "browser_id": None,
        "browser_name": "Safari", "total": 6, "ok": 5, "fails": 1, "skipped": 0, "pixel_diff": 42, "status": "Failed",
        "state": "Failed", "success": False, "running": False, "execution_time": "5.57", "execution_time_ms": 5570,
        "success_rate": 83, "screen_actual": "a.png", "screen_style": "s.png", "screen_diff": "d.png", "attempts": 1,
        "app_name": "Default", "finished_on": "2026-01-31T08:15:30.123456Z", "reason": "", "waiting": None,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert api.get(f"/feature_results/{row['feature_result_id']}/").json == row
    assert kinds(bench, row["run_id"]) == ["result.finished", "run.completed"]
    info = api.get(f"/api/features/{feature_id}/").json["info"]
    assert (info["run_id"], info["status"], info["total"]) == (row["run_id"], "Failed", 6)


def test_ids_may_be_digits_and_a_browser_be_named(bench, api):
    """R-104, R-102, rest-api A1.3."""
    fields = {"app_id": "1", "environment_id": "1", "department_id": "1", "browser_id": "1"}
    row = api.post(PATH, body(str(bench.feature()), **fields), status=201).json
    assert (row["browser_id"], row["browser_name"], row["browser"]["browser"]) == (1, "Chrome", "chrome")


@pytest.mark.parametrize("name", REQUIRED)
def test_each_missing_field_is_named(bench, api, name):
    """R-104."""
    sent = body(bench.feature())
    del sent[name]
    assert set(api.post(PATH, sent, status=422).json["fields"]) == {name}
    assert bench.count(Run, Result) == [0, 0]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"total": 7}, "totals_mismatch"), ({"app_id": 9}, "validation_failed"), ({"unknown": 1}, "unknown_field"),
        ({"environment_id": 9}, "validation_failed"), ({"department_id": 9}, "validation_failed"),
        ({"browser_id": 999}, "validation_failed"), ({"run_id": 999}, "validation_failed"),
        ({"status": "Running"}, "validation_failed"), ({"status": "Success"}, "validation_failed"),
        ({"running": True, "status": "Failed"}, "validation_failed"), ({"status": "Done"}, "validation_failed"),
        ({"video_url": "javascript:alert(1)"}, "validation_failed"), ({"ok": -1}, "validation_failed"),
        ({"screen_diff": "x" * 101}, "validation_failed"), ({"result_date": "soon"}, "validation_failed"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_422_and_nothing_is_stored(bench, api, wrong, code):
    """R-105, R-106, rest-api A6.6."""
    assert api.post(PATH, body(bench.feature(), **wrong), status=422).json["code"] == code
    assert bench.count(Run, Result) == [0, 0]


def test_an_unknown_and_a_foreign_feature_are_the_same_404(bench, api, stranger):
    """R-106, R-020: before any field is looked at."""
    foreign = stranger.post(PATH, {"feature_id": bench.feature()}, status=404).json
    unknown = api.post(PATH, {"feature_id": 999_999}, status=404).json
    assert foreign["error"] == unknown["error"]


def test_storing_needs_the_flag(bench, caller_without):
    """rest-api A3.2."""
    answer = caller_without("run_feature").post(PATH, body(bench.feature()), status=403).json
    assert "run_feature" in answer["error"]


def test_a_result_joins_a_run_of_its_feature(bench, api):
    """rest-api A6.6, R-193: the run completes once, its sums follow."""
    feature_id = bench.feature()
    first = api.post(PATH, body(feature_id), status=201).json
    second = api.post(PATH, body(feature_id, run_id=first["run_id"]), status=201).json
    assert second["run_id"] == first["run_id"]
    assert kinds(bench, first["run_id"]).count("run.completed") == 1
    assert api.get(f"/api/features/{feature_id}/").json["info"]["total"] == 12
    api.post(PATH, body(bench.feature(), run_id=first["run_id"]), status=422)


def test_headers_say_where_a_new_run_comes_from(bench, api, app):
    """rest-api A2.5."""
    headers = {"AMVARAORIGIN": "crontab", "X-SERVER": "build-1", "Authorization": f"Bearer {api.key}"}
    row = app.post_json(PATH, body(bench.feature()), headers=headers, status=201).json
    assert (row["origin"], row["x_server"]) == ("CRONTAB", "build-1")


def test_a_final_result_takes_steps_for_ten_minutes_and_keeps_its_counters(bench, api, clock):
    """R-107."""
    row = api.post(PATH, body(bench.feature()), status=201).json
    path = f"/api/feature_results/{row['feature_result_id']}/step_results/"
    step = {"feature_result_id": row["feature_result_id"], "step_name": "Do it", "step_id": 0, "execution_time": 1,
            "pixel_diff": 0, "success": True}  # fmt: skip
    clock.pass_by(599)
    api.post(path, step, status=201)
    now = api.get(f"/feature_results/{row['feature_result_id']}/").json
    assert [now[name] for name in ("total", "ok", "fails", "skipped", "status")] == [6, 5, 1, 0, "Failed"]
    clock.pass_by(601)
    assert api.post(path, step, status=409).json["code"] == "terminal_state"


@pytest.mark.parametrize("status", ["Queued", "Initializing", "Running"])
def test_a_result_that_is_not_final_waits_for_its_runner_alone(bench, api, status):
    """R-103, runner A.8: no worker takes it."""
    row = api.post(PATH, body(bench.feature(), **RUNNING, status=status), status=201).json
    assert (row["status"], row["running"], row["success"], row["total"]) == (status, True, False, 3)
    assert (row["waiting"] is None) == (status != "Queued")
    assert bench.claim() is None
    begun = ["result.queued", "result.initializing", "result.started"]
    wanted = begun[: ["Queued", "Initializing", "Running"].index(status) + 1]
    assert kinds(bench, row["run_id"]) == wanted


def test_its_runner_brings_a_stored_result_to_its_end(bench, api, runner_of):
    """R-107, R-193, rest-api A6.6: sent numbers count where no step was reported."""
    row = api.post(PATH, body(bench.feature(), **RUNNING, status="Queued"), status=201).json
    path = f"/feature_results/{row['feature_result_id']}/"
    runner = runner_of(row["feature_result_id"])
    assert runner.patch(path, {"status": "Running", "session_id": "x1"}).json["data"]["session_id"] == "x1"
    end = {"status": "Success", "success": True, "running": False, "total": 5, "ok": 4, "fails": 0, "skipped": 1,
           "execution_time": 2.5, "pixel_diff": 3, "log": "one\ntwo"}  # fmt: skip
    data = runner.patch(path, end).json["data"]
    names = ("status", "total", "ok", "skipped", "execution_time_ms", "pixel_diff", "running")
    assert [data[name] for name in names] == ["Success", 5, 4, 1, 2500, 3, False]
    assert api.get(f"{path}log/").json["log"] == "one\ntwo"
    found = kinds(bench, row["run_id"])
    assert found[-2:] == ["result.finished", "run.completed"]
    assert len(found) == len(set(found))


def test_at_the_end_the_steps_are_counted_whatever_was_sent(bench, started):
    """R-099, R-100, rest-api A6.6."""
    result_id, runner = started
    step = {"feature_result_id": result_id, "step_id": 0, "execution_time": 1, "pixel_diff": 4, "success": True}
    for name in ('Remember "1" as "a"', 'Remember "2" as "b"'):
        runner.post(f"/api/feature_results/{result_id}/step_results/", {**step, "step_name": name}, status=201)
    end = {"status": "Success", "total": 90, "ok": 90, "fails": 0, "skipped": 0, "pixel_diff": 1, "execution_time": 9}
    data = runner.patch(PATH, {"feature_result_id": str(result_id), **end}).json["data"]
    names = ("total", "ok", "fails", "skipped", "pixel_diff", "execution_time", "status")
    assert [data[name] for name in names] == [3, 2, 0, 1, 8, "2.00", "Success"]


def test_without_numbers_the_planned_steps_were_skipped(started):
    """R-099, rest-api A4.5: infrastructure ended it."""
    result_id, runner = started
    end = {"status": "Error", "status_reason": "The browser is gone."}
    data = runner.patch(f"/feature_results/{result_id}/", end).json["data"]
    assert [data[name] for name in ("state", "total", "skipped", "status_reason")] == [
        "Error", 3, 3, "The browser is gone.",
    ]  # fmt: skip
    assert data["reason"]


@pytest.mark.parametrize(("success", "status"), [(True, "Success"), (False, "Failed")])
def test_running_false_ends_a_result_by_success(started, success, status):
    """rest-api A6.6."""
    result_id, runner = started
    data = runner.patch(f"/feature_results/{result_id}/", {"running": False, "success": success}).json["data"]
    assert (data["status"], data["running"]) == (status, False)


def test_numbers_that_were_sent_stay_when_somebody_else_ends_the_result(bench, api):
    """R-099, rest-api A4.5: what was not reached is skipped."""
    sent = {"running": True, "total": 9, "ok": 4, "fails": 1, "success": False}
    row = api.post(PATH, body(bench.feature(), **sent), status=201).json
    api.post(f"/feature_results/{row['feature_result_id']}/cancel/", {})
    ended = api.get(f"/feature_results/{row['feature_result_id']}/").json
    names = ("status", "total", "ok", "fails", "skipped", "execution_time", "pixel_diff")
    assert [ended[name] for name in names] == ["Canceled", 9, 4, 1, 4, "5.57", 42]


def test_numbers_of_a_running_result_are_those_that_were_sent(started):
    """rest-api A6.6."""
    result_id, runner = started
    sent = {"total": 8, "ok": 2, "fails": 1, "execution_time_ms": 1234, "files": ["a"], "video_url": "https://x.test/v"}
    data = runner.patch(f"/feature_results/{result_id}/", {**sent, "running": True}).json["data"]
    assert {name: data[name] for name in sent} == sent
    assert (data["status"], data["execution_time"]) == ("Running", "1.23")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"status": "Queued"}, "validation_failed"), ({"status": "Success", "running": True}, "validation_failed"),
        ({"status": "Failed", "success": True}, "validation_failed"), ({"archived": True}, "validation_failed"),
        ({"running": True, "success": True}, "validation_failed"), ({"unknown": 1}, "unknown_field"),
        ({"status": "Failed", "ok": 2**31 - 1, "fails": 1}, "totals_mismatch"), ({"ok": 2**31}, "validation_failed"),
        ({"status": "Failed", "total": 9, "ok": 1, "fails": 1, "skipped": 1}, "totals_mismatch"),
    ],
)  # fmt: skip
def test_a_report_that_contradicts_itself_is_422(bench, started, wrong, code):
    """rest-api A6.6."""
    result_id, runner = started
    assert runner.patch(f"/feature_results/{result_id}/", wrong, status=422).json["code"] == code
    assert bench.result(result_id).state == "Running"


def test_after_the_end_a_runner_is_refused(bench, started, clock):
    """R-108: only log, video and files are taken, for 10 minutes."""
    result_id, runner = started
    path = f"/feature_results/{result_id}/"
    runner.patch(path, {"status": "Failed"})
    for late in ({"status": "Success"}, {"ok": 1}, {"log": "x", "description": "y"}):
        assert runner.patch(path, late, status=409).json["code"] == "terminal_state"
    clock.pass_by(599)
    data = runner.patch(path, {"log": "late", "video_url": "/videos/v.mp4", "files": ["f"]}).json["data"]
    assert (data["video_url"], data["files"], data["status"]) == ("/videos/v.mp4", ["f"], "Failed")
    clock.jump(2)
    assert runner.patch(path, {"log": "later"}, status=401).json["code"] == "expired_credentials"
    assert len(bench.events(bench.result(result_id).run_id, "result.finished")) == 1


def test_of_two_ends_at_the_same_moment_one_counts(bench, started):
    """R-108, R-193, on both databases."""
    result_id, runner = started

    def end(status):
        return runner.patch(f"/feature_results/{result_id}/", {"status": status}, status="*")

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(end, ["Success", "Failed"]))
    assert sorted(answer.status_int for answer in answers) == [200, 409]
    ended = next(answer for answer in answers if answer.status_int == 200).json["data"]
    assert bench.result(result_id).state == ended["status"]
    found = kinds(bench, ended["run_id"])
    assert (found.count("result.finished"), found.count("run.completed")) == (1, 1)


def test_a_result_that_joined_a_closed_run_shows_its_end(bench, api, runner_of):
    """R-193, rest-api A4.6."""
    feature_id = bench.feature()
    run_id = api.post(PATH, body(feature_id), status=201).json["run_id"]
    late = api.post(PATH, body(feature_id, **RUNNING, run_id=run_id), status=201).json["feature_result_id"]
    assert api.get(f"/api/features/{feature_id}/").json["info"]["status"] == "Running"
    sent = {"status": "Success", "total": 3, "ok": 3}
    runner_of(late).patch(f"/feature_results/{late}/", sent)
    assert api.get(f"/api/features/{feature_id}/").json["info"]["status"] == "Failed"
    assert kinds(bench, run_id).count("run.completed") == 1


def test_after_a_kill_the_report_of_the_runner_is_409(bench, api, started):
    """R-185."""
    result_id, runner = started
    assert api.post(f"/killTask/{bench.result(result_id).feature_id}/", {}).json["feature_result_ids"] == [result_id]
    answer = runner.patch(f"/feature_results/{result_id}/", {"status": "Success"}, status=409)
    assert answer.json["code"] == "terminal_state"
    assert bench.result(result_id).state == "Canceled"


def test_a_result_of_a_worker_is_left_to_it(bench, runner_of):
    """Runner A.4: the fence is the worker's."""
    result_id = bench.accept(bench.feature()).result_ids[0]
    runner = runner_of(result_id)
    bench.change(Result, result_id, state="Running", worker="one")
    answer = runner.patch(f"/feature_results/{result_id}/", {"status": "Success"}, status=409)
    assert answer.json["code"] == "result_running"


def test_a_runner_reaches_its_own_result_and_run_alone(bench, api, started):
    """R-046, rest-api A2.6."""
    result_id, runner = started
    feature_id = bench.result(result_id).feature_id
    other = bench.accept(feature_id)
    for path, sent in (
        (f"/feature_results/{other.result_ids[0]}/", {"status": "Failed"}),
        (PATH, {"feature_result_id": other.result_ids[0], "status": "Failed"}),
    ):
        assert runner.patch(path, sent, status=404).json["code"] == "not_found"
    runner.post(PATH, body(feature_id, run_id=other.run_id), status=404)
    runner.post(PATH, body(bench.feature()), status=404)
    assert runner.post(PATH, body(feature_id), status=201).json["run_id"] == bench.result(result_id).run_id
    refused = runner.patch(f"/feature_runs/{other.run_id}/", {"archived": True}, status=403).json
    assert refused["code"] == "scope_missing"


def test_the_log_of_a_runner_is_kept_whole_without_secrets(bench, api, runner_of):
    """R-112."""
    variables = [{"variable_name": "pin", "variable_value": "s3cret-s3cret", "encrypted": True}]
    accepted = api.post("/exectest/", {"feature_id": bench.feature(), "variables": variables}).json
    result_id = accepted["feature_result_ids"][0]
    log = "The pin is s3cret-s3cret\n" + "é line\n" * 20_000
    runner_of(result_id).patch(f"/feature_results/{result_id}/", {"log": log})
    answer = api.get(f"/feature_results/{result_id}/log/").json
    assert answer == {"success": True, "log": log.replace("s3cret-s3cret", "[MASKED]")}
    runner_of(result_id).patch(f"/feature_results/{result_id}/", {"log": "short"})
    assert api.get(f"/feature_results/{result_id}/log/").json["log"] == "short"


def test_a_silent_runner_loses_its_stored_result(bench, api, clock):
    """R-065: external_lease, 120 s."""

    result_id = api.post(PATH, body(bench.feature(), **RUNNING), status=201).json["feature_result_id"]
    clock.jump(119)
    end_external(bench.runtime)
    assert bench.result(result_id).state == "Running"
    clock.jump(2)
    end_external(bench.runtime)
    ended = bench.result(result_id)
    assert (ended.state, ended.reason) == ("Error", "worker_lost")
