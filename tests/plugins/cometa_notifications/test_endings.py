"""Whoever ends a result, its notification is stored with it, once.  Contract: runner L, X-005, X-150."""

import pytest

from cometa_executions.api import Ending, LeaseWatch, Reason, State, sweep
from cometa_executions.result_schemas import ResultIn
from cometa_executions.services.cancel import cancel_result
from cometa_executions.services.external_results import Source, store_result
from cometa_executions.services.reading import visible_result

MAILED = {"send_mail": True, "email_address": ["qa@example.org"]}
DAY_S = 86_400
LEASE_S = 30
SENT_BY_RUNNERS = {
    "result_date": "2026-01-31T08:10:00Z", "feature_name": "F", "app_id": 1, "app_name": "A", "environment_id": 1,
    "environment_name": "E", "department_id": 1, "department_name": "D", "browser_id": 0, "browser_name": "safari",
    "total": 6, "ok": 5, "fails": 1, "skipped": 0, "pixel_diff": 42, "execution_time": "5.567", "success": False,
    "screen_style": "s.png", "screen_actual": "a.png", "screen_diff": "d.png",
}  # fmt: skip


def lost(bench):
    """A worker is killed while it executes, and another one notices."""
    bench.report(bench.running(**MAILED), "Success", "")
    watch = LeaseWatch()
    for _ in range(2):
        sweep(bench.runtime, watch, lambda: None)
        bench.clock.pass_by(LEASE_S)
        sweep(bench.runtime, watch, lambda: None)


def expired(bench):
    """No worker takes it for a day."""
    bench.accept(bench.feature(**MAILED))
    bench.clock.pass_by(DAY_S + 1)
    sweep(bench.runtime, LeaseWatch(), lambda: None)


def canceled(bench):
    """Somebody cancels it while it waits."""
    accepted = bench.accept(bench.feature(**MAILED))
    with bench.runtime.unit_of_work(bench.member) as scope:
        cancel_result(scope, visible_result(scope, accepted.result_ids[0]))


def made_elsewhere(bench):
    """A runner of another kind sends it."""
    feature_id = bench.feature(**MAILED)
    with bench.runtime.unit_of_work(bench.member) as scope:
        store_result(scope, ResultIn.model_validate({**SENT_BY_RUNNERS, "feature_id": feature_id}), Source("", ""))


def without_plan(bench):
    """Nobody is there to read why it cannot begin."""
    bench.accept(
        bench.feature('Loop "3" times starting at "1" and do', 'Remember "1" as "a"', **MAILED), attended=False
    )


def timed_out(bench):
    claim = bench.running(**MAILED)
    bench.end(claim, Ending(State.TIMEOUT, Reason.FEATURE_LIMIT, "Too long."))


@pytest.mark.parametrize(
    ("end", "how"),
    [
        (lost, ("Error", "worker_lost")),
        (expired, ("Error", "queue_expired")),
        (canceled, ("Canceled", "cancelled")),
        (made_elsewhere, ("Failed", "")),
        (without_plan, ("Error", "plan_error")),
        (timed_out, ("Timeout", "feature_limit")),
    ],
)
def test_every_path_to_an_end_notifies_once(bench, outbox, work_off, mail_server, end, how):
    """X-150, X-005; the mail says how it ended and why."""
    state, reason = how
    end(bench)
    (row,) = outbox()
    facts = row.content["facts"]
    assert (facts["state"], facts["reason"]) == how
    assert work_off() == 1
    [(recipients, mail)] = mail_server.mails()
    assert recipients == ["qa@example.org"]
    assert mail["Subject"] == f"{facts['feature_name']}: {state}"
    text = mail.get_body(("plain",)).get_content()
    assert f"Result: {state}" in text
    assert not reason or f"Reason: {facts['text']}" in text


def test_what_takes_back_an_end_takes_back_its_notification(bench, outbox):
    """X-150: one transaction writes both."""
    result_id = bench.accept(bench.feature(**MAILED)).result_ids[0]

    def fail_after_the_end():
        with bench.runtime.unit_of_work(bench.member) as scope:
            cancel_result(scope, visible_result(scope, result_id))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_the_end()
    assert bench.result(result_id).state == "Queued"
    assert outbox() == []
