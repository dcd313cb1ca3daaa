"""Sentences that send mail: what they ask the worker for, and what they say of its answer."""

import pytest

from cometa_runner.steps import StepFailure

TO = 'Send an email notification with subject "{}" and message "{}" with recipients "{}"'
PLAIN = 'Send an email notification with subject "half way" and message "$feature_name is running"'


def test_recipients_are_lists_or_comma_lists_and_the_step_says_that_the_mail_waits(say, run, worker):
    """Steps.json, library mail: values arrive as they are written."""
    worker.answer = {"recipients": ["qa@example.org", "ops@example.org"], "dropped": ["nobody"]}
    say(TO.format("nightly", "done", '{"to": "qa@example.org, nobody", "cc": ["ops@example.org"]}'))
    recipients = {"to": ["qa@example.org", "nobody"], "cc": ["ops@example.org"], "bcc": []}
    assert worker.asked == [("send_mail", {"subject": "nightly", "message": "done", "recipients": recipients})]
    assert run.notes == [("Mail", "Waits to be sent to qa@example.org, ops@example.org.")]
    assert run.warnings == ["These are no mail addresses and were left out: nobody."]


def test_without_recipients_the_worker_is_told_so_and_result_variables_stay(say, run, worker):
    """Steps.json: to the recipients set on the feature."""
    worker.answer = {"recipients": ["qa@example.org"], "dropped": []}
    say(PLAIN)
    asked = {"subject": "half way", "message": "$feature_name is running", "recipients": None}
    assert worker.asked == [("send_mail", asked)]
    assert run.notes == [("Mail", "Waits to be sent to qa@example.org.")]


@pytest.mark.parametrize(
    "recipients", ["qa@example.org", '["qa@example.org"]', '{"to": 1}', '{"to": [1]}', '{"an": "a"}']
)
def test_recipients_of_another_form_fail_before_anything_is_asked(fails, worker, recipients):
    failure = fails(TO.format("a", "b", recipients))
    assert failure.code == "bad-value"
    assert str(failure).startswith('Expected recipients as a JSON object with "to", "cc" and "bcc"')
    assert recipients in failure.found
    assert worker.asked == []


def test_recipients_without_an_address_fail(fails, worker):
    failure = fails(TO.format("a", "b", '{"to": " , ", "cc": []}'))
    assert (failure.code, failure.found) == ("bad-value", "none")
    assert failure.expected == "at least one mail address in the recipients"
    assert worker.asked == []


@pytest.mark.parametrize(("subject", "message", "what"), [("a" * 251, "b", "subject"), ("a", "b" * 65_537, "message")])
def test_what_is_too_long_fails_with_both_lengths(fails, subject, message, what):
    failure = fails(f'Send an email notification with subject "{subject}" and message "{message}"')
    assert failure.code == "bad-value"
    assert failure.expected == f"a {what} of at most {250 if what == 'subject' else 65_536:,} characters"
    assert failure.found == f"{len(subject if what == 'subject' else message):,}"


def test_what_the_worker_refuses_fails_with_its_words(fails, worker):
    worker.answer = StepFailure("bad-value", "Expected at least one mail address on the feature, found none.")
    failure = fails(PLAIN)
    assert (failure.code, str(failure).splitlines()[0]) == ("bad-value", worker.answer.message)
