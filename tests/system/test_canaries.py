"""Secrets that a run sees in every encoding and in every sink are nowhere in what is stored, sent or answered."""

import json
from urllib.parse import quote

import pytest
from canaries import CANARY, NAME_CANARY, canary_site, forms

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(300)]


def go_on(sentence, **fields):
    return {"step_content": sentence, "continue_on_failure": True, "timeout": 5, **fields}


STEPS = [
    go_on('I can do a basic auth with username "qa" and "$canary"'),
    go_on('StartBrowser and call URL "$site/first"'),
    go_on("Run Javascript function \"return fetch('/guarded').then((answer) => answer.status)\""),
    go_on('Run Javascript function "return known.raw"'),
    go_on('Run Javascript function "throw new Error(known.raw)"'),
    go_on('I can see "$canary and more"', timeout=1),
    go_on('Remember "$canary" as "copy"'),
    go_on('Value "before $canary" should equal "after %js_return"'),
    go_on("Fetch Console.log from Browser and attach it to the feature result"),
    go_on("Fetch HTML Source of current Browser page and attach it to the feature result"),
    go_on("Browser console should have no errors"),
    go_on('StartBrowser and call URL "$site/page?token=$canary"'),
    go_on('BrowserTitle is "another title"', timeout=1),
    go_on('I move mouse to "link=get" and click'),
    go_on('Sleep "1" seconds'),
]


BODY = {
    "feature_name": "Canaries", "app_id": 1, "environment_id": 1, "department_id": 1,
    "browsers": [{"browser": "chrome"}], "steps_content": STEPS, "network_logging": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def executed(live):
    """The result of a run of all steps."""
    with canary_site() as site:
        key = live.client().post("/api/features/", BODY).json["feature_id"]
        variables = [
            {"variable_name": "site", "variable_value": site},
            {"variable_name": "canary", "variable_value": CANARY, "encrypted": True},
            {"variable_name": "file_canary", "variable_value": NAME_CANARY, "encrypted": True},
        ]
        answer = live.client().post("/exectest/", {"feature_id": key, "wait": True, "variables": variables})
        assert answer.status == 200, answer.body
        (result,) = answer.json["results"]
        assert result["state"] == "Failed", (result, live.log.read_text()[-3000:])
    return result


def hits(text):
    """Names of the forms of secrets that a text holds."""
    found = [name for name, form in forms(CANARY).items() if form.encode() in text]
    return [*found, *(["file name"] if NAME_CANARY.encode() in text else [])]


def answers(client, result):
    """Everything that the API tells about the result, by path."""
    key, run = result["feature_result_id"], result["run_id"]
    steps = client.get(f"/api/feature_results/{key}/step_results/").json
    paths = [
        f"/feature_results/{key}/", f"/feature_runs/{run}/", f"/feature_results/{key}/log/",
        f"/api/feature_results/{key}/step_results/", f"/feature_results/{key}/evidence/",
        f"/feature_results/{key}/console/", f"/feature_results/{key}/network/", f"/feature_results/{key}/network/har/",
        f"/events/?run_id={run}", f"/feature_runs/{run}/report/", f"/feature_runs/{run}/report/?format=junit",
        *(f"/api/step_results/{step['step_result_id']}/evidence/" for step in steps),
        *(f"/download/{key}/{quote(name, safe='')}/" for name in result["files"]),
    ]  # fmt: skip
    told = {path: client.get(path) for path in paths}
    for step in steps:
        path = f"/api/step_results/{step['step_result_id']}/source/"
        source = client.get(path)
        if source.status == 200:
            told[path] = source
    return told


def test_no_canary_is_in_answers_database_artifacts_events_or_logs(live, executed):
    """X-118, X-119, X-120: log, console, network, page source, errors, notes, names and contents of files."""
    told = answers(live.client(), executed)
    assert {path: answer.status for path, answer in told.items() if answer.status != 200} == {}
    assert {path: hits(answer.body) for path, answer in told.items() if hits(answer.body)} == {}
    stored = {path: hits(path.read_bytes()) for path in live.data.rglob("*") if path.is_file()}
    assert {path: found for path, found in stored.items() if found} == {}
    assert list(live.data.rglob(f"*{NAME_CANARY}*")) == []
    assert hits(live.log.read_bytes()) == []
    # The canaries were really there: every sink shows the places where they are masked.
    masked = {path.rstrip("/").rpartition("/")[2] for path, answer in told.items() if b"[MASKED]" in answer.body}
    assert {"log", "step_results", "console", "network", "har", "evidence", "source", "console-1.txt"} <= masked
    assert "[MASKED].csv" in executed["files"]


def test_the_evidence_of_a_run_is_complete(live, executed):
    """runner I.1: console and network by step, the HAR of the attempt, sources of failures."""
    client, key = live.client(), executed["feature_result_id"]
    told = client.get(f"/feature_results/{key}/evidence/").json
    assert told["available"] == {"console": True, "network": True}
    assert told["browser"]["version"].split(".")[0] == told["browser"]["driver"].split(".")[0]
    har = json.loads(client.get(f"/feature_results/{key}/network/har/").body)["log"]
    assert (har["version"], har["creator"]["name"], har["browser"]["name"]) == ("1.2", "Cometa Core", "chrome")
    posted = next(entry for entry in har["entries"] if entry["request"]["method"] == "POST")
    assert "step 2" in posted["comment"]
    assert "[MASKED]" in posted["request"]["postData"]["text"]
    assert "[MASKED]" in posted["response"]["content"]["text"]
    credentials = [
        header["value"]
        for entry in har["entries"]
        for header in entry["request"]["headers"]
        if header["name"].lower() == "authorization"
    ]
    assert all("[MASKED]" in value for value in credentials)
    console = client.get(f"/feature_results/{key}/console/?level=error").json
    assert any(entry["text"].startswith("Uncaught Error: [MASKED]") for entry in console)
    steps = client.get(f"/api/feature_results/{key}/step_results/").json
    kept = [client.get(f"/api/step_results/{step['step_result_id']}/evidence/").json for step in steps]
    # Only what was told when a step ended is counted with it.
    assert sum(step["console"]["errors"] for step in kept) > 0
    assert 3 <= sum(step["network"]["exchanges"] for step in kept) <= len(har["entries"])
