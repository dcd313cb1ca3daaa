"""Features stored through the API run in a real browser and are read back, on both kinds of installation."""

import io

import pytest
from PIL import Image
from waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(300)]


def execute(live, feature_id, **options):
    answer = live.client().post("/exectest/", {"feature_id": feature_id, "wait": True, **options})
    assert answer.status == 200, answer.body
    results = answer.json["results"]
    assert all(result["state"] in {"Success", "Failed"} for result in results), (results, live.log.read_text()[-3000:])
    return results


def steps_of(live, result):
    return live.client().get(f"/api/feature_results/{result['feature_result_id']}/step_results/").json


def test_a_feature_runs_and_its_steps_and_pictures_are_read_back(live, shop, feature):
    """R-053, R-055, R-095, R-150, R-157, R-158, X-097."""
    key = feature(
        {"step_content": f'StartBrowser and call URL "{shop.url}/"', "screenshot": True},
        'I can see element with css selector "body"',
    )
    (result,) = execute(live, key)
    assert (result["status"], result["success"], result["total"], result["ok"]) == ("Success", True, 2, 2)
    first, second = steps_of(live, result)
    assert [first["status"], second["status"]] == ["Success", "Success"]
    assert second["screenshot_current"] == ""
    client = live.client()
    assert client.get(f"/screenshots/{first['step_result_id']}/").json == [first["screenshot_current"]]
    picture = client.get(f"/screenshot/{first['screenshot_current']}/?original=1")
    assert picture.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(picture.body)).size[0] == 1920


def test_a_failing_step_says_what_was_wanted_and_found_and_has_a_picture(live, shop, feature):
    """X-081, R-099: the rest is skipped and the totals add up."""
    key = feature(
        f'StartBrowser and call URL "{shop.url}/"',
        {"step_content": 'I can see element with css selector "#there-is-no-such-thing"', "timeout": 1},
        'BrowserTitle is "never reached"',
    )
    (result,) = execute(live, key)
    assert (result["status"], result["ok"], result["fails"], result["skipped"]) == ("Failed", 1, 1, 1)
    failed = steps_of(live, result)[1]
    assert "#there-is-no-such-thing" in failed["error"]
    assert "Expected" in failed["error"]
    assert "Tried" in failed["error"]
    assert failed["screenshot_current"] != ""


def test_variables_of_a_run_override_and_secret_ones_are_masked(live, shop, feature):
    """R-058, R-112, X-118 (first part)."""
    key = feature(
        'StartBrowser and call URL "$shop/login.html"',
        {"step_content": 'I can see "$password"', "timeout": 1},
    )
    variables = [
        {"variable_name": "shop", "variable_value": shop.url},
        {"variable_name": "password", "variable_value": "correct horse battery", "encrypted": True},
    ]
    (result,) = execute(live, key, variables=variables)
    first, second = steps_of(live, result)
    assert first["status"] == "Success"
    assert second["step_name"] == 'I can see "$password"'
    assert "[MASKED]" in second["error"]
    log = live.client().get(f"/feature_results/{result['feature_result_id']}/log/").json["log"]
    events = live.client().get(f"/events/?run_id={result['run_id']}&limit=500").body.decode()
    assert "correct horse" not in second["error"] + log + events


def test_a_feature_of_200_steps_is_reported_completely(live, shop, feature):
    sentences = [f'Remember "{number}" as "number"' for number in range(198)]
    key = feature(f'StartBrowser and call URL "{shop.url}/"', *sentences, 'Value "$number" should equal "197"')
    (result,) = execute(live, key)
    assert (result["status"], result["total"], result["ok"]) == ("Success", 200, 200)
    rows = steps_of(live, result)
    assert [row["step_execution_sequence"] for row in rows] == list(range(1, 201))


def test_an_undefined_step_fails_when_it_is_reached_and_names_near_sentences(live, shop, feature):
    """X-080, runner M."""
    key = feature(f'StartBrowser and call URL "{shop.url}/"', 'I can click the button "Buy"')
    (result,) = execute(live, key)
    assert (result["status"], result["ok"], result["fails"]) == ("Failed", 1, 1)
    error = steps_of(live, result)[1]["error"]
    assert "I can click on button" in error


def test_a_fault_in_the_structure_refuses_the_run_and_names_every_step(live, feature):
    """R-060, X-004."""
    key = feature('Loop "3" times starting at "1" and do', 'Remember "1" as "a"', "Otherwise do")
    answer = live.client().post("/exectest/", {"feature_id": key})
    assert (answer.status, answer.json["code"]) == (422, "plan_error")
    assert len(answer.json["fields"]) >= 2
    assert live.client().get(f"/api/feature_results/{key}/").json == []


def test_a_feature_without_steps_says_so(live, feature):
    """R-060."""
    key = feature()
    answer = live.client().post("/exectest/", {"feature_id": key})
    assert (answer.status, answer.json["code"]) == (422, "no_steps")


def test_a_page_that_hangs_fails_its_step_by_its_timeout(live, shop, feature):
    key = feature({"step_content": f'StartBrowser and call URL "{shop.url}/hang"', "timeout": 2}, "Press Enter")
    (result,) = execute(live, key)
    assert result["status"] == "Failed"
    failed = steps_of(live, result)[0]
    assert failed["status"] == "Failed"
    assert "/hang" in failed["error"]
    assert 1900 <= failed["execution_time_ms"] < 8000


def test_two_results_at_once_share_nothing(live, shop, feature):
    """Folder, browser profile and variables are private to an attempt."""
    keys = []
    for name in ("left", "right"):
        keys.append(
            feature(
                f'StartBrowser and call URL "{shop.url}/"',
                f"Run Javascript function \"localStorage.setItem('{name}', 'x')\"",
                f'Remember "{name}" as "mine"',
                'I sleep "6" seconds',
                f'Value "$mine" should equal "{name}"',
                'Run Javascript function "return Object.keys(localStorage).length"',
                'Value "%js_return" should equal "1"',
                name=name,
            )
        )
    client = live.client()
    started = [client.post("/exectest/", {"feature_id": key}).json for key in keys]
    runs = [
        eventually(lambda run=run: finished_run(client, run["run_id"]), 90, "the end of the run") for run in started
    ]
    results = [run["feature_results"][0] for run in runs]
    assert [result["status"] for result in results] == ["Success", "Success"], [steps_of(live, r) for r in results]
    assert results[0]["started_on"] < results[1]["finished_on"]
    assert results[1]["started_on"] < results[0]["finished_on"]


def finished_run(client, run_id):
    run = client.get(f"/feature_runs/{run_id}/").json
    return None if run["running"] else run


def test_cancel_ends_a_running_feature_within_ten_seconds(live, shop, feature):
    """R-184, R-185, X-018."""
    key = feature(f'StartBrowser and call URL "{shop.url}/"', 'I sleep "60" seconds', "Press Enter")
    client = live.client()
    run_id = client.post("/exectest/", {"feature_id": key}).json["run_id"]
    eventually(lambda: client.get(f"/feature_runs/{run_id}/").json["status"] == "Running", 30, "the start")
    assert client.post(f"/killTask/{key}/").json["tasks"] == 1
    run = eventually(lambda: finished_run(client, run_id), 10, "the end of the cancelled run")
    result = run["feature_results"][0]
    assert (result["status"], result["reason"]) == ("Canceled", "cancelled")
    assert result["total"] == result["ok"] + result["fails"] + result["skipped"] == 3
    eventually(lambda: not live.runners(f"{result['feature_result_id']}:"), 10, "the end of all processes")


def test_another_department_sees_nothing_and_a_missing_permission_is_named(live, shop, feature):
    """R-020, R-061, R-048, R-033."""
    key = feature(f'StartBrowser and call URL "{shop.url}/"')
    (result,) = execute(live, key)
    step = steps_of(live, result)[0]
    stranger = live.client("DEVOPS", "Elsewhere")
    for path in (
        f"/api/features/{key}/",
        f"/api/feature_results/{key}/",
        f"/feature_results/{result['feature_result_id']}/",
        f"/feature_results/{result['feature_result_id']}/log/",
        f"/feature_runs/{result['run_id']}/",
        f"/api/feature_results/{result['feature_result_id']}/step_results/",
        f"/api/step_results/{step['step_result_id']}/",
        f"/steps/{key}/",
        f"/screenshots/{step['step_result_id']}/",
        f"/screenshot/AMVARA_{step['step_result_id']}.png/",
        f"/events/?run_id={result['run_id']}",
    ):
        answer = stranger.get(path)
        assert (answer.status, answer.json["code"]) == (404, "not_found"), path
    assert stranger.post("/exectest/", {"feature_id": key}).status == 404
    refused = stranger.post("/api/applications/", {"app_name": "Mine"})
    assert (refused.status, refused.json["code"]) == (403, "permission_missing")
    assert "create_application" in refused.json["error"]
    reader = live.client("SUPERUSER", "Default", scopes=("read",))
    refused = reader.post("/exectest/", {"feature_id": key})
    assert (refused.status, refused.json["code"]) == (403, "scope_missing")
