"""Mail of steps through a real runner process, the outbox and a real mail server."""

import threading

import pytest
from run_bench import Bench
from sqlalchemy import update
from without_browser import WithoutBrowser

from cometa_core.clock import SystemClock
from cometa_executions.api import StepResult
from cometa_notifications.services.aftercare import tell_steps
from cometa_worker.attempt import Attempt
from cometa_worker.launch import ColdLauncher

TO = 'Send an email notification with subject "{}" and message "{}" with recipients "{}"'
PLAIN = 'Send an email notification with subject "half way" and message "$feature_name: $ok ok, $state, $other"'


@pytest.fixture(scope="module")
def shared_bench(tmp_path_factory, template, keys, programs):
    """An installation whose clock goes."""
    folder = tmp_path_factory.mktemp("mailing")
    bench = Bench(folder / "data", template, clock=SystemClock(), **{**keys, **programs})
    bench.clock.reset = lambda: None
    yield bench
    bench.close()


@pytest.fixture
def execute(bench):
    """Give a function that executes sentences in a real runner and returns the result and its step rows."""
    launcher = WithoutBrowser(ColdLauncher())

    def execute(*sentences, runtime=None, **fields):
        bench.accept(bench.feature(*sentences, **fields))
        claim = bench.claim()
        Attempt(runtime or bench.runtime, launcher, claim, threading.Event()).execute()
        return bench.result(claim.lease.result_id), bench.steps(claim.lease.result_id)

    yield execute
    launcher.close()


def test_a_step_mails_through_the_outbox_and_says_what_became_of_it(bench, execute, work_off, mail_server):
    """Steps.json, library mail; runner B.3, L."""
    recipients = '{"to": "qa@example.org, nobody", "bcc": ["refused@example.org"]}'
    result, steps = execute(
        TO.format("nightly", "done\\r\\nBcc: evil@example.org", recipients), PLAIN,
        feature_name="Buy a book", email_address=["owner@example.org"],
    )  # fmt: skip
    assert (result.state, [step.status for step in steps]) == ("Success", ["Success", "Success"])
    assert [step.notes["content"] for step in steps] == [
        "Waits to be sent to qa@example.org, refused@example.org.",
        "Waits to be sent to owner@example.org.",
    ]
    assert steps[0].detail["warnings"] == ["These are no mail addresses and were left out: nobody."]
    assert work_off() == 2
    (envelope, first), (_, second) = mail_server.mails()
    assert envelope == ["qa@example.org"]
    assert (first["Subject"], first["To"], first["Bcc"]) == ("nightly", "qa@example.org", None)
    assert (second["To"], second["Subject"]) == ("owner@example.org", "half way")
    assert "Buy a book: 1 ok, Running, $other" in second.get_body(("plain",)).get_content()
    notes = [step.notes["content"] for step in bench.steps(result.id)]
    assert notes[0].startswith(
        "Taken by the mail server for qa@example.org, refused@example.org. Refused were refused@"
    )
    assert notes[1] == "Taken by the mail server for owner@example.org."


def test_a_step_without_any_recipient_fails_and_mails_nothing(execute, outbox):
    """Steps.json: without any address on the feature the step fails."""
    result, steps = execute(PLAIN)
    assert (result.state, steps[0].error_code) == ("Failed", "bad-value")
    assert steps[0].error.splitlines()[0] == "Expected at least one mail address on the feature, found none."
    assert outbox() == []


def test_the_twenty_first_mail_of_an_attempt_fails(execute, outbox):
    """Runner L: at most 20 mails per attempt."""
    result, steps = execute(*[TO.format("a", "b", '{"to": "qa@example.org"}')] * 21)
    assert [step.status for step in steps] == [*["Success"] * 20, "Failed"]
    assert (steps[-1].error_code, result.state) == ("limit", "Failed")
    assert steps[-1].error.splitlines()[0] == "Expected at most 20 mails from one run, found one more."
    assert len(outbox()) == 20


def test_without_a_mail_server_the_step_says_which_setting_is_missing(bench, execute, outbox):
    runtime = bench.another_runtime(bench.clock, **{"cometa.mail.url": ""})
    try:
        _, steps = execute(TO.format("a", "b", '{"to": "qa@example.org"}'), runtime=runtime)
    finally:
        runtime.close()
    assert steps[0].error.splitlines()[0] == "No mail server is set: cometa.mail.url."
    assert outbox() == []


def test_a_mail_that_dies_is_told_to_its_step_once_that_has_ended(bench, execute, work_off):
    """What became of a mail is never written over by a step that is still being executed."""
    result, _ = execute(TO.format("a", "b", '{"to": "refused@example.org"}'))
    _set_status(bench, result, "")
    work_off()
    assert "Waits" in bench.steps(result.id)[0].notes["content"]
    _set_status(bench, result, "Success")
    tell_steps(bench.runtime)
    told = bench.steps(result.id)[0].notes["content"]
    assert told.startswith("Not sent to refused@example.org: Refused were refused@example.org: 550 no such user")


def test_a_step_that_waits_for_mail_needs_a_mailbox_of_the_department(execute):
    """Steps.json: the IMAP mailbox set for the department."""
    _, steps = execute('Wait at most "1" seconds for a mail with subject "code" and remember it as "mail"')
    assert steps[0].error.splitlines()[0] == "Expected a mailbox set for the department, found none."


def _set_status(bench, result, status):
    with bench.runtime.unit_of_work() as scope:
        scope.session.execute(update(StepResult).where(StepResult.result_id == result.id).values(status=status))
