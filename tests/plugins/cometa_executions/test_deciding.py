"""What people decide about results and runs, and the GETs that change something."""

import pytest
from run_bench import CHROME, FIREFOX
from sqlalchemy import select

from cometa_core.db.tables import AuditRecord
from cometa_executions.api import Result


@pytest.fixture
def manager(bench, caller):
    """Call as somebody who may change verdicts."""
    return caller("mia", role="MANAGER")


def result_path(accepted):
    return f"/feature_results/{accepted.result_ids[0]}/"


def test_a_person_changes_the_verdict_and_the_state_stays(bench, manager):
    """R-109."""
    accepted = bench.finished("Failed")
    data = manager.patch(result_path(accepted), {"status": "Success"}).json
    assert data["success"] is True
    row = data["data"]
    assert (row["status"], row["success"], row["state"]) == ("Success", True, "Failed")
    assert row["override"] == {
        "status": "Success", "by": manager.account_id, "at": "2026-01-31T08:15:30.123456Z",
    }  # fmt: skip
    assert manager.get(result_path(accepted)).json == row
    run = manager.get(f"/feature_runs/{accepted.run_id}/").json
    assert (run["status"], run["state"], run["success"]) == ("Success", "Failed", True)
    assert manager.get(f"/api/features/{row['feature_id']}/").json["info"]["status"] == "Success"
    assert len(bench.events(accepted.run_id, "result.finished")) == 1


def test_the_state_itself_takes_the_verdict_back(bench, manager):
    """R-109, rest-api A4.5."""
    accepted = bench.finished()
    sent = {"feature_result_id": str(accepted.result_ids[0])}
    assert manager.patch("/api/feature_results/", {**sent, "status": "Canceled"}).json["data"]["status"] == "Canceled"
    row = manager.patch("/api/feature_results/", {**sent, "status": "Success"}).json["data"]
    assert (row["status"], row["override"]) == ("Success", None)


def test_lists_are_filtered_by_the_verdict_that_counts(bench, manager):
    """rest-api A6.6."""
    feature_id = bench.feature()
    accepted = bench.finished("Failed", feature_id=feature_id)
    manager.patch(result_path(accepted), {"status": "Success"})
    path = f"/api/feature_results/{feature_id}/?status="
    assert [len(manager.get(f"{path}{status}").json) for status in ("Success", "Failed")] == [1, 0]


def test_changing_a_verdict_needs_its_flag_also_for_unknown_ids(bench, caller_without):
    """R-109, rest-api A1.5: the flag before the row."""
    accepted = bench.finished()
    without = caller_without("change_result_status")
    for path, sent in (
        (result_path(accepted), {"status": "Failed"}),
        ("/feature_results/999999/", {"status": "Failed"}),
        ("/api/feature_results/", {"feature_result_id": accepted.result_ids[0], "status": "Failed"}),
        (f"/feature_runs/{accepted.run_id}/", {"archived": True}),
    ):
        answer = without.patch(path, sent, status=403).json
        assert answer["code"] == "permission_missing"
        assert "change_result_status" in answer["error"]


def test_rows_of_other_departments_are_404(bench, stranger):
    """R-020."""
    accepted = bench.finished()
    for path in (result_path(accepted), f"/feature_runs/{accepted.run_id}/"):
        stranger.patch(path, {"archived": True}, status=404)
    stranger.patch("/api/feature_results/", {"feature_result_id": accepted.result_ids[0], "archived": True}, status=404)


@pytest.mark.parametrize(
    "wrong", [{"status": "Error"}, {"status": "Running"}, {"log": "x"}, {"total": 1}, {"archived": "yes"}]
)
def test_what_people_do_not_decide_is_422(bench, manager, wrong):
    """R-109, rest-api A6.6."""
    answer = manager.patch(result_path(bench.finished()), wrong, status=422).json
    assert set(answer["fields"]) == set(wrong)


def test_without_an_id_the_collection_changes_nothing(bench, manager):
    """rest-api A6.6."""
    bench.finished()
    answer = manager.patch("/api/feature_results/", {"archived": True}, status=422).json
    assert set(answer["fields"]) == {"feature_result_id"}


def test_a_running_result_has_no_verdict_to_change(bench, manager):
    """R-109."""
    claim = bench.running()
    answer = manager.patch(f"/feature_results/{claim.lease.result_id}/", {"status": "Success"}, status=409)
    assert answer.json["code"] == "result_running"


def test_decisions_are_in_the_audit_log(bench, manager):
    """rest-api A6.19: status overrides."""
    accepted = bench.finished("Failed")
    manager.patch(result_path(accepted), {"status": "Success", "description": "Known fault"})
    with bench.runtime.reading() as session:
        query = select(AuditRecord).where(AuditRecord.object == f"feature_result:{accepted.result_ids[0]}")
        entry = session.scalars(query.order_by(AuditRecord.id.desc())).first()
    assert (entry.action, entry.account_id) == ("change_result", manager.account_id)
    change = entry.changes[0]
    assert change["before"] == {"status": "Failed", "description": None}
    assert change["after"] == {"status": "Success", "description": "Known fault"}


def test_an_archived_result_is_left_out_and_stays(bench, manager, root):
    """R-096, R-115."""
    feature_id = bench.feature()
    accepted = bench.finished(feature_id=feature_id)
    assert manager.patch(result_path(accepted), {"archived": True}).json["data"]["archived"] is True
    path = f"/api/feature_results/{feature_id}/"
    assert [len(root.get(f"{path}?archived={word}").json) for word in ("false", "true", "all")] == [0, 1, 1]
    assert root.delete(result_path(accepted), status=409).json["code"] == "archived"
    manager.patch(result_path(accepted), {"archived": False})
    assert root.delete(result_path(accepted)).json["run_removed"] is True


def test_an_archived_run_takes_its_results_along(bench, manager, root):
    """R-096, R-119, rest-api A5: archived is what itself or its run is."""
    feature_id = bench.feature()
    accepted = bench.finished(feature_id=feature_id)
    run = manager.patch(f"/feature_runs/{accepted.run_id}/", {"archived": True}).json
    assert (run["success"], run["data"]["archived"], run["data"]["run_id"]) == (True, True, accepted.run_id)
    assert root.get(f"/api/feature_results/{feature_id}/").json == []
    assert root.get(result_path(accepted)).json["archived"] is True
    assert root.get(f"/feature_runs/{accepted.run_id}/remove/", status=409).json["code"] == "archived"
    manager.patch(f"/feature_runs/{accepted.run_id}/", {}, status=422)
    manager.patch(f"/feature_runs/{accepted.run_id}/", {"archived": False})
    assert len(root.get(f"/api/feature_results/{feature_id}/").json) == 1


def test_a_get_starts_a_feature(bench, api):
    """R-064: parameters of the query, or of a body."""
    feature_id = bench.feature()
    answer = api.get(f"/exectest/?feature_id={feature_id}").json
    assert set(answer) == {"success", "run_id", "feature_result_ids"}
    assert bench.run(answer["run_id"]).feature_id == feature_id
    api.get("/exectest/?feature_id=999999", status=404)
    assert set(api.get("/exectest/", status=422).json["fields"]) == {"feature_id"}


def test_a_get_removes_a_result_that_it_names_twice(bench, root):
    """R-113, R-114, R-116."""
    first, second = bench.finished(), bench.finished()
    one, other = first.result_ids[0], second.result_ids[0]
    assert root.get(f"/feature_results/{one}/remove/{other}/", status=400).json["code"] == "id_mismatch"
    assert root.get(f"/feature_results/{one}/remove/{one}/").json == {"success": True, "run_removed": True}
    root.get(f"/feature_runs/{first.run_id}/", status=404)
    root.get(f"/feature_results/{one}/remove/{one}/", status=404)
    claim = bench.running()
    running = claim.lease.result_id
    assert root.get(f"/feature_results/{running}/remove/{running}/", status=409).json["code"] == "result_running"


def test_a_get_removes_a_run(bench, root):
    """R-119, R-120."""
    feature_id = bench.feature(browsers=[CHROME, FIREFOX])
    older, newer = bench.accept(feature_id), bench.accept(feature_id)
    for _ in range(4):
        bench.end(bench.begin(bench.claim()))
    bench.change(Result, newer.result_ids[1], archived=True)
    path = f"/feature_runs/{newer.run_id}/remove/"
    assert root.get(path, status=409).json["code"] == "archived"
    bench.change(Result, newer.result_ids[1], archived=False)
    assert root.get(path).json == {"success": True, "removed_results": list(newer.result_ids)}
    info = f"/api/features/{feature_id}/"
    assert root.get(info).json["info"]["run_id"] == older.run_id
    root.get(f"/feature_runs/{older.run_id}/remove/")
    assert root.get(info).json["info"] is None


@pytest.mark.parametrize("verb", ["get", "post"])
def test_kill_task_has_both_verbs(bench, api, verb):
    """R-184."""
    feature_id = bench.feature()
    accepted = bench.accept(feature_id)
    options = {"params": {}} if verb == "post" else {}
    answer = getattr(api, verb)(f"/killTask/{feature_id}/", *options.values()).json
    assert answer == {"success": True, "tasks": 1, "feature_result_ids": list(accepted.result_ids)}
    assert bench.result(accepted.result_ids[0]).state == "Canceled"


@pytest.mark.parametrize("path", ["/killTaskPID/4242/", "/killTaskPID/?pid=4242", "/killTaskPID//?pid=4242"])
@pytest.mark.parametrize("verb", ["get", "post"])
def test_a_process_is_named_by_path_or_query(bench, api, app, path, verb):
    """R-186, R-184: POST needs no body."""
    claim = bench.running()
    headers = {"Authorization": f"Bearer {api.key}"}
    answer = getattr(app, verb)(path, headers=headers).json
    assert answer == {"success": True, "tasks": 1, "feature_result_ids": [claim.lease.result_id]}
    assert bench.result(claim.lease.result_id).cancel_requested_by == "ada"


def test_a_process_is_named_by_the_body(bench, api):
    """R-186."""
    claim = bench.running()
    assert api.post("/killTaskPID/", {"pid": "4242"}).json["feature_result_ids"] == [claim.lease.result_id]


@pytest.mark.parametrize("path", ["/killTaskPID/", "/killTaskPID//"])
def test_without_a_process_it_is_400(api, path):
    """R-186."""
    assert api.get(path, status=400).json["code"] == "missing_parameter"
    assert api.post(path, {}, status=400).json["code"] == "missing_parameter"


@pytest.mark.parametrize("pid", ["1", "99999999999999999"])
def test_a_process_that_runs_nothing_is_counted_as_none(bench, api, pid):
    """rest-api A6.17."""
    bench.running()
    nothing = {"success": True, "tasks": 0, "feature_result_ids": []}
    assert api.post(f"/killTaskPID/{pid}/", {}).json == nothing


def test_processes_of_several_machines_need_the_result(bench, api):
    """rest-api A6.17."""
    first, second = bench.running().lease.result_id, bench.running().lease.result_id
    assert api.post("/killTaskPID/4242/", {}, status=409).json["code"] == "ambiguous_pid"
    answer = api.post("/killTaskPID/4242/", {"feature_result_id": second}).json
    assert answer["feature_result_ids"] == [second]
    api.post("/killTaskPID/4242/", {"feature_result_id": 999_999}, status=404)
    assert bench.result(first).cancel_requested_at is None


def test_processes_of_other_departments_are_left_alone(bench, stranger):
    """R-184, X-020."""
    claim = bench.running()
    assert stranger.get("/killTaskPID/4242/").json["tasks"] == 0
    assert bench.result(claim.lease.result_id).cancel_requested_at is None
