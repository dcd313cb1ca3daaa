"""What `cometa demo` prints and decides, apart from servers and browsers."""

import io
import json
import shlex
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from cometa_core.cli.context import CommandContext
from cometa_core.errors import ConfigurationError, Unavailable
from cometa_core.runtime import make_runtime
from cometa_demo.catalogue import sample_features, sample_variables
from cometa_demo.client import ApiClient, refusal
from cometa_demo.commands import demo
from cometa_demo.demonstration import answer, configured_url, server_environment
from cometa_demo.installation import Installation
from cometa_demo.next_commands import Surroundings, next_commands
from cometa_demo.outcomes import NOT_RUN, FeatureOutcome, StepOutcome, exit_status
from cometa_demo.report import show_outcome, summary
from cometa_demo.running import order, run_features, step_outcome
from cometa_demo.server import SampleShop
from cometa_demo.storing import StoredFeature

URL = "http://127.0.0.1:8001"
BUY, BROKEN = (
    next(sample for sample in sample_features() if sample.name == name) for name in ("Buy a book", "Broken basket")
)
MESSAGE = "Wanted: an element [1] that is visible\nFound: nothing\n" + "A long explanation. " * 20
STEPS = (
    StepOutcome(1, 'Goto URL "$shop/[bold]"', "Success", 812, "AMVARA_63.png"),
    StepOutcome(2, 'I click on "//button[2]"', "Failed", 2004, "AMVARA_64.png", MESSAGE),
    StepOutcome(3, 'BrowserTitle is "Shop"', "Skipped", 0, called="Log in"),
)


def printed(outcome: FeatureOutcome, width: int = 120) -> str:
    console = Console(
        file=io.StringIO(), width=width, highlight=False, soft_wrap=True, force_terminal=True, no_color=True
    )
    show_outcome(console, outcome, URL)
    return console.file.getvalue()


def failed_on_purpose() -> FeatureOutcome:
    return FeatureOutcome(BROKEN, "Failed", 31, 2816, steps=STEPS)


def test_exit_status_is_0_exactly_when_every_feature_ended_as_intended():
    passed, failed = FeatureOutcome(BUY, "Success"), failed_on_purpose()

    assert exit_status([passed, failed]) == 0
    assert exit_status([passed, FeatureOutcome(BROKEN, "Success")]) == 1
    assert exit_status([FeatureOutcome(BUY, "Failed"), failed]) == 1


@pytest.mark.parametrize("status", ["Error", "Timeout", "Canceled", "Queued", "Running", NOT_RUN])
def test_no_other_status_passes_for_an_intended_failure(status):
    assert exit_status([FeatureOutcome(BROKEN, status)]) == 1


def test_each_step_has_a_row_with_number_text_status_time_and_picture():
    """Contract: rest-api A6.12 for the path of the picture."""
    lines = printed(failed_on_purpose()).splitlines()
    row = next(line for line in lines if "$shop" in line)

    assert row.split() == ["1", "Goto", "URL", '"$shop/[bold]"', "Success", "0.81", "s", "/screenshot/AMVARA_63.png/"]
    assert any('Log in: BrowserTitle is "Shop"' in line and "Skipped" in line for line in lines)


def test_pictures_are_named_with_their_whole_address_too():
    assert f"Picture of step 2: {URL}/screenshot/AMVARA_64.png/" in printed(failed_on_purpose())


def test_a_table_in_a_file_has_room_for_its_sentences():
    console = Console(file=io.StringIO(), width=80)
    sentence = "I can see element with css selector " + "x" * 30
    show_outcome(console, FeatureOutcome(BUY, "Success", steps=(StepOutcome(1, sentence, "Success", 1, "A.png"),)), URL)

    assert sentence in console.file.getvalue()


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_message_of_a_failed_step_is_printed_in_full_below_the_table(width):
    below = printed(failed_on_purpose(), width).split("Picture of step 2")[1]

    assert 'Step 2 failed: I click on "//button[2]"' in " ".join(below.split())
    assert " ".join(MESSAGE.split()) in " ".join(below.split())


def test_the_summary_says_what_was_intended_when_something_else_came_out():
    assert summary(FeatureOutcome(BUY, "Success", 1, 4210)).plain == "✓ Success, as intended, in 4.21 s"
    assert summary(FeatureOutcome(BUY, "Failed", 1, 90)).plain == "✗ Failed, but Success was intended, in 0.09 s"


def test_a_feature_that_could_not_be_run_shows_why():
    text = printed(FeatureOutcome(BUY, NOT_RUN, reason="POST /exectest/ is refused: No step fits."))

    assert "POST /exectest/ is refused: No step fits." in text
    assert "✗ Not run, but Success was intended" in text


def test_the_json_document_holds_outcomes_and_next_commands(capsys):
    context = CommandContext(json=True)
    answer(Surroundings(context, URL, "cmt_id_secret"), [failed_on_purpose(), FeatureOutcome(BUY, "Failed")])
    document = json.loads(capsys.readouterr().out)

    assert document["success"] is False
    assert [feature["as_intended"] for feature in document["features"]] == [True, False]
    step = document["features"][0]["steps"][1]
    assert (step["number"], step["status"], step["milliseconds"]) == (2, "Failed", 2004)
    assert step["error"] == MESSAGE
    assert step["screenshot"] == f"{URL}/screenshot/AMVARA_64.png/"
    assert len(document["next"]) == 3


def test_three_next_commands_name_the_installation_and_the_key(tmp_path):
    context = CommandContext(ini=Path("my server.ini"), data=tmp_path)
    up, curl, run = (shlex.split(found.command) for found in next_commands(Surroundings(context, URL, "cmt_a_b", 9000)))

    assert up[-7:] == ["--config", "my server.ini", "--data", str(tmp_path), "up", "--port", "9000"]
    assert curl == ["curl", "-H", "Authorization: Bearer cmt_a_b", f"{URL}/api/features/"]
    assert run[-4] == "run"
    assert Path(run[-3]).is_file()


def test_next_commands_are_short_when_cometa_lies_in_the_present_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(tmp_path / ".venv/bin/cometa"), "demo"])

    assert next_commands(Surroundings(CommandContext(), URL, "k"))[0].command == ".venv/bin/cometa up"


def test_nobody_is_told_to_start_a_server_that_is_still_open():
    found = next_commands(Surroundings(CommandContext(), URL, "k", shop_url="http://127.0.0.1:4321"))

    assert not any(command.command.endswith(" up") for command in found)
    assert found[-1].command.endswith("--var shop=http://127.0.0.1:4321")
    assert "another terminal" not in found[-1].purpose


def test_a_run_waits_and_carries_the_variables_the_password_as_a_secret():
    """Contract: rest-api A6.1."""
    body = order(7, sample_variables("http://shop"))

    assert (body["feature_id"], body["wait"]) == (7, True)
    assert body["variables"][0] == {"variable_name": "shop", "variable_value": "http://shop", "encrypted": False}
    assert [found["variable_name"] for found in body["variables"] if found["encrypted"]] == ["customer_password"]


def test_a_step_of_a_sub_feature_is_told_apart():
    """Contract: rest-api A4.7."""
    row = {
        "step_execution_sequence": 3, "step_name": "x", "status": "Success", "execution_time_ms": 5, "error": None,
        "screenshot_current": "", "belongs_to": {"feature_id": 1, "feature_name": "Log in"},
    }  # fmt: skip

    assert step_outcome(row, 2) == StepOutcome(3, "x", "Success", 5, called="Log in")
    assert step_outcome(row, 1).called == ""


def test_a_refusal_keeps_code_sentence_and_every_field():
    """Contract: rest-api A1.5."""
    body = {"success": False, "error": "It cannot be run.", "code": "plan_error", "fields": {"steps[2]": ["a", "b"]}}
    error = refusal("POST", "/exectest/", body)

    assert error.code == "plan_error"
    assert str(error) == "POST /exectest/ is refused: It cannot be run.\nsteps[2]: a\nsteps[2]: b"


def test_a_server_that_is_gone_makes_every_feature_not_run_and_nothing_hang():
    with SampleShop() as closed:
        url = closed.url
    features = [StoredFeature(sample, place) for place, sample in enumerate(sample_features(), start=1)]
    ended = []
    with ApiClient(url, "key", 5) as client:
        outcomes = run_features(client, features, (), ended.append)
        with pytest.raises(Unavailable, match="does not answer GET /api/features/"):
            client.get("/api/features/")

    assert [outcome.sample for outcome in outcomes] == [feature.sample for feature in features]
    assert {outcome.status for outcome in outcomes} == {NOT_RUN}
    assert len(ended) == len(features)


def test_a_server_that_refuses_to_start_says_why(tmp_path):
    environment = {"COMETA_INI": str(tmp_path / "absent.ini")}
    with (
        pytest.raises(ConfigurationError, match=r"The server did not start: .*absent\.ini"),
        Installation(environment, tmp_path / "demo.log"),
    ):
        pass


def test_a_command_that_fails_shows_the_end_of_the_log(tmp_path):
    installation = Installation({}, tmp_path / "demo.log")
    with pytest.raises(ConfigurationError, match="`cometa no-such-thing` ended with status 2"):
        installation.command("no-such-thing")


def test_the_server_runs_the_same_installation_with_a_worker(tmp_path):
    runtime = make_runtime({}, overrides={"cometa.data": str(tmp_path), "cometa.port": "9100"}, environment={})
    try:
        environment = server_environment(runtime)
        assert environment["COMETA_DATA"] == str(tmp_path)
        assert environment["COMETA_WORKER_EMBEDDED"] == "true"
        assert environment["COMETA_WORKER_SLOTS"] == "2"
        assert configured_url(runtime) == "http://127.0.0.1:9100"
    finally:
        runtime.close()


def test_the_help_names_the_options():
    text = CliRunner().invoke(demo, ["--help"]).output

    assert "--port" in text
    assert "--keep" in text
