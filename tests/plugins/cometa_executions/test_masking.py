"""What external runners and people report is stored without the secrets that this server knows of the run."""

from urllib.parse import quote

import pytest

from cometa_core.testing.installation import Client
from cometa_executions.api import Parameter, issue_token

SECRET = "s3cret & s3cret"
MASK = "[MASKED]"


@pytest.fixture
def reporting(bench, app):
    """A runner elsewhere that executes a result whose run has a secret parameter, and the key of the result."""
    key = bench.accept(bench.feature(), parameters=[Parameter("password", SECRET, secret=True)]).result_ids[0]
    with bench.runtime.unit_of_work() as scope:
        return Client(app, issue_token(scope, key).text, 0), key


def step_of(key, **fields):
    body = {"feature_result_id": key, "step_name": "Set value", "step_id": 0, "execution_time": "0.1", "pixel_diff": 0}
    return {**body, "success": False, **fields}


def test_errors_notes_files_and_plugin_fields_of_a_reported_step_are_masked(reporting):
    """X-118: in every encoding, as for runs of this server's own workers."""
    runner, key = reporting
    body = step_of(
        key, error=f"Typed {SECRET} at /?q={quote(SECRET, safe='')}",
        notes={"title": "HTML", "content": "s3cret &amp; s3cret"},
        files=[f"{SECRET}.csv"], current_step_variables_value={"password": SECRET},
    )  # fmt: skip
    step = runner.post(f"/api/feature_results/{key}/step_results/", body, status=201).json
    assert step["notes"] == {"title": "HTML", "content": MASK}
    assert step["files"] == [f"{MASK}.csv"]
    assert step["current_step_variables_value"] == {"password": MASK}
    stored = runner.get(f"/api/step_results/{step['step_result_id']}/").json["results"]
    assert stored["error"] == f"Typed {MASK} at /?q={MASK}"


def test_the_same_report_again_is_still_recognised(reporting):
    """R-151: masking does not change what a retry is compared with."""
    runner, key = reporting
    body = step_of(key, error=SECRET, step_execution_sequence=1)
    first = runner.post(f"/api/feature_results/{key}/step_results/", body, status=201).json
    again = runner.post(f"/api/feature_results/{key}/step_results/", body, status=200).json
    assert again["step_result_id"] == first["step_result_id"]


def test_changes_of_a_step_are_masked(reporting):
    runner, key = reporting
    step = runner.post(f"/api/feature_results/{key}/step_results/", step_of(key), status=201).json
    path = f"/api/step_results/{step['step_result_id']}/"
    changed = runner.patch(path, {"error": f"again {SECRET}", "notes": {"said": SECRET}}).json["data"]
    assert (changed["error"], changed["notes"]) == (f"again {MASK}", {"said": MASK})


def test_sentences_and_log_of_a_reported_result_are_masked(reporting):
    runner, key = reporting
    report = {"description": f"with {SECRET}", "log": f"typed {SECRET}\n", "status_reason": SECRET, "status": "Error"}
    data = runner.patch(f"/feature_results/{key}/", report).json["data"]
    assert (data["description"], data["status_reason"]) == (f"with {MASK}", MASK)
    log = runner.get(f"/feature_results/{key}/log/", status="*")
    assert SECRET not in log.text


def test_a_value_that_the_server_never_gave_stays(reporting):
    """runner A.8: what the runner brought along, it alone can mask."""
    runner, key = reporting
    step = runner.post(f"/api/feature_results/{key}/step_results/", step_of(key, error="own password"), status=201).json
    assert runner.get(f"/api/step_results/{step['step_result_id']}/").json["results"]["error"] == "own password"
