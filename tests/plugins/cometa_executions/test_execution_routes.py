"""The routes that start and cancel."""

import threading

import pytest
from run_bench import CHROME, FIREFOX
from small_installation import make_caller
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from webtest import TestApp

from cometa_core.app import build_app
from cometa_core.db.tables import AuditRecord
from cometa_executions.api import Ending, Reason, Result, Run, State
from cometa_executions.models import PlanRecord
from cometa_executions.waiting import may_wait

STARTS = ("/exectest/", "/run_test/")


def start(api, feature_id, *, status=200, path="/exectest/", **body):
    return api.post(path, {"feature_id": feature_id, **body}, status=status)


def execute_next(bench, *statuses):
    bench.end(bench.report(bench.begin(bench.claim()), *statuses))


@pytest.mark.parametrize("path", STARTS)
def test_a_start_answers_the_keys_of_what_it_stored(bench, api, path):
    """R-053, R-054, X-001."""
    answer = start(api, bench.feature(browsers=[CHROME, FIREFOX]), path=path).json
    stored = bench.results(answer["run_id"])
    expected = {"success": True, "run_id": stored[0].run_id, "feature_result_ids": [found.id for found in stored]}
    assert answer == expected
    for result_id in answer["feature_result_ids"]:
        result = api.get(f"/feature_results/{result_id}/").json
        assert (result["status"], result["state"], result["running"], result["success"]) == (
            "Queued",
            "Queued",
            True,
            False,
        )


def test_headers_that_say_where_a_run_comes_from_are_kept(bench, api):
    """R-054, rest-api A2.5."""
    feature_id = bench.feature()
    plain = api.get(f"/feature_runs/{start(api, feature_id).json['run_id']}/").json
    assert (plain["x_server"], plain["origin"], plain["executed_by"]) == ("none", "", api.account_id)
    sent = {"X_SERVER": "one", "AMVARAORIGIN": "crontab"}
    run_id = api.post("/run_test/", {"feature_id": feature_id}, **sent).json["run_id"]
    marked = api.get(f"/feature_runs/{run_id}/").json
    assert (marked["x_server"], marked["origin"]) == ("one", "CRONTAB")


@pytest.mark.parametrize(("verdict", "status"), [("Success", "Success"), ("Failed", "Failed")])
def test_whoever_waits_gets_the_results_whatever_the_verdict(bench, api, verdict, status):
    """R-055."""
    feature_id = bench.feature()

    def execute():
        while not bench.count(Result)[0]:
            threading.Event().wait(0.02)
        execute_next(bench, "Success", "Success", verdict)

    worker = threading.Thread(target=execute)
    worker.start()
    answer = start(api, feature_id, wait=True).json
    worker.join()
    assert (answer["success"], answer["running"]) == (True, False)
    (result,) = answer["results"]
    assert (result["status"], result["feature_result_id"]) == (status, answer["feature_result_ids"][0])


def test_whoever_waits_too_long_gets_202_and_the_results_so_far(make_bench):
    """R-056."""
    bench = make_bench(cometa__exectest_wait_limit="0")
    api = make_caller(bench.runtime, TestApp(build_app(bench.runtime)), "grace@example.org")
    answer = start(api, bench.feature(), wait=True, status=202).json
    assert (answer["success"], answer["running"]) == (True, True)
    assert [result["status"] for result in answer["results"]] == ["Queued"]


def test_waiting_callers_leave_threads_for_others(bench, api):
    """R-056: who finds all places taken is answered at once."""
    places = may_wait(bench.runtime)
    taken = 0
    while places.acquire(blocking=False):
        taken += 1
    try:
        assert start(api, bench.feature(), wait=True, status=202).json["running"] is True
    finally:
        places.release(taken)


def test_browsers_of_the_body_replace_those_of_the_feature_for_this_run_only(bench, api):
    """R-057."""
    feature_id = bench.feature(browsers=[CHROME])
    once, later = (
        bench.results(start(api, feature_id, **body).json["run_id"]) for body in ({"browsers": [FIREFOX]}, {})
    )
    assert (once[0].browser["browser"], later[0].browser["browser"]) == ("firefox", "chrome")


def test_variables_of_the_body_go_with_the_run_and_are_stored_nowhere_else(bench, api):
    """R-058, X-118: a secret one is not readable in the database."""
    variables = [
        {"variable_name": "shop", "variable_value": "https://shop.example"},
        {"variable_name": "password", "variable_value": "correct horse", "encrypted": True},
    ]
    run_id = start(api, bench.feature(), variables=variables).json["run_id"]
    with bench.runtime.reading() as session:
        stored = session.get_one(PlanRecord, run_id).parameters
    assert [parameter["name"] for parameter in stored] == ["shop", "password"]
    assert "correct horse" not in str(stored)
    assert "correct horse" not in api.get(f"/feature_runs/{run_id}/").text + api.get(f"/events/?run_id={run_id}").text


@pytest.mark.parametrize(
    ("fields", "body", "code"),
    [
        ({"browsers": []}, {}, "no_browsers"),
        ({}, {"browsers": [{"browser": "netscape"}]}, "unknown_browser"),
        ({}, {"browsers": [{"browser": "chrome", "cloud": "browserstack"}]}, "cloud_inactive"),
        ({"steps_content": []}, {}, "no_steps"),
    ],
)
def test_what_cannot_be_executed_is_422(bench, api, fields, body, code):
    """R-059, R-060, R-022."""
    answer = start(api, bench.feature(**fields), status=422, **body).json
    assert (answer["success"], answer["code"]) == (False, code)
    assert bench.count(Run) == [0]


def test_every_fault_of_a_plan_is_a_field_of_the_answer(bench, api):
    """R-060, X-004."""
    feature_id = bench.feature('Loop "3" times starting at "1" and do', 'Remember "1" as "a"', "Otherwise do")
    answer = start(api, feature_id, status=422).json
    assert (answer["code"], set(answer["fields"])) == ("plan_error", {"steps_content[0]", "steps_content[2]"})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "feature_id"),
        ({"feature_id": "seven"}, "feature_id"),
        ({"feature_id": 1, "browsers": []}, "browsers"),
        (
            {"feature_id": 1, "variables": [{"variable_name": "1 x", "variable_value": ""}]},
            "variables[0].variable_name",
        ),
        ({"feature_id": 1, "variables": [{"variable_name": "x"}]}, "variables[0].variable_value"),
    ],
)
def test_a_body_that_breaks_a_rule_names_the_field(api, body, field):
    """rest-api A6.1, A1.5."""
    answer = api.post("/exectest/", body, status=422).json
    assert (answer["code"], field in answer["fields"]) == ("validation_failed", True), answer


@pytest.mark.parametrize("path", STARTS)
def test_a_feature_of_another_department_is_404(bench, stranger, path):
    """R-061, R-020."""
    feature_id = bench.feature()
    foreign = start(stranger, feature_id, status=404, path=path).json
    unknown = start(stranger, 999_999, status=404, path=path).json
    assert foreign["code"] == unknown["code"] == "not_found"
    assert bench.count(Run) == [0]


@pytest.mark.parametrize("path", [*STARTS, "/killTask/1/", "/feature_results/1/cancel/"])
def test_without_the_flag_it_is_403_naming_the_flag_also_for_unknown_ids(bench, caller_without, path):
    """R-048, R-021."""
    answer = caller_without("run_feature").post(path, {"feature_id": 999_999}, status=403).json
    assert answer["code"] == "permission_missing"
    assert "run_feature" in answer["error"]


@pytest.mark.parametrize("path", [*STARTS, "/killTask/1/", "/feature_results/1/cancel/"])
def test_a_key_without_the_scope_run_is_403(bench, caller, path):
    """R-033."""
    reader = caller("reader", scopes=("read", "write"))
    assert reader.post(path, {"feature_id": 1}, status=403).json["code"] == "scope_missing"


def test_with_the_queue_down_a_run_is_stored_and_waits(make_bench):
    """R-062, X-013."""
    bench = make_bench(huey__url="redis://127.0.0.1:1/0")
    api = make_caller(bench.runtime, TestApp(build_app(bench.runtime)), "grace@example.org")
    answer = start(api, bench.feature()).json
    assert bench.result(answer["feature_result_ids"][0]).state == "Queued"
    assert bench.claim() is not None


def test_with_the_database_away_it_is_503_and_nothing_exists(bench, api):
    """R-062, X-002."""
    feature_id = bench.feature()
    engine = bench.runtime.engine

    def fail(*_arguments):
        raise OperationalError("INSERT", {}, ConnectionError("gone"))

    def fail_at_runs(_connection, _cursor, statement, *_rest):
        if "INSERT INTO executions_run" in statement:
            fail()

    event.listen(engine, "before_cursor_execute", fail_at_runs)
    answer = start(api, feature_id, status=503)
    event.remove(engine, "before_cursor_execute", fail_at_runs)
    assert answer.json["code"] == "database_unavailable"
    assert bench.count(Run, Result) == [0, 0]


def test_kill_task_counts_what_it_cancels(bench, api):
    """R-184, R-185."""
    feature_id = bench.feature()
    running = start(api, feature_id).json["feature_result_ids"]
    bench.begin(bench.claim())
    queued = start(api, feature_id).json["feature_result_ids"]
    answer = api.post(f"/killTask/{feature_id}/", {}).json
    assert (answer["success"], answer["tasks"]) == (True, 2)
    assert sorted(answer["feature_result_ids"]) == sorted(running + queued)
    canceled = api.get(f"/feature_results/{queued[0]}/").json
    assert (canceled["status"], canceled["reason"]) == ("Canceled", "cancelled")
    assert "ada" in canceled["status_reason"]
    assert api.get(f"/feature_results/{running[0]}/").json["status"] == "Running"


def test_kill_task_without_anything_to_kill_counts_nothing(bench, api):
    """R-184."""
    answer = api.post(f"/killTask/{bench.feature()}/", {}).json
    assert answer == {"success": True, "tasks": 0, "feature_result_ids": []}


def test_kill_task_leaves_other_departments_alone(bench, stranger):
    """X-020."""
    feature_id = bench.feature()
    (result_id,) = bench.accept(feature_id).result_ids
    assert stranger.post(f"/killTask/{feature_id}/", {}, status=404).json["code"] == "not_found"
    assert bench.result(result_id).state == "Queued"


def test_one_result_is_canceled_by_its_own_route(bench, api, stranger):
    """R-117."""
    first = bench.accept(bench.feature()).result_ids[0]
    stranger.post(f"/feature_results/{first}/cancel/", {}, status=404)
    answer = api.post(f"/feature_results/{first}/cancel/", {}).json
    assert (answer["tasks"], answer["feature_result_ids"]) == (1, [first])
    assert api.post(f"/feature_results/{first}/cancel/", {}, status=409).json["code"] == "terminal_state"


def test_a_result_that_had_been_told_to_end_is_409_once_it_ended(bench, api):
    """R-117."""
    claim = bench.running()
    path = f"/feature_results/{claim.lease.result_id}/cancel/"
    assert api.post(path, {}).json["tasks"] == 1
    assert api.post(path, {}).json["tasks"] == 1
    bench.end(claim, Ending(State.CANCELED, Reason.CANCELLED, "Canceled by ada."))
    assert api.post(path, {}, status=409).json["code"] == "terminal_state"


@pytest.mark.parametrize("path", ["/exectest/", "/killTask/1/", "/feature_results/1/cancel/"])
def test_without_identity_it_is_401(app, path):
    """R-029."""
    answer = app.post(path, "{}", content_type="application/json", status=401)
    assert answer.json["code"] == "no_identity"


def test_a_start_and_its_entry_in_the_audit_log_are_one(bench, api):
    """R-022: whoever is told that it failed may start it again, and has started it once."""
    feature_id = bench.feature()

    def refuse(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT INTO core_audit"):
            raise OperationalError(statement, {}, Exception("database is away"))

    event.listen(bench.runtime.engine, "before_cursor_execute", refuse)
    try:
        api.post("/exectest/", {"feature_id": feature_id}, status=503)
    finally:
        event.remove(bench.runtime.engine, "before_cursor_execute", refuse)
    assert bench.count(Run, Result) == [0, 0]
    api.post("/exectest/", {"feature_id": feature_id})
    with bench.runtime.reading() as session:
        entry = session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc()).limit(1)).one()
    assert (entry.action, entry.object, entry.result) == ("start", "/exectest/", "ok")
    assert (entry.account_id, bool(entry.request_id)) == (api.account_id, True)
