"""Each JSON example of the contract against the answer of the whole application: the same fields of the same types."""

import contract_examples as examples
import pytest
from contract_examples import differences

ADDED = frozenset(
    {"params", "max_diff", "ignore_regions", "warnings", "selector", "detail", "evidence"}
    | {"active", "expires_at", "parameters", "obstacles"}
)
"""Fields that the examples lack: of steps the visual comparison, of step results what was noticed besides, of schedules
what runner J.1 and J.5 add."""

STORED_STEP = {**examples.STEP_RESULT, "error": None}
"""The example is of the answer to a POST, which lacks the text of the failure."""

READ = [
    ("/api/accounts/", [examples.ACCOUNT]),
    ("/api/account_roles/", [examples.ACCOUNT_ROLE]),
    ("/addoidcaccount/", examples.SESSION_USER),
    ("/api/actions/", [examples.ACTION]),
    ("/api/applications/", [examples.APPLICATION]),
    ("/api/environments/", [examples.ENVIRONMENT]),
    ("/api/browsers/", [examples.BROWSER]),
    ("/api/departments/", [examples.DEPARTMENT]),
    ("/user/departments/", [examples.DEPARTMENT]),
    ("/api/features/", [examples.FEATURE]),
    ("/api/features/{feature}/", examples.FEATURE),
    ("/steps/{feature}/", [examples.STEP]),
    ("/getJson/{feature}/", [examples.STEP]),
    ("/api/folders/", {"features": [examples.FEATURE], "folders": [examples.FOLDER]}),
    ("/api/folders/{folder}/", examples.FOLDER),
    ("/api/feature_results/{feature}/", [examples.FEATURE_RESULT]),
    ("/feature_results/{result}/", examples.FEATURE_RESULT),
    ("/feature_results/{result}/log/", {"success": True, "log": "..."}),
    ("/feature_runs/{run}/", examples.FEATURE_RUN),
    ("/api/feature_results/{result}/step_results/", [STORED_STEP]),
    ("/api/step_results/{step_result}/", {"success": True, "results": STORED_STEP}),
    ("/screenshots/{step_result}/", ["AMVARA_63.png"]),
    ("/api/variables/", [examples.VARIABLE]),
    ("/api/variables/Default/", [examples.VARIABLE]),
    ("/schedule/{feature}/", examples.SCHEDULE),
]


@pytest.mark.parametrize(("path", "example"), READ, ids=[path for path, _ in READ])
def test_what_is_read_has_the_fields_and_types_of_the_contract(world, path, example):
    """Dates, keys and shapes: R-010, R-014, R-015.

    The examples themselves: R-067, R-070, R-081, R-084, R-087, R-088, R-091, R-092, R-097, R-111, R-112, R-118, R-121,
    R-135, R-138, R-141, R-150, R-157, R-165, R-172, R-187.
    """
    answer = world.root.get(path.format_map(world.objects["own"])).json
    assert answer, "an empty answer proves nothing"
    assert differences(example, answer, added=ADDED) == []


def created(world):
    """What is created with the documented bodies: path, body and example of the row."""
    own = world.objects["own"]
    feature = {
        "feature_name": "Buy a book", "app_id": 1, "app_name": "Default", "environment_id": 1,
        "environment_name": "Default", "department_id": 1, "department_name": "Default", "description": "happy path",
        "browsers": [{"browser": "chrome", "browser_version": "latest", "os": "Generic", "os_version": "Selenium",
                      "device": None, "real_mobile": False, "cloud": "local"}],
        "steps_content": [{"step_keyword": "Given", "step_content": 'Goto URL "$shop"', "screenshot": True}],
        "schedule": "", "depends_on_other": False, "send_mail": False, "email_address": [], "video": True,
    }  # fmt: skip
    result = {
        "feature_id": own["feature"], "result_date": "2026-01-31T08:10:00Z", "feature_name": "Buy a book",
        "app_name": "Default", "department_name": "Default", "browser_name": "Firefox", "environment_name": "Default",
        "app_id": "1", "environment_id": "1", "department_id": "1", "browser_id": "0", "total": 3, "fails": 1, "ok": 2,
        "skipped": 0, "pixel_diff": 7, "execution_time": "5.57", "success": False, "screen_style": "",
        "screen_actual": "", "screen_diff": "",
    }  # fmt: skip
    step_result = {
        "feature_result_id": own["running"], "step_name": "Press Enter", "step_id": 0, "execution_time": 0.95,
        "pixel_diff": 42, "success": True,
    }  # fmt: skip
    variables = {"environment_name": "Default", "department_id": 1,
                 "variables": [{"variable_name": "user", "variable_value": "ada"}]}  # fmt: skip
    steps = f"/api/feature_results/{own['running']}/step_results/"
    return {
        "application": ("/api/applications/", {"app_name": "App 1"}, examples.APPLICATION),
        "environment": ("/api/environments/", {"environment_name": "QA"}, examples.ENVIRONMENT),
        "browser": ("/api/browsers/", {"browser_json": {"browser": "opera"}}, examples.BROWSER),
        "department": ("/api/departments/", {"department_name": "Department 1"}, examples.DEPARTMENT),
        "account": ("/api/accounts/", {"name": "Alex", "email": "alex@example.org"}, examples.ACCOUNT),
        "feature": ("/api/features/", feature, examples.FEATURE),
        "folder": ("/api/folders/", {"name": "New"}, examples.FOLDER),
        "feature result": ("/api/feature_results/", result, examples.FEATURE_RESULT),
        "step result": (steps, step_result, examples.STEP_RESULT),
        "variables": ("/api/variables/", variables, [examples.VARIABLE]),
    }


@pytest.mark.parametrize(
    "kind",
    ["application", "environment", "browser", "department", "account", "feature", "folder", "feature result",
     "step result", "variables"],
)  # fmt: skip
def test_what_is_created_answers_201_and_the_row(world, kind):
    """R-013, R-014."""
    path, body, example = created(world)[kind]
    answer = world.root.post(path, body, status=201).json
    assert differences(example, answer, added=ADDED) == []


def test_a_start_answers_run_and_results(world):
    """R-053."""
    answer = world.root.post("/exectest/", {"feature_id": world.objects["own"]["feature"]}).json
    assert differences({"success": True, "run_id": 12, "feature_result_ids": [31, 32]}, answer) == []


def test_the_comparison_sees_what_is_different():
    """It must be able to fail."""
    ours = {"id": 1, "name": "x", "at": "2026-01-31T08:10:00.000000Z", "rows": [{"a": 1}]}
    assert differences(ours, {**ours, "rows": []}) == []
    assert differences(ours, {**ours, "id": "1"}) == [".id: text instead of int"]
    assert differences(ours, {**ours, "more": 1}) == [".more is not in the contract"]
    assert differences(ours, {**ours, "rows": [{}]}) == [".rows[].a is missing"]
    assert differences(ours, {**ours, "at": "2026-01-31"}) == [".at: text instead of date"]
