"""The routes that read results and runs."""

import pytest
from run_bench import CHROME, FIREFOX, statements_of
from sqlalchemy import text

from cometa_executions.api import Result

RESULT_FIELDS = {
    "feature_result_id", "run_id", "feature_id", "result_date", "feature_name", "app_id", "app_name", "environment_id",
    "environment_name", "department_id", "department_name", "browser_id", "browser_name", "browser", "mobile",
    "description", "total", "ok", "fails", "skipped", "execution_time", "execution_time_ms", "pixel_diff",
    "success_rate", "success", "status", "state", "reason", "status_reason", "override", "attempts", "waiting",
    "running", "archived", "is_removed", "screen_style", "screen_actual", "screen_diff", "video_url", "files",
    "executed_by", "executed_by_name", "origin", "x_server", "pid", "session_id", "run_hash",
    "network_logging_enabled", "started_on", "finished_on",
}  # fmt: skip


def feature_of(bench, accepted):
    return bench.run(accepted.run_id).feature_id


def result_of(api, accepted):
    return api.get(f"/feature_results/{accepted.result_ids[0]}/").json


def keys(answer):
    return [result["feature_result_id"] for result in answer.json]


@pytest.mark.parametrize(
    "path", ["/api/feature_results/{}/", "/api/features/{}/feature_results/", "/api/feature_results/?feature_id={}"]
)
def test_results_of_a_feature_are_listed_newest_first(bench, api, clock, path):
    """R-095."""
    feature_id = bench.feature()
    first = bench.finished(feature_id=feature_id)
    second = bench.finished(feature_id=feature_id)
    clock.pass_by(1)
    third = bench.finished(feature_id=feature_id)
    bench.finished()
    answer = api.get(path.format(feature_id))
    assert keys(answer) == [found.result_ids[0] for found in (third, second, first)]
    assert answer.headers["X-Total-Count"] == "3"


def test_without_a_feature_the_list_is_400(api):
    """rest-api A6.6."""
    assert api.get("/api/feature_results/", status=400).json["code"] == "missing_parameter"


def test_archived_results_are_listed_when_asked_for(bench, api):
    """R-096."""
    feature_id = bench.feature()
    kept, archived = (bench.finished(feature_id=feature_id).result_ids[0] for _ in range(2))
    bench.change(Result, archived, archived=True)
    path = f"/api/feature_results/{feature_id}/"
    assert keys(api.get(path)) == keys(api.get(f"{path}?archived=false")) == [kept]
    assert keys(api.get(f"{path}?archived=true")) == [archived]
    assert keys(api.get(f"{path}?archived=all")) == [archived, kept]
    assert api.get(f"{path}?archived=maybe", status=400).json["code"] == "invalid_query"


def test_results_are_filtered_by_status(bench, api):
    """rest-api A6.6."""
    feature_id = bench.feature()
    failed = bench.finished("Failed", feature_id=feature_id).result_ids[0]
    bench.finished(feature_id=feature_id)
    assert keys(api.get(f"/api/feature_results/{feature_id}/?status=Failed")) == [failed]


def test_results_come_in_pages(bench, api):
    """R-015, R-016, R-017."""
    feature_id = bench.feature()
    ids = [bench.finished(feature_id=feature_id).result_ids[0] for _ in range(3)][::-1]
    path = f"/api/feature_results/{feature_id}/"
    second = api.get(f"{path}?page=2&size=1&archived=all")
    assert keys(second) == [ids[1]]
    assert second.headers["X-Total-Count"] == "3"
    assert f'<{path}?archived=all&page=3&size=1>; rel="next"' in second.headers["Link"]
    assert f'<{path}?archived=all&page=1&size=1>; rel="prev"' in second.headers["Link"]
    assert api.get(f"{path}?page=9&size=2").json == []
    assert api.get(f"{path}?size=5001", status=400).json["code"] == "invalid_query"


def test_a_result_has_every_field_of_the_contract(bench, api):
    """R-097, R-010."""
    claim = bench.report(bench.running(), "Success", "Failed")
    bench.end(claim)
    result = api.get(f"/feature_results/{claim.lease.result_id}/").json
    assert set(result) == RESULT_FIELDS
    expected = {
        "run_id": claim.run.run_id, "feature_name": claim.run.feature_name, "app_name": "Default",
        "environment_name": "Default", "department_name": "Default", "browser_name": "Chrome", "total": 3, "ok": 1,
        "fails": 1, "skipped": 1, "execution_time": "0.20", "execution_time_ms": 200, "success_rate": 33,
        "success": False, "status": "Failed", "state": "Failed", "reason": "", "running": False, "attempts": 1,
        "waiting": None, "override": None, "executed_by": bench.member.account_id, "executed_by_name": "ada",
        "session_id": "ab12", "pid": None, "result_date": "2026-01-31T08:15:30.123456Z",
        "started_on": "2026-01-31T08:15:30.123456Z", "finished_on": "2026-01-31T08:15:30.123456Z",
    }  # fmt: skip
    assert {key: result[key] for key in expected} == expected


def test_the_success_rate_is_rounded_half_up(bench, api):
    """R-098: 1 of 8 is 13; without a step 0."""
    claim = bench.running(*(f'Remember "{number}" as "a"' for number in range(8)))
    bench.end(bench.report(claim, "Success"))
    assert api.get(f"/feature_results/{claim.lease.result_id}/").json["success_rate"] == 13
    bench.change(Result, claim.lease.result_id, total=0, ok=0)
    assert api.get(f"/feature_results/{claim.lease.result_id}/").json["success_rate"] == 0


def test_the_browser_is_that_of_its_row_as_long_as_there_is_one(bench, api):
    """R-102."""
    accepted = bench.accept(bench.feature(browsers=[FIREFOX]))
    result = result_of(api, accepted)
    assert (result["browser_name"], result["browser"]["browser_version"]) == ("Firefox", "135.0")
    assert result["browser_id"] is not None
    with bench.runtime.engine.begin() as connection:
        connection.execute(text(f"UPDATE executions_result SET browser_id = NULL WHERE id = {accepted.result_ids[0]}"))
    result = result_of(api, accepted)
    assert (result["browser_id"], result["browser_name"]) == (None, "Firefox")


def test_a_queued_result_says_why_it_waits(bench, api):
    """R-103, X-016."""
    first, second = (bench.accept(bench.feature()) for _ in range(2))
    waiting = result_of(api, second)["waiting"]
    assert waiting == {"position": 2, "limit": "no worker was seen for 60 seconds", "workers": 0}
    bench.claim()
    assert result_of(api, first)["waiting"] is None


def test_a_running_result_shows_what_is_planned(bench, api):
    """rest-api A4.5."""
    claim = bench.report(bench.running(), "Success")
    result = api.get(f"/feature_results/{claim.lease.result_id}/").json
    assert (result["status"], result["running"], result["total"], result["pid"]) == ("Running", True, 3, "4242")


def test_moving_a_feature_moves_the_visibility_of_its_results(bench, root, stranger):
    """R-110, R-052."""
    accepted = bench.finished()
    path = f"/feature_results/{accepted.result_ids[0]}/"
    stranger.get(path, status=404)
    elsewhere = bench.department_id("Elsewhere")
    root.patch(f"/api/features/{feature_of(bench, accepted)}/", {"department_id": elsewhere})
    assert stranger.get(path).json["department_name"] == "Elsewhere"


@pytest.mark.parametrize(
    "path",
    [
        "/feature_results/{result}/",
        "/feature_results/{result}/log/",
        "/api/feature_results/{result}/step_results/",
        "/api/step_results/{step}/",
        "/feature_runs/{run}/",
        "/events/?run_id={run}",
        "/api/feature_results/{feature}/",
        "/api/features/{feature}/feature_results/",
        "/api/feature_results/?feature_id={feature}",
    ],
)
def test_foreign_and_unknown_ids_are_the_same_404(bench, stranger, api, path):
    """R-020, R-112, R-150, R-192."""
    accepted = bench.finished()
    step = bench.steps(accepted.result_ids[0])[0].id
    ids = {"result": accepted.result_ids[0], "run": accepted.run_id, "feature": feature_of(bench, accepted)}
    assert api.get(path.format(step=step, **ids)).status_int == 200
    foreign = stranger.get(path.format(step=step, **ids), status=404).json
    unknown = stranger.get(path.format(step=99999, result=99999, run=99999, feature=99999), status=404).json
    assert (foreign["code"], foreign["error"]) == (unknown["code"], unknown["error"])
    assert foreign["code"] == "not_found"


def test_other_verbs_are_405_and_name_what_is_allowed(bench, api):
    """R-111, R-004."""
    accepted = bench.finished()
    answer = api.patch(f"/api/feature_results/{accepted.result_ids[0]}/", {"archived": True}, status=405)
    assert answer.json["code"] == "method_not_allowed"
    assert "GET" in answer.headers["Allow"]


def test_lists_of_results_ask_the_same_number_of_queries_whatever_their_length(bench, api):
    """rest-api A1.6: names come from joined rows, not from a query per row."""
    one, many = bench.feature(), bench.feature()
    bench.finished(feature_id=one)
    for _ in range(6):
        bench.finished("Failed", feature_id=many)
        bench.accept(many)
        bench.claim()
    bench.accept(one)
    bench.accept(many)
    counts = []
    for feature_id in (one, many):
        api.get(f"/api/feature_results/{feature_id}/")
        with statements_of(bench.runtime.engine) as statements:
            api.get(f"/api/feature_results/{feature_id}/")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12, counts


def test_a_run_shows_its_results_and_their_sums(bench, api):
    """R-118."""
    accepted = bench.accept(bench.feature(browsers=[CHROME, FIREFOX]))
    bench.end(bench.report(bench.begin(bench.claim()), "Success", "Success", "Success"))
    halfway = api.get(f"/feature_runs/{accepted.run_id}/").json
    assert (halfway["status"], halfway["running"], halfway["success"]) == ("Queued", True, False)
    bench.end(bench.report(bench.begin(bench.claim()), "Failed"))
    run = api.get(f"/feature_runs/{accepted.run_id}/").json
    expected = {
        "run_id": accepted.run_id, "feature": feature_of(bench, accepted), "status": "Failed", "state": "Failed",
        "success": False, "running": False, "total": 6, "ok": 3, "fails": 1, "skipped": 2, "execution_time_ms": 400,
        "execution_time": "0.40", "success_rate": 50, "archived": False, "is_removed": False,
    }  # fmt: skip
    assert {key: run[key] for key in expected} == expected
    assert [result["feature_result_id"] for result in run["feature_results"]] == list(accepted.result_ids)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("Success", "Failed"), "Failed"),
        (("Failed", "Success"), "Failed"),
        (("Failed", "Canceled"), "Canceled"),
        (("Success", "Running"), "Running"),
        (("Error", "Timeout"), "Error"),
    ],
)
def test_the_status_of_a_run_follows_from_its_results(bench, api, states, expected):
    """R-118."""
    accepted = bench.accept(bench.feature(browsers=[CHROME, FIREFOX]))
    for result_id, state in zip(accepted.result_ids, states, strict=True):
        bench.change(Result, result_id, state=state)
    assert api.get(f"/feature_runs/{accepted.run_id}/").json["status"] == expected


def test_a_run_asks_the_same_number_of_queries_whatever_its_results(bench, api):
    """rest-api A1.6."""
    bench.set_cloud("local", max_concurrency=8)
    counts = []
    for concurrency in (1, 8):
        run_id = bench.accept(bench.feature(browsers=[{**CHROME, "concurrency": concurrency}])).run_id
        api.get(f"/feature_runs/{run_id}/")
        with statements_of(bench.runtime.engine) as statements:
            assert len(api.get(f"/feature_runs/{run_id}/").json["feature_results"]) == concurrency
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12, counts
