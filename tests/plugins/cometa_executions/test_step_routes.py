"""The routes that read steps, logs and events of a run."""

import io

from run_bench import row, statements_of

from cometa_executions.api import ArtifactReport, Batch, Ending, Reason, Result, State, StepReport, store_batch

STEP_FIELDS = {
    "step_result_id", "feature_result_id", "step_id", "step_uuid", "step_name", "step_execution_sequence", "step_type",
    "execution_time", "execution_time_ms", "relative_execution_time", "relative_execution_time_ms", "pixel_diff", "ok",
    "fails", "skipped", "success", "status", "error", "screenshot_current", "screenshot_style",
    "screenshot_difference", "screenshot_template", "template_name", "diff", "verdict", "baseline_state", "files",
    "belongs_to", "notes", "healing_data", "rest_api", "database_query_result", "current_step_variables_value",
}  # fmt: skip


def store(bench, claim, *rows, artifacts=()):
    with bench.runtime.unit_of_work() as scope:
        steps = [StepReport(number, values) for number, values in enumerate(rows, start=1)]
        store_batch(scope, claim.run, claim.lease, claim.attempt, Batch(steps=steps, artifacts=list(artifacts)))


def feature_of(bench, accepted):
    return bench.run(accepted.run_id).feature_id


def test_steps_are_listed_in_the_order_of_reporting(bench, api):
    """R-150, R-097."""
    claim = bench.running()
    leaves = [{"leaf_index": number, "step_uuid": None} for number in range(3)]
    store(
        bench, claim, row(1, "Success", **leaves[0]),
        row(2, "Failed", error="Expected a duck", detail={"warnings": ["slow"], "selector": {"strategy": "css"}}),
    )  # fmt: skip
    bench.end(claim)
    answer = api.get(f"/api/feature_results/{claim.lease.result_id}/step_results/")
    assert answer.headers["X-Total-Count"] == "3"
    first, second, third = answer.json
    assert set(first) >= STEP_FIELDS
    assert [step["step_execution_sequence"] for step in answer.json] == [1, 2, 3]
    assert [(step["ok"], step["fails"], step["skipped"], step["success"]) for step in answer.json] == [
        (1, 0, 0, True), (0, 1, 0, False), (0, 0, 1, True),
    ]  # fmt: skip
    assert (second["status"], second["error"]) == ("Failed", "Expected a duck")
    assert (second["warnings"], second["selector"]) == (["slow"], {"strategy": "css"})
    assert (first["execution_time"], second["relative_execution_time"]) == ("0.01", "0.20")
    assert third["belongs_to"] == {"feature_id": claim.run.feature_id, "feature_name": claim.run.feature_name}
    assert third["step_id"] is not None


def test_a_step_that_has_only_begun_is_not_listed(bench, api):
    """rest-api A4.7: a status is one of four."""
    claim = bench.report(bench.running(), "Success", "")
    path = f"/api/feature_results/{claim.lease.result_id}/step_results/"
    assert [step["status"] for step in api.get(path).json] == ["Success"]


def test_a_step_whose_row_is_gone_keeps_its_text(bench, api, root):
    """rest-api A4.7: step_id is null when the step no longer exists."""
    accepted = bench.accept(bench.feature())
    bench.end(bench.begin(bench.claim()))
    path = f"/api/feature_results/{accepted.result_ids[0]}/step_results/"
    before = api.get(path).json[0]
    root.patch(f"/api/features/{feature_of(bench, accepted)}/", {"steps_content": []})
    after = api.get(path).json[0]
    assert before["step_id"] is not None
    assert (after["step_id"], after["step_name"]) == (None, before["step_name"])


def test_one_step_is_read_in_its_envelope(bench, api):
    """rest-api A6.10."""
    accepted = bench.finished()
    step = bench.steps(accepted.result_ids[0])[1]
    answer = api.get(f"/api/step_results/{step.id}/").json
    assert answer["success"] is True
    assert answer["results"]["step_result_id"] == step.id


def test_steps_come_in_pages_with_the_same_number_of_queries(bench, api):
    """R-016, rest-api A1.6."""
    claim = bench.running()
    picture = {"role": "current", "name": "p.png", "mime": "image/png", "size": 3, "sha256": "0" * 64}
    rows = [row(number, "Success", leaf_index=0, step_uuid=f"{number:036d}") for number in range(1, 61)]
    store(bench, claim, *rows, artifacts=[ArtifactReport(number, picture) for number in range(1, 61)])
    path = f"/api/feature_results/{claim.lease.result_id}/step_results/"
    counts = []
    for size in (2, 50):
        api.get(f"{path}?size={size}")
        with statements_of(bench.runtime.engine) as statements:
            answer = api.get(f"{path}?size={size}")
        assert len(answer.json) == size
        assert all(step["screenshot_current"] for step in answer.json)
        assert answer.headers["X-Total-Count"] == "60"
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12, counts
    assert [step["step_execution_sequence"] for step in api.get(f"{path}?page=3&size=25").json] == list(range(51, 61))


def store_log(bench, claim, content):
    sha256, size = bench.runtime.artifacts.put(claim.run.department_id, io.BytesIO(content))
    log = {"role": "log", "name": "log.txt", "mime": "text/plain", "size": size, "sha256": sha256}
    with bench.runtime.unit_of_work() as scope:
        store_batch(scope, claim.run, claim.lease, 1, Batch(artifacts=[ArtifactReport(None, log)]))


def test_the_log_is_read_whole_or_from_its_end(bench, api):
    """R-112, rest-api A6.6."""
    claim = bench.running()
    store_log(bench, claim, b"one\ntwo\nthree\n")
    path = f"/feature_results/{claim.lease.result_id}/log/"
    assert api.get(path).json == {"success": True, "log": "one\ntwo\nthree\n"}
    assert api.get(f"{path}?tail=2").json["log"] == "two\nthree"
    for tail in ("0", "10001", "x"):
        assert api.get(f"{path}?tail={tail}", status=400).json["code"] == "invalid_query"


def test_a_log_whose_file_is_gone_is_read_from_its_row(bench, api):
    """runner I.1: the last 64 KB are in the row too."""
    claim = bench.running()
    bench.end(claim, Ending(State.ERROR, Reason.RUNNER_DIED, "It died.", log_tail="the end"))
    assert api.get(f"/feature_results/{claim.lease.result_id}/log/").json["log"] == "the end"
    bench.change(Result, claim.lease.result_id, log_tail="")
    assert api.get(f"/feature_results/{claim.lease.result_id}/log/").json["log"] == ""


def test_events_of_a_run_are_read_after_a_place(bench, api):
    """R-192, R-193."""
    accepted = bench.finished()
    path = f"/events/?run_id={accepted.run_id}"
    everything = api.get(path).json
    assert [event["seq"] for event in everything] == list(range(1, len(everything) + 1))
    assert set(everything[0]) == {
        "seq", "type", "feature_id", "run_id", "feature_result_id", "department_id", "at", "data"
    }  # fmt: skip
    kinds = [event["type"] for event in everything]
    assert kinds == ["result.queued", "result.initializing", "result.started", "result.finished", "run.completed"]
    assert api.get(f"{path}&since=2&limit=2").json == everything[2:4]
    assert api.get(f"{path}&since=99").json == []
    for wrong in ("limit=0", "limit=501", "since=-1", "since=x"):
        assert api.get(f"{path}&{wrong}", status=400).json["code"] == "invalid_query"
