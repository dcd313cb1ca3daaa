"""Reports over the API and from the command line."""

import json

import pytest
from click.testing import CliRunner
from junitparser import JUnitXml

from cometa_core.cli.context import CommandContext
from cometa_core.errors import NotFound
from cometa_reports import reading
from cometa_reports.commands import report
from cometa_reports.formats import FORMATS


@pytest.fixture
def api(bench, caller):
    return caller("ada", departments=("Default",))


@pytest.mark.parametrize("name", FORMATS)
def test_a_run_is_given_in_every_format(bench, api, name):
    accepted = bench.finished("Success", "Failed", "Skipped")
    answer = api.get(f"/feature_runs/{accepted.run_id}/report/?format={name}")
    assert answer.content_type == FORMATS[name].media_type
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="run-{accepted.run_id}-result-{accepted.result_ids[0]}{FORMATS[name].ending}"'
    )
    assert b"Feature" in answer.body or name == "allure"


def test_a_result_is_given_alone(bench, api):
    accepted = bench.finished("Success", "Failed", "Skipped")
    answer = api.get(f"/feature_results/{accepted.result_ids[0]}/report/?format=junit")
    (suite,) = JUnitXml.fromstring(answer.body)
    assert (suite.tests, suite.failures) == (1, 1)


def test_the_page_is_the_usual_format(bench, api):
    accepted = bench.finished()
    assert api.get(f"/feature_runs/{accepted.run_id}/report/").content_type == "text/html"


def test_an_unknown_format_is_refused_and_the_known_ones_are_listed(bench, api):
    accepted = bench.finished()
    answer = api.get(f"/feature_runs/{accepted.run_id}/report/?format=pdf", status=400)
    assert "junit" in answer.text


def test_a_run_of_another_department_does_not_exist(bench, caller):
    accepted = bench.finished()
    stranger = caller("eve", role="MANAGER", departments=("Elsewhere",))
    stranger.get(f"/feature_runs/{accepted.run_id}/report/", status=404)
    stranger.get(f"/feature_results/{accepted.result_ids[0]}/report/", status=404)


def test_rows_beyond_the_limit_are_counted(bench, api, monkeypatch):
    monkeypatch.setattr(reading, "MOST_STEPS", 2)
    accepted = bench.finished("Success", "Success", "Success")
    page = api.get(f"/feature_runs/{accepted.run_id}/report/").text
    assert "1 further steps are left out." in page


@pytest.fixture
def context(bench, tmp_path):
    """A command line of the installation that answers in JSON."""
    ini = tmp_path / "test.ini"
    lines = [f"{key} = {value}".replace("\n", "\n  ") for key, value in bench.settings.items()]
    ini.write_text("\n".join(["[app:main]", "use = egg:cometa-core", *lines]))
    return CommandContext(ini=ini, json=True)


def test_the_command_writes_a_file(bench, context, tmp_path):
    accepted = bench.finished("Success", "Failed", "Skipped")
    target = tmp_path / "junit.xml"
    command = ["--format", "junit", "--output", str(target), str(accepted.run_id)]
    done = CliRunner().invoke(report, command, obj=context, catch_exceptions=False)
    assert json.loads(done.stdout) == {
        "run_id": accepted.run_id, "format": "junit", "file": str(target), "bytes": target.stat().st_size
    }  # fmt: skip
    (suite,) = JUnitXml.fromstring(target.read_bytes())
    assert suite.failures == 1


def test_the_command_writes_to_standard_output(bench, context):
    accepted = bench.finished()
    command = ["--format", "cucumber", "--output", "-", str(accepted.run_id)]
    done = CliRunner().invoke(report, command, obj=context, catch_exceptions=False)
    assert json.loads(done.stdout)[0]["keyword"] == "Feature"


def test_the_command_says_when_there_is_no_such_run(bench, context):
    with pytest.raises(NotFound, match="There is no run 999999"):
        CliRunner().invoke(report, ["999999"], obj=context, catch_exceptions=False)
