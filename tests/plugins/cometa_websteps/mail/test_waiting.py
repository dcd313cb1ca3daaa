"""Waiting for mail in a real mailbox over IMAP."""

import threading
import time
from datetime import UTC, datetime

import pytest

from cometa_runner.egress import EgressPolicy, read_rules

WAIT = 'Wait at most "{}" seconds for a mail with subject "{}" and remember it as "mail"'


@pytest.fixture
def trusted(settle, certificate):
    """Let the run trust the certificate of the tests."""
    settle(ca_file=str(certificate))


def value(run, name="mail"):
    return run.variables.get(name).value


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_mail_of_the_run_is_kept_as_an_object(say, run, worker, mailbox, trusted, security):
    """Steps.json: a part of the subject is enough; the password is secret."""
    server = mailbox(security, host="localhost")
    server.put(
        "Grüße: your code", "Open https://shop.example/confirm?c=1.", '<a href="https://shop.example/x">here</a>'
    )
    say(WAIT.format(3, "your code"))
    found = value(run)
    assert (found["subject"], found["from"]) == ("Grüße: your code", "shop@example.org")
    assert found["links"] == ["https://shop.example/x", "https://shop.example/confirm?c=1"]
    assert found["text"].strip() == "Open https://shop.example/confirm?c=1."
    assert worker.asked == [("mailbox", {})]
    assert run.secrets == ["right"]


def test_a_mail_that_comes_later_is_waited_for_and_each_mail_answers_one_step(say, run, mailbox):
    server = mailbox()
    server.put("Code 1", "1")
    say(WAIT.format(3, "Code"))
    later = threading.Timer(0.3, server.put, ("Code 2", "2"))
    later.start()
    say(WAIT.format(4, "Code"))
    later.join()
    assert value(run)["text"].strip() == "2"


def test_without_such_a_mail_the_failure_names_what_was_wanted_and_what_came(fails, mailbox):
    """Steps 7.4: mail that came before the run is not new."""
    server = mailbox()
    server.put("Your code", age=60)
    begin = time.monotonic()
    failure = fails(WAIT.format(0.2, "Your code"))
    assert time.monotonic() - begin < 2
    assert str(failure).startswith('Expected a mail with the subject "Your code" within 0.2 s, found no new mail')
    server.put("Newsletter")
    failure = fails(WAIT.format(0.2, "Your code"))
    assert (failure.code, failure.found) == ("timeout", '1 other mails: "Newsletter"')


def test_an_empty_subject_and_a_name_that_is_none_fail_before_anything_is_asked(fails, worker):
    assert fails(WAIT.format(1, " ")).code == "bad-value"
    assert fails(WAIT.format("soon", "a")).code == "bad-value"
    assert worker.asked == []


@pytest.mark.parametrize(
    ("fields", "wanted", "found"),
    [
        ({"password": "wrong"}, "accept a sign-in of ada", "wrong password"),
        ({"password": "grün"}, "accept a sign-in of ada", "letters outside of ASCII"),
        ({"folder": "Nowhere"}, "accept the folder Nowhere", "no such folder"),
    ],
)
def test_what_the_server_refuses_is_said(fails, mailbox, fields, wanted, found):
    mailbox(**fields)
    failure = fails(WAIT.format(1, "a"))
    assert failure.code == "bad-value"
    assert wanted in failure.expected
    assert found in failure.found
    assert "wrong " not in failure.expected


def test_a_certificate_that_nobody_knows_is_refused(fails, mailbox):
    mailbox("tls", host="localhost")
    failure = fails(WAIT.format(1, "a"))
    assert failure.code == "internal"
    assert "its certificate cannot be trusted" in failure.found


def test_a_mailbox_where_the_policy_forbids_it_is_not_opened(fails, mailbox, settle):
    """Runner B.1, X-054."""
    server = mailbox()
    settle(egress=EgressPolicy(own=read_rules([f"127.0.0.1:{server.port}"])))
    failure = fails(WAIT.format(1, "a"))
    assert failure.code == "egress"
    assert failure.expected == "the mailbox of the department to be where the egress policy allows"
    assert failure.found.startswith(f"127.0.0.1 port {server.port}, which is denied by the platform")


def test_a_server_that_never_answers_is_left_at_the_deadline(run, fails, mailbox, monkeypatch):
    """D.2: the step ends in its time, whatever the server does."""
    monkeypatch.setattr("cometa_runner.steps.plain_context.EXTRA_SECONDS", 0.3)
    mailbox(user_name="hang", since=datetime.now(UTC).isoformat())
    run.timeout = 0.5
    begin = time.monotonic()
    failure = fails(WAIT.format(0.2, "a"))
    assert time.monotonic() - begin < 2
    assert failure.code == "timeout"
