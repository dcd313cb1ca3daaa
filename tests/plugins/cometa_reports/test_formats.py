"""What each format tells of a run that failed in one browser and could not be executed in the other."""

import base64
import io
import json
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as ET

import cucumber_messages
import pytest
from cucumber_messages.json_converter import JsonDataclassConverter
from junitparser import Error, Failure, JUnitXml
from PIL import Image

from cometa_reports import allure, cucumber, html, junit, messages
from cometa_reports.document import Picture
from cometa_reports.formats import FORMATS


def test_junit_has_a_test_case_for_each_browser_and_tells_failures_from_errors(report):
    (suite,) = JUnitXml.fromstring(junit.write(report))
    failed, broken = suite
    assert (suite.tests, suite.failures, suite.errors) == (2, 1, 1)
    assert (failed.name, failed.classname) == ("Buy a <book> [chrome 134.0, Linux]", "Default.Buy a <book>")
    assert isinstance(failed.result[0], Failure)
    assert failed.result[0].message == 'Expected the text "<b>Thank you</b>", found none.'
    assert "2. I can see" in failed.result[0].text
    assert failed.time == 1.75
    assert 'Given StartBrowser and call URL "$shop"' in failed.system_out
    assert isinstance(broken.result[0], Error)
    assert broken.result[0].message == "There is no such browser."


def test_junit_stays_xml_whatever_a_page_said(report):
    """An escape character in a message is no XML; the file is read all the same."""
    assert b"\x1b" not in junit.write(report)
    ET.fromstring(junit.write(report))


@pytest.mark.parametrize(("status", "kind"), [("Success", None), ("Canceled", "skipped"), ("Timeout", "error")])
def test_junit_knows_every_verdict(report, status, kind):
    result = replace(report.results[1], status=status)
    case = ET.fromstring(junit.write(replace(report, results=(result,)))).find(".//testcase")
    assert [child.tag for child in case if child.tag != "system-out"] == ([kind] if kind else [])


def test_cucumber_json_has_steps_with_nanoseconds_messages_and_pictures(report):
    (feature,) = json.loads(cucumber.write(report))
    assert (feature["keyword"], feature["name"]) == ("Feature", "Buy a <book>")
    scenario, empty = feature["elements"]
    assert [step["result"]["status"] for step in scenario["steps"]] == ["passed", "failed", "skipped"]
    given, then, remark = scenario["steps"]
    assert (given["keyword"], given["result"]["duration"]) == ("Given ", 1_500_000_000)
    assert remark["keyword"] == "* "
    assert then["result"]["error_message"].startswith("Expected the text")
    (embedding,) = then["embeddings"]
    assert embedding["mime_type"] == "image/png"
    assert Image.open(io.BytesIO(base64.b64decode(embedding["data"]))).size == (40, 30)
    assert (empty["steps"], empty["description"]) == ([], "There is no such browser.")


def test_cucumber_messages_can_be_read_by_cucumbers_own_library(report):
    converter = JsonDataclassConverter(module_scope=cucumber_messages)
    lines = messages.write(report).decode().splitlines()
    envelopes = [converter.from_dict(json.loads(line), cucumber_messages.Envelope) for line in lines]
    kinds = [next(iter(json.loads(line))) for line in lines]
    assert (kinds[0], kinds[-1]) == ("meta", "testRunFinished")
    assert kinds.count("testCaseStarted") == kinds.count("testCaseFinished") == 2
    assert kinds.count("testStepStarted") == kinds.count("testStepFinished") == 3
    assert kinds.count("attachment") == 1
    assert not envelopes[-1].test_run_finished.success
    started = [envelope.test_step_started.test_step_id for envelope in envelopes if envelope.test_step_started]
    known = {step.id for envelope in envelopes if envelope.test_case for step in envelope.test_case.test_steps}
    assert set(started) <= known
    statuses = [e.test_step_finished.test_step_result.status.value for e in envelopes if e.test_step_finished]
    assert statuses == ["PASSED", "FAILED", "SKIPPED"]


def test_allure_results_name_their_attachments_and_keep_the_identity_of_a_test(report):
    with zipfile.ZipFile(io.BytesIO(allure.write(report))) as folder:
        names = set(folder.namelist())
        first = json.loads(folder.read("cometa-12-31-result.json"))
        second = json.loads(folder.read("cometa-12-32-result.json"))
        (source,) = [step["attachments"][0]["source"] for step in first["steps"] if "attachments" in step]
        assert Image.open(io.BytesIO(folder.read(source))).size == (40, 30)
    assert names == {"cometa-12-31-result.json", "cometa-12-32-result.json", source}
    assert (first["status"], second["status"]) == ("failed", "broken")
    assert first["stop"] - first["start"] == 1750
    assert first["historyId"] != second["historyId"]
    again = replace(report, run_id=13)
    with zipfile.ZipFile(io.BytesIO(allure.write(again))) as folder:
        assert json.loads(folder.read("cometa-13-31-result.json"))["historyId"] == first["historyId"]


def test_the_page_contains_its_pictures_and_shows_texts_of_pages_as_text(report):
    page = html.write(report).decode()
    assert "data:image/jpeg;base64," in page
    assert "<b>Thank you</b>" not in page
    assert "&lt;b&gt;Thank you&lt;/b&gt;" in page
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
    assert "1 passed, 1 failed, 1 skipped" in page


def test_a_picture_that_cannot_be_read_is_said_to_be_so(report):
    def gone():
        raise FileNotFoundError("gone")

    steps = [replace(report.results[0].steps[1], picture=Picture("a.png", "image/png", gone))]
    page = html.write(replace(report, results=(replace(report.results[0], steps=steps),))).decode()
    assert "This picture cannot be read." in page


def test_what_is_left_out_is_said(report):
    result = replace(report.results[0], steps_left_out=17)
    shortened = replace(report, results=(result,), pictures_left_out=5)
    assert "17 further steps are left out." in html.write(shortened).decode()
    assert "5 further pictures are left out" in html.write(shortened).decode()
    assert b"17 further steps are left out." in junit.write(shortened)


def test_every_format_writes_a_run_without_steps(report):
    empty = replace(report, results=(report.results[1],))
    assert all(each.write(empty) for each in FORMATS.values())
