"""Step results that runners report over the API, and changes of stored ones."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from run_bench import CHROME
from sqlalchemy import select

from cometa_core.testing.installation import Client
from cometa_executions.api import Ending, Result, State, StepResult, end_result, issue_token
from cometa_executions.services.reading import run_info
from cometa_features.api import Step

ROW_FIELDS = {
    "step_result_id", "feature_result_id", "step_id", "step_uuid", "step_name", "step_execution_sequence", "step_type",
    "execution_time", "execution_time_ms", "relative_execution_time", "relative_execution_time_ms", "pixel_diff", "ok",
    "fails", "skipped", "success", "status", "screenshot_current", "screenshot_style", "screenshot_difference",
    "screenshot_template", "template_name", "diff", "verdict", "baseline_state", "files", "belongs_to", "notes",
    "healing_data", "rest_api", "database_query_result", "current_step_variables_value",
}  # fmt: skip


class External:
    """A result that an external runner executes."""

    def __init__(self, bench, app, feature_id=None, *, started=True):
        self.bench = bench
        self.result = bench.results(bench.accept(feature_id or bench.feature()).run_id)[0]
        self.path = f"/api/feature_results/{self.result.id}/step_results/"
        with bench.runtime.unit_of_work() as scope:
            self.client = Client(app, issue_token(scope, self.result.id).text, 0)
        if started:
            body = {"action": "start", "feature_id": self.result.feature_id, "pid": 1, "browser": CHROME}
            self.client.post("/updateTask/", body)

    def body(self, **fields):
        return {
            "feature_result_id": self.result.id, "step_name": "Do it", "step_id": 0, "execution_time": "0.95",
            "pixel_diff": 0, "success": True, **fields,
        }  # fmt: skip

    def post(self, expect=201, **fields):
        return self.client.post(self.path, self.body(**fields), status=expect).json

    def now(self):
        return self.bench.result(self.result.id)

    def read(self):
        return self.client.get(f"/feature_results/{self.result.id}/").json

    def end(self, state=None):
        with self.bench.runtime.unit_of_work() as scope:
            held = scope.session.get_one(Result, self.result.id)
            assert end_result(scope, run_info(held), State(held.state), Ending(state))

    def steps(self):
        """Stored steps of the feature in their order."""
        with self.bench.runtime.reading() as session:
            query = select(Step).where(Step.feature_id == self.result.feature_id).order_by(Step.position)
            return session.scalars(query).all()


@pytest.fixture
def external(bench, app):
    """A running result of an external runner, with three planned steps."""
    return External(bench, app)


def test_a_step_is_stored_with_the_documented_fields(external):
    """R-151, R-152, R-154: 201 and the row, without its key error."""
    step = external.steps()[0]
    row = external.post(step_id=step.id, step_name=step.content, pixel_diff=42, error="None really")
    assert set(row) >= ROW_FIELDS
    assert "error" not in row
    expected = {
        "feature_result_id": external.result.id, "step_id": step.id, "step_uuid": step.uuid, "step_type": "BROWSER",
        "step_execution_sequence": 1, "execution_time": "0.95", "execution_time_ms": 950, "pixel_diff": 42,
        "relative_execution_time": "0.95", "ok": 1, "fails": 0, "skipped": 0, "success": True, "status": "Success",
        "belongs_to": {"feature_id": step.feature_id, "feature_name": external.read()["feature_name"]},
        "files": [], "notes": {}, "healing_data": None, "rest_api": None, "database_query_result": [],
        "current_step_variables_value": {}, "verdict": None,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    one = external.client.get(f"/api/step_results/{row['step_result_id']}/").json["results"]
    assert one == {**row, "error": "None really"}


def test_fields_of_plugins_come_back_as_sent(external):
    """R-151, rest-api A4.7."""
    sent = {
        "files": ["report.pdf"], "notes": {"title": "Note"}, "healing_data": {"found": 1}, "rest_api": 7,
        "database_query_result": [{"a": 1}], "current_step_variables_value": {"name": "value"}, "step_type": "API",
    }  # fmt: skip
    row = external.post(**sent)
    assert {name: row[name] for name in sent} == sent


def test_ids_may_be_digits_and_times_numbers(external):
    """R-151, rest-api A1.3."""
    row = external.post(feature_result_id=str(external.result.id), step_id="0", execution_time=1.005)
    assert (row["step_id"], row["execution_time"]) == (None, "1.01")
    assert external.post(execution_time="99999999.99")["execution_time_ms"] == 99_999_999_990


def test_another_result_in_the_body_is_a_mismatch(external, api):
    """R-151."""
    assert external.post(feature_result_id=external.result.id + 1, expect=400)["code"] == "id_mismatch"
    api.post("/api/feature_results/999999/step_results/", external.body(), status=404)


@pytest.mark.parametrize(
    ("sent", "status", "counters"),
    [
        ({"success": True}, "Success", [1, 0, 0]),
        ({"success": False}, "Failed", [0, 1, 0]),
        ({"success": True, "status": "Skipped"}, "Skipped", [0, 0, 1]),
        ({"success": False, "status": "Canceled"}, "Canceled", [0, 0, 1]),
        ({"success": False, "ok": 50, "fails": 39, "skipped": 96}, "Failed", [50, 39, 96]),
    ],
)
def test_counters_default_from_success(external, sent, status, counters):
    """R-152."""
    row = external.post(**sent)
    assert [row["ok"], row["fails"], row["skipped"]] == counters
    assert (row["status"], row["success"]) == (status, sent["success"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"success": 74}, {"success": "true"}, {"status": "Success", "success": False}, {"status": "Running"},
        {"step_name": ""}, {"step_name": "x" * 10_001}, {"step_id": 999_999}, {"execution_time": -1},
        {"execution_time": "x"}, {"pixel_diff": -1}, {"pixel_diff": 2**31}, {"ok": -1}, {"step_execution_sequence": 0},
        {"step_type": "MAGIC"}, {"files": [1]}, {"unknown": 1}, {"feature_result_id": "x"}, {"rest_api": True},
    ],
)  # fmt: skip
def test_wrong_fields_are_named(external, wrong):
    """R-152, A1.5: nothing is stored."""
    answer = external.post(**wrong, expect=422)
    assert set(answer["fields"]) & {name if name != "files" else "files[0]" for name in wrong}
    assert external.bench.count(StepResult) == [0]


@pytest.mark.parametrize(
    "name", ["feature_result_id", "step_name", "step_id", "execution_time", "pixel_diff", "success"]
)
def test_required_fields_are_required(external, name):
    """R-151."""
    body = external.body()
    del body[name]
    assert set(external.client.post(external.path, body, status=422).json["fields"]) == {name}


def test_the_same_report_again_is_no_second_row(external):
    """R-153: numbers may be written otherwise, defaults be sent."""
    first = external.post(step_execution_sequence=1)
    again = external.post(200, step_execution_sequence=1, execution_time=0.95, status="Success", ok=1, error=None)
    assert again == first


def test_the_same_report_is_recognised_though_the_row_changed_and_the_result_ended(external):
    """R-153: a retry that was late."""
    first = external.post(step_execution_sequence=1)
    external.client.post(f"/steps/{first['step_result_id']}/pixel_diff/9/", {})
    external.end()
    assert external.post(step_execution_sequence=1, expect=200)["pixel_diff"] == 9
    assert len([row for row in external.bench.steps(external.result.id) if row.sequence == 1]) == 1


def test_another_report_with_a_taken_sequence_is_refused(external):
    """R-153."""
    external.post(step_execution_sequence=1)
    for other in ({"success": False}, {"step_name": "Other"}, {"execution_time": 2}, {"notes": {"title": "x"}}):
        answer = external.post(step_execution_sequence=1, expect=409, **other)
        assert answer["code"] == "duplicate_sequence"
    assert external.bench.count(StepResult) == [1]


def test_sequences_start_at_one_and_times_are_summed(external):
    """R-154."""
    rows = [external.post(execution_time=seconds) for seconds in ("1", "2.5", "0.25")]
    assert [row["step_execution_sequence"] for row in rows] == [1, 2, 3]
    assert [row["relative_execution_time"] for row in rows] == ["1.00", "3.50", "3.75"]
    assert external.post(step_execution_sequence=7, relative_execution_time=9)["relative_execution_time"] == "9.00"
    assert external.post()["step_execution_sequence"] == 8


def test_reports_at_the_same_time_get_sequences_of_their_own(external):
    """R-154, on both databases."""
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda _number: external.post(), range(8)))
    assert sorted(row["step_execution_sequence"] for row in rows) == list(range(1, 9))
    assert external.now().ok == 8


def test_numbers_of_a_running_result_follow_its_steps(external):
    """R-151, rest-api A4.5: total stays the planned one; one event a step."""
    external.post(pixel_diff=3)
    external.post(success=False, error="No duck")
    row = external.read()
    assert (row["total"], row["ok"], row["fails"], row["skipped"]) == (3, 1, 1, 0)
    assert (row["pixel_diff"], row["execution_time"], row["success"], row["running"]) == (3, "1.90", False, True)
    events = external.bench.events(external.result.run_id, "step.end")
    assert [(event.data["seq"], event.data["status"], event.data["error"]) for event in events] == [
        (1, "Success", None), (2, "Failed", "No duck"),
    ]  # fmt: skip
    assert events[1].data["counts"] == {"Success": 1, "Failed": 1, "Skipped": 0}


def test_steps_that_were_not_reported_are_skipped_at_the_end(external):
    """R-098, rest-api A4.5: reported ones are found in the plan by id or text, each once."""
    first, second, third = external.steps()
    external.post(step_id=first.id, step_name="Told otherwise")
    external.post(step_name=third.content)
    external.end()
    row = external.read()
    assert (row["status"], row["total"], row["ok"], row["skipped"]) == ("Success", 3, 2, 1)
    assert external.bench.steps(external.result.id)[-1].step_uuid == second.uuid


def test_equal_steps_take_their_places_one_after_the_other(bench, app):
    """rest-api A4.5."""
    external = External(bench, app, bench.feature(*['Remember "1" as "a"'] * 3))
    for _ in range(4):
        external.post(step_name='Remember "1" as "a"')
    assert [row.leaf_index for row in bench.steps(external.result.id)] == [0, 1, 2, 2]


def test_steps_of_sub_features_belong_to_them(bench, app):
    """rest-api A4.7, A6.10: rows that the plan inlines are rows of the feature too."""
    inner = bench.feature('Remember "1" as "a"')
    external = External(bench, app, bench.feature(f'Run feature with id "{inner}" before continuing'))
    with bench.runtime.reading() as session:
        step = session.scalars(select(Step).where(Step.feature_id == inner)).one()
    row = external.post(step_id=step.id)
    assert (row["step_id"], row["belongs_to"]["feature_id"]) == (step.id, inner)


def test_results_that_ended_or_that_a_worker_executes_take_no_steps(bench, app, api):
    """R-107, R-108, runner A.4."""
    held = bench.running().lease.result_id
    external = External(bench, app)
    external.end()
    assert external.post(409)["code"] == "terminal_state"
    path = f"/api/feature_results/{held}/step_results/"
    assert api.post(path, external.body(feature_result_id=held), status=409).json["code"] == "result_running"


def test_a_result_stored_in_a_final_state_takes_steps_for_ten_minutes_after_the_last(bench, app, api):
    """R-107: sent counters stay, the difference follows."""
    external = External(bench, app)
    external.end(State.SUCCESS)
    now = bench.clock.now()
    sent = {"total": 9, "ok": 9, "fails": 0, "skipped": 0, "pixel_diff": 5, "finished_at": now - timedelta(days=9)}
    bench.change(Result, external.result.id, sent_totals=True, reported_at=now, **sent)
    body = external.body(pixel_diff=7)
    for _ in range(2):
        bench.clock.pass_by(600)
        api.post(external.path, body, status=201)
    row = api.get(f"/feature_results/{external.result.id}/").json
    assert (row["total"], row["ok"], row["pixel_diff"], row["status"]) == (9, 9, 14, "Success")
    bench.clock.pass_by(601)
    assert api.post(external.path, body, status=409).json["code"] == "terminal_state"


def test_steps_need_the_right_to_run_and_a_visible_result(external, caller_without, stranger):
    """rest-api A3.2."""
    caller_without("run_feature").post(external.path, external.body(), status=403)
    stranger.post(external.path, external.body(), status=404)


@pytest.mark.parametrize("verb", ["get", "post"])
def test_the_difference_of_a_step_sets_the_sum_of_its_result(external, verb):
    """R-155: by GET and POST."""
    first, second = (external.post(pixel_diff=number)["step_result_id"] for number in (1, 2))
    path = f"/steps/{second}/pixel_diff/2866/"
    call = external.client.get if verb == "get" else lambda path: external.client.post(path, {})
    assert call(path).json == {"success": True, "step_result_id": second, "pixel_diff": 2866}
    assert external.read()["pixel_diff"] == 2867
    assert [row.pixel_diff for row in external.bench.steps(external.result.id)] == [1, 2866]
    assert first < second


def test_the_difference_is_no_negative_number_and_fits(external, api):
    """R-155: -1 is 404."""
    step = external.post()["step_result_id"]
    assert api.post(f"/steps/{step}/pixel_diff/-1/", {}, status=404).json["code"] == "route_not_found"
    api.post(f"/steps/{step}/pixel_diff/{2**31}/", {}, status=422)
    api.post("/steps/999999/pixel_diff/1/", {}, status=404)


def test_the_difference_may_come_ten_minutes_after_the_end(external, api):
    """R-155: 11 minutes after it is 409."""
    path = f"/steps/{external.post()['step_result_id']}/pixel_diff/5/"
    external.end()
    external.bench.clock.pass_by(600)
    api.post(path, {})
    assert external.now().pixel_diff == 5
    external.bench.clock.pass_by(60)
    assert api.post(path, {}, status=409).json["code"] == "terminal_state"


def test_a_changed_status_recounts_result_and_run(bench, caller):
    """R-156: what the runner reached stays in state."""
    judge = caller("judge", role="MANAGER")
    accepted = bench.finished("Success", "Failed", "Success")
    result_id = accepted.result_ids[0]
    failed = bench.steps(result_id)[1].id
    answer = judge.patch(f"/api/step_results/{failed}/", {"status": "Success", "notes": {"title": "Fine"}}).json
    assert (answer["success"], answer["data"]["status"], answer["data"]["ok"]) == (True, "Success", 1)
    assert answer["data"]["notes"] == {"title": "Fine"}
    row = judge.get(f"/feature_results/{result_id}/").json
    assert (row["status"], row["state"], row["success"], row["ok"], row["fails"]) == ("Success", "Failed", True, 3, 0)
    assert (row["override"]["status"], row["override"]["by"]) == ("Success", judge.account_id)
    run = judge.get(f"/feature_runs/{accepted.run_id}/").json
    assert (run["ok"], run["fails"]) == (3, 0)
    assert judge.get(f"/api/features/{row['feature_id']}/").json["info"]["ok"] == 3
    judge.patch(f"/api/step_results/{failed}/", {"status": "Failed"})
    row = judge.get(f"/feature_results/{result_id}/").json
    assert (row["status"], row["override"], row["fails"]) == ("Failed", None, 1)


def test_a_skipped_step_fails_nothing(bench, caller):
    """R-156."""
    judge = caller("judge", role="MANAGER")
    result_id = bench.finished("Success", "Failed", "Success").result_ids[0]
    judge.patch(f"/api/step_results/{bench.steps(result_id)[1].id}/", {"status": "Skipped"})
    row = judge.get(f"/feature_results/{result_id}/").json
    assert (row["status"], row["ok"], row["skipped"]) == ("Success", 2, 1)


@pytest.mark.parametrize("state", [State.CANCELED, State.ERROR, State.TIMEOUT])
def test_verdicts_that_no_step_decided_stay(bench, caller, state):
    """R-156."""
    judge = caller("judge", role="MANAGER")
    claim = bench.report(bench.running(), "Success", "Failed")
    bench.end(claim, Ending(state))
    result_id = claim.lease.result_id
    for row in bench.steps(result_id)[1:]:
        judge.patch(f"/api/step_results/{row.id}/", {"status": "Success"})
    row = judge.get(f"/feature_results/{result_id}/").json
    assert (row["status"], row["override"], row["ok"]) == (state.value, None, 3)


def test_a_step_of_a_running_result_is_counted_without_a_verdict(bench, caller):
    """R-156."""
    judge = caller("judge", role="MANAGER")
    claim = bench.report(bench.running(), "Failed")
    result_id = claim.lease.result_id
    judge.patch(f"/api/step_results/{bench.steps(result_id)[0].id}/", {"status": "Success"})
    row = judge.get(f"/feature_results/{result_id}/").json
    assert (row["status"], row["override"], row["ok"], row["total"]) == ("Running", None, 1, 3)


def test_people_change_status_and_notes_alone(bench, caller):
    """R-156, A1.5."""
    judge = caller("judge", role="MANAGER")
    step = bench.steps(bench.finished().result_ids[0])[0].id
    path = f"/api/step_results/{step}/"
    assert set(judge.patch(path, {"error": "x", "pixel_diff": 1}, status=422).json["fields"]) == {"error", "pixel_diff"}
    for wrong in ({"status": "Canceled"}, {"status": None}, {"notes": []}):
        assert set(judge.patch(path, wrong, status=422).json["fields"]) == set(wrong)
    assert judge.patch(path, {"more": 1}, status=422).json["code"] == "unknown_field"
    assert judge.patch(path, {}).json["data"]["status"] == "Success"


def test_changing_steps_needs_the_right_to_change_verdicts(bench, api, caller, stranger):
    """R-156, rest-api A3.2."""
    path = f"/api/step_results/{bench.steps(bench.finished().result_ids[0])[0].id}/"
    assert api.patch(path, {"status": "Failed"}, status=403).json["code"] == "permission_missing"
    stranger.patch(path, {"status": "Failed"}, status=404)
    caller("reader", role="MANAGER", scopes=("read",)).patch(path, {"status": "Failed"}, status=403)


def test_runners_change_everything_but_verdicts_of_ended_results(external):
    """R-156, R-108."""
    row = external.post(ok=5)
    path = f"/api/step_results/{row['step_result_id']}/"
    sent = {"error": "x" * 5000, "files": ["a.txt"], "pixel_diff": 4, "rest_api": 3, "healing_data": {"a": 1}}
    changed = external.client.patch(path, {**sent, "status": "Failed"}).json["data"]
    assert {name: changed[name] for name in sent} == {**sent, "error": "x" * 4000}
    assert (changed["fails"], changed["ok"]) == (1, 0)
    assert (external.now().pixel_diff, external.now().fails) == (4, 1)
    assert external.client.patch(path, {"healing_data": None}).json["data"]["healing_data"] is None
    external.end()
    external.client.patch(path, {"files": []})
    assert external.client.patch(path, {"status": "Success"}, status=409).json["code"] == "terminal_state"
