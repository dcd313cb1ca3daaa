"""The routes that remove results and runs, and what they leave."""

import pytest
from run_bench import CHROME, FIREFOX

from cometa_executions.api import Result


def feature_of(bench, accepted):
    return bench.run(accepted.run_id).feature_id


def test_a_result_is_removed_and_its_run_with_the_last_one(bench, root):
    """R-113, R-116."""
    accepted = bench.finished()
    (result_id,) = accepted.result_ids
    step = bench.steps(result_id)[0].id
    assert root.delete(f"/feature_results/{result_id}/").json == {"success": True, "run_removed": True}
    for path in (
        f"/feature_results/{result_id}/", f"/feature_results/{result_id}/log/", f"/feature_runs/{accepted.run_id}/",
        f"/api/feature_results/{result_id}/step_results/", f"/api/step_results/{step}/",
        f"/events/?run_id={accepted.run_id}",
    ):  # fmt: skip
        assert root.get(path, status=404).json["code"] == "not_found", path
    root.delete(f"/feature_results/{result_id}/", status=404)
    root.post(f"/feature_results/{result_id}/cancel/", {}, status=404)
    assert root.get(f"/api/feature_results/{feature_of(bench, accepted)}/?archived=all").json == []
    assert root.get(f"/api/features/{feature_of(bench, accepted)}/").json["info"] is None


def test_a_run_is_removed_with_all_its_results(bench, root):
    """R-119, R-120."""
    feature_id = bench.feature(browsers=[CHROME, FIREFOX])
    older = bench.accept(feature_id)
    newer = bench.accept(feature_id)
    for _ in range(4):
        bench.end(bench.begin(bench.claim()))
    answer = root.delete(f"/feature_runs/{newer.run_id}/").json
    assert answer == {"success": True, "removed_results": list(newer.result_ids)}
    assert root.get(f"/api/features/{feature_id}/").json["info"]["run_id"] == older.run_id
    root.delete(f"/feature_runs/{newer.run_id}/", status=404)


def test_archived_and_running_ones_are_409(bench, root):
    """R-115, R-119."""
    archived, running = bench.finished(), bench.running()
    bench.change(Result, archived.result_ids[0], archived=True)
    for result_id, run_id, code in (
        (archived.result_ids[0], archived.run_id, "archived"),
        (running.lease.result_id, running.run.run_id, "result_running"),
    ):
        assert root.delete(f"/feature_results/{result_id}/", status=409).json["code"] == code
        assert root.delete(f"/feature_runs/{run_id}/", status=409).json["code"] == code


@pytest.mark.parametrize(
    ("path", "flag"),
    [("/feature_results/999999/", "remove_feature_result"), ("/feature_runs/999999/", "remove_feature_runs")],
)
def test_removing_needs_its_flag_also_for_unknown_ids(bench, caller_without, caller, path, flag):
    """R-048, R-021, R-033."""
    answer = caller_without(flag).delete(path, status=403).json
    assert answer["code"] == "permission_missing"
    assert flag in answer["error"]
    reader = caller("root-reader", role="SUPERUSER", scopes=("read",))
    assert reader.delete(path, status=403).json["code"] == "scope_missing"


def test_a_feature_that_runs_is_not_deleted(bench, root):
    """R-131."""
    feature_id = bench.feature()
    bench.accept(feature_id)
    assert root.delete(f"/api/features/{feature_id}/", status=409).json["code"] == "feature_running"
    root.post(f"/killTask/{feature_id}/", {})
    assert root.delete(f"/api/features/{feature_id}/").json["success"] is True


@pytest.mark.parametrize(
    "path", ["/feature_results/{}/", "/api/feature_results/{}/", "/feature_runs/{}/", "/api/step_results/{}/"]
)
def test_reading_needs_the_flag_of_features(bench, caller_without, path):
    """R-048."""
    answer = caller_without("view_feature").get(path.format(1), status=403).json
    assert answer["code"] == "permission_missing"
    assert "view_feature" in answer["error"]
