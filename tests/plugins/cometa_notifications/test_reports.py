"""The report that a mail brings along.  Contract: runner L."""

import pytest

from cometa_executions.api import Ending, State
from cometa_notifications.services import attaching
from cometa_notifications.services.delivering import Courier

MAILED = {"send_mail": True, "email_address": ["qa@example.org"], "attach_pdf_report_to_email": True}


@pytest.fixture
def mail_about(bench, mail_server):
    """Give a function that ends a result with a step, mails it and returns the message."""

    def mail_about(runtime=None, **fields):
        claim = bench.report(bench.running(**{**MAILED, "feature_name": "Buy <a> book", **fields}), "Failed")
        assert bench.end(claim, Ending(State.FAILED))
        assert Courier(runtime or bench.runtime, "mail").work_off() == 1
        [(_, mail)] = mail_server.mails()
        return claim.lease.result_id, mail

    return mail_about


def attached(mail):
    return [(part.get_filename(), part.get_content_type(), part.get_content()) for part in mail.iter_attachments()]


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def test_the_report_comes_along_as_one_page(mail_about):
    result_id, mail = mail_about()
    ((name, kind, content),) = attached(mail)
    assert name.endswith(f"-result-{result_id}.html")
    assert kind == "text/html"
    assert "<h1>Buy &lt;a&gt; book</h1>" in content
    assert f'id="result-{result_id}"' in content
    assert attaching.LINKED not in text_of(mail)


def test_a_feature_that_does_not_want_it_gets_none(mail_about):
    _, mail = mail_about(attach_pdf_report_to_email=False)
    assert attached(mail) == []
    assert attaching.LINKED not in text_of(mail)


def test_a_large_report_is_linked_even_where_only_the_own_text_is_sent(mail_about, monkeypatch):
    monkeypatch.setattr(attaching, "LARGEST", 1000)
    result_id, mail = mail_about(email_body="<b>Look</b>", do_not_use_default_template=True)
    assert attached(mail) == []
    link = f"The report is at http://localhost:8001/feature_results/{result_id}/"
    assert text_of(mail).split() == ["Look", *link.split()]
    assert link in mail.get_body(("html",)).get_content()


def test_a_report_that_cannot_be_written_keeps_no_mail_from_being_sent(mail_about, monkeypatch, caplog):
    def broken(*_arguments):
        raise OSError("disk")

    monkeypatch.setattr("cometa_reports.api.result_report", broken)
    _, mail = mail_about()
    assert attaching.LINKED in text_of(mail)
    assert "cannot be written" in caplog.text
