"""Mail when results end: who gets it, what stands in it, and what happens when it cannot be sent."""

import pytest

from cometa_executions.api import Ending, Reason, State
from cometa_notifications.services.aftercare import forget_old

MAILED = {"send_mail": True, "email_address": ["qa@example.org"]}


def end(bench, state=State.SUCCESS, feature_id=None, **fields):
    feature_id = feature_id or bench.feature(**{**MAILED, **fields})
    bench.accept(feature_id)
    claim = bench.begin(bench.claim())
    assert bench.end(claim, Ending(state))
    return feature_id


def test_a_result_is_mailed_to_all_addresses_and_blind_copies_are_in_no_header(bench, work_off, mail_server):
    """runner L."""
    end(bench, email_cc_address=["cc@example.org"], email_bcc_address=["bcc@example.org"])
    assert work_off() == 1
    [(recipients, mail)] = mail_server.mails()
    assert recipients == ["qa@example.org", "cc@example.org", "bcc@example.org"]
    assert (mail["To"], mail["Cc"], mail["Bcc"]) == ("qa@example.org", "cc@example.org", None)
    assert "bcc@example.org" not in mail.as_string()
    assert "Result: Success" in mail.get_body(("plain",)).get_content()
    assert "Open the result" in mail.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    ("state", "mailed"),
    [("Success", False), ("Canceled", False), ("Failed", True), ("Error", True), ("Timeout", True)],
)
def test_with_send_mail_on_error_only_failures_are_mailed(bench, outbox, state, mailed):
    """runner L, X-150."""
    end(bench, State(state), send_mail_on_error=True)
    assert len(outbox()) == mailed


def test_a_maximum_of_two_gives_two_mails_for_five_failures_and_a_new_series_after_a_success(bench, outbox):
    """X-149."""
    limited = {"check_maximum_notification_on_error": True, "maximum_notification_on_error": 2}
    feature = end(bench, State.FAILED, send_mail_on_error=True, **limited)
    for _ in range(4):
        end(bench, State.FAILED, feature)
    assert len(outbox()) == 2
    end(bench, State.SUCCESS, feature)
    end(bench, State.FAILED, feature)
    assert len(outbox()) == 3


def test_an_error_of_the_platform_notifies_with_its_reason(bench, outbox):
    """X-150."""
    claim = bench.running(**MAILED)
    assert bench.end(claim, Ending(State.ERROR, Reason.WORKER_LOST, "Lost."))
    assert [row.content["facts"]["reason"] for row in outbox()] == ["worker_lost"]


def test_own_subject_and_body_know_variables_and_no_line_end_becomes_a_header(bench, work_off, mail_server):
    """runner L: header injection is impossible by construction."""
    end(
        bench, email_subject="$feature_name\r\nBcc: evil@example.org", email_body="<b>$state</b> $screenshot[1]",
        do_not_use_default_template=True, feature_name="A<B",
    )  # fmt: skip
    work_off()
    [(recipients, mail)] = mail_server.mails()
    assert (recipients, mail["Bcc"]) == (["qa@example.org"], None)
    assert mail["Subject"] == "A<B Bcc: evil@example.org"
    assert "<b>Success</b> (screenshot 1 is not available)" in mail.get_body(("html",)).get_content()
    assert "Open the result" not in mail.as_string()


def test_what_is_refused_for_now_is_tried_again_and_what_is_refused_for_good_is_dead(bench, work_off, outbox):
    """X-152: growing pauses; the error is kept."""
    end(bench, email_address=["later@example.org"])
    end(bench, email_address=["refused@example.org"])
    work_off()
    waiting, dead = outbox()
    assert (waiting.state, waiting.attempts, dead.state) == ("waiting", 1, "dead")
    assert "550 no such user" in dead.last_error
    assert work_off() == 0
    for pause in (60, 300, 900, 3600, 10800, 21600, 43200, 86400):
        bench.clock.pass_by(pause)
        assert work_off() == 1
    assert outbox()[0].state == "dead"
    bench.clock.pass_by(31 * 86_400)
    forget_old(bench.runtime)
    assert outbox() == []
