"""What is kept of a run is read with the rights of its result."""

import io
import json

import pytest

from cometa_executions.api import Artifact, ArtifactReport, Batch, StepReport, begin_running, store_batch

STARTED = {
    "session_id": "ab12", "pid": 4242, "family": "chrome", "version": "134.0.1", "driver": "134.0.2",
    "platform": "linux", "viewport": {"w": 1920, "h": 1080, "dpr": 1}, "open_ms": 410,
    "features": {"console": True, "network": True, "downloads": True},
}  # fmt: skip
ERROR = {
    "code": "not-visible", "message": "Expected #a to be visible, found 2 matches.", "expected": "#a to be visible",
    "found": "2 matches", "tried": ["css 2 matches", "id 0"], "waited_ms": 20000,
}  # fmt: skip
CONSOLE = [
    {"seq": 1, "level": "info", "text": "fine", "url": None, "line": None, "at": None},
    {"seq": 2, "level": "error", "text": "no stock", "url": "http://shop/", "line": 7, "at": 1795654595692},
    {"seq": 2, "level": "warning", "text": "slow", "url": None, "line": None, "at": None},
]


def exchange(path, status, step):
    content = {"size": 2, "mimeType": "text/html", "text": "ok"}
    return {
        "time": 12.4, "request": {"method": "GET", "url": f"http://shop{path}"},
        "response": {"status": status, "content": content, "_error": "" if status else "net::ERR_FAILED"},
        "comment": f"step {step}",
    }  # fmt: skip


HAR = b'{"log":{"version": "1.2", "entries": [\n%s\n]}}\n' % b",\n".join(
    json.dumps(exchange(path, status, step)).encode() for path, status, step in (("/", 200, 1), ("/api", 0, 2))
)


@pytest.fixture
def result(bench):
    """A failed result with everything that can be kept; its key and those of its steps."""
    accepted = bench.accept(bench.feature())
    claim = bench.claim()
    with bench.runtime.unit_of_work() as scope:
        begin_running(scope, claim.run, claim.lease, STARTED)
    department = bench.department_id("Default")

    def kept(role, name, content, sequence=None):
        sha256, size = bench.runtime.artifacts.put(department, io.BytesIO(content))
        row = {"role": role, "name": name, "mime": "text/plain", "size": size, "sha256": sha256}
        return ArtifactReport(sequence, row)

    detail = {
        "error": ERROR, "values": {"selector": "[MASKED]"}, "warnings": ["a warning"], "selector": {"strategy": "css"},
        "console": {"entries": 2, "errors": 1, "warnings": 1}, "network": {"exchanges": 1, "failed": 1},
    }  # fmt: skip
    steps = [
        StepReport(1, {"step_name": "One", "status": "Success", "leaf_index": 0}),
        StepReport(2, {"step_name": "Two", "status": "Failed", "leaf_index": 1, "error": ERROR["message"],
                       "detail": detail}),
    ]  # fmt: skip
    files = [
        kept("console", "console.ndjson", "\n".join(map(json.dumps, CONSOLE)).encode() + b"\n"),
        kept("network", "network.har", HAR),
        kept("source", "source_2.html", b"<p>page</p>", 2),
    ]
    later = claim.lease.after_write()
    with bench.runtime.unit_of_work() as scope:
        store_batch(scope, claim.run, later, claim.attempt, Batch(steps=steps, artifacts=files))
    return accepted.result_ids[0], [step.id for step in bench.steps(accepted.result_ids[0])]


def test_a_result_tells_its_browser_its_driver_and_what_they_report(api, result):
    """runner B.3 (started), I.1."""
    told = api.get(f"/feature_results/{result[0]}/evidence/").json
    assert told["browser"] == {
        "family": "chrome", "version": "134.0.1", "driver": "134.0.2", "platform": "linux", "open_ms": 410,
        "viewport": {"w": 1920, "h": 1080, "dpr": 1},
    }  # fmt: skip
    assert told["available"] == {"console": True, "network": True}
    assert [(kept["role"], kept["address"]) for kept in told["files"]] == [
        ("console", f"/feature_results/{result[0]}/console/"),
        ("network", f"/feature_results/{result[0]}/network/har/"),
    ]


def test_a_result_whose_browser_never_opened_says_that_nothing_is_available(bench, api):
    """X-129: an empty list would mean that nothing happened."""
    key = bench.accept(bench.feature()).result_ids[0]
    told = api.get(f"/feature_results/{key}/evidence/").json
    assert (told["browser"], told["available"], told["files"]) == (None, {"console": False, "network": False}, [])
    assert api.get(f"/feature_results/{key}/console/").json == []
    assert api.get(f"/feature_results/{key}/network/").json == []
    assert api.get(f"/feature_results/{key}/network/har/", status=404).json["code"] == "not_found"


def test_a_failed_step_tells_its_failure_in_parts(api, result):
    """runner D.5, D.10, X-081."""
    told = api.get(f"/api/step_results/{result[1][1]}/evidence/").json
    assert told["failure"] == ERROR
    assert told["values"] == {"selector": "[MASKED]"}
    assert told["warnings"] == ["a warning"]
    assert told["selector"] == {"strategy": "css"}
    assert told["console"] == {"entries": 2, "errors": 1, "warnings": 1, "left_out": 0}
    assert told["network"] == {"exchanges": 1, "failed": 1, "left_out": 0}
    (source,) = told["files"]
    assert (source["role"], source["size"]) == ("source", 11)
    answer = api.get(source["address"])
    assert (answer.body, answer.content_type) == (b"<p>page</p>", "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_step_that_passed_has_no_failure_and_no_source(api, result):
    told = api.get(f"/api/step_results/{result[1][0]}/evidence/").json
    assert (told["failure"], told["files"]) == (None, [])
    assert api.get(f"/api/step_results/{result[1][0]}/source/", status=404).json["code"] == "not_found"


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("", ["fine", "no stock", "slow"]),
        ("?step=2", ["no stock", "slow"]),
        ("?level=error", ["no stock"]),
        ("?step=1&level=error", []),
        ("?page=2&size=2", ["slow"]),
        ("?page=9", []),
    ],
)
def test_the_console_is_listed_by_pages_steps_and_levels(api, result, query, texts):
    answer = api.get(f"/feature_results/{result[0]}/console/{query}")
    assert [entry["text"] for entry in answer.json] == texts


def test_an_entry_of_the_console_has_step_place_and_moment(api, result):
    entry = api.get(f"/feature_results/{result[0]}/console/?level=error").json[0]
    assert entry == {
        "step": 2, "level": "error", "text": "no stock", "url": "http://shop/", "line": 7, "at": 1795654595692,
    }  # fmt: skip


def test_exchanges_are_listed_and_the_har_is_a_file(api, result):
    """runner I.1."""
    first, second = api.get(f"/feature_results/{result[0]}/network/").json
    assert (first["step"], first["url"], first["status"], first["time_ms"]) == (1, "http://shop/", 200, 12)
    assert (second["status"], second["error"]) == (0, "net::ERR_FAILED")
    assert first["entry"]["response"]["content"]["text"] == "ok"
    assert [each["step"] for each in api.get(f"/feature_results/{result[0]}/network/?step=2").json] == [2]
    har = api.get(f"/feature_results/{result[0]}/network/har/")
    assert json.loads(har.body)["log"]["version"] == "1.2"
    assert 'filename="network.har"' in har.headers["Content-Disposition"]


def test_of_another_department_nothing_is_shown(stranger, result):
    key, steps = result
    for path in (
        f"/feature_results/{key}/evidence/", f"/feature_results/{key}/console/", f"/feature_results/{key}/network/",
        f"/feature_results/{key}/network/har/", f"/api/step_results/{steps[1]}/evidence/",
        f"/api/step_results/{steps[1]}/source/",
    ):  # fmt: skip
        assert stranger.get(path, status=404).json["code"] == "not_found"


def test_evidence_of_an_earlier_attempt_is_not_shown(bench, api, result):
    """runner A.4: lists show the last attempt."""
    with bench.runtime.unit_of_work() as scope:
        scope.session.query(Artifact).update({"attempt": 7})
    assert api.get(f"/feature_results/{result[0]}/console/").json == []
