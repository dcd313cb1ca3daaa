"""Planned starts that start nothing are told like failures.  Contract: runner J.5, L."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from cometa_features.api import Feature
from cometa_notifications.models import Notification
from cometa_schedules.models import Schedule
from cometa_schedules.services.firing import fire_due
from cometa_schedules.services.saving import change_schedule, replace_schedule

MAILED = {"send_mail": True, "send_mail_on_error": True, "email_address": ["qa@example.org"]}


@pytest.fixture
def plan(bench):
    """Give a function that stores a feature with a schedule and returns its key."""

    def plan(*sentences, cron="0 9 * * *", **fields):
        feature_id = bench.feature(*sentences, **{**MAILED, **fields})
        with bench.runtime.unit_of_work(bench.member) as scope:
            replace_schedule(scope, scope.session.get_one(Feature, feature_id), {"schedule": cron})
        return feature_id

    return plan


@pytest.fixture
def look_at(bench):
    """Give a function that lets the time be this and starts what is due."""

    def look_at(text):
        bench.clock.moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
        fire_due(bench.runtime)

    return look_at


def test_a_downtime_is_mailed_once_however_many_starts_it_cost(plan, look_at, outbox, work_off, mail_server):
    """Runner J.5: a missed fire sends the failure notification of the feature."""
    plan(cron="*/10 * * * *", feature_name="Nightly")
    look_at("2026-01-31T10:05:00")
    (row,) = outbox()
    assert (row.run_id, row.result_id) == (None, None)
    assert work_off() == 1
    [(_, mail)] = mail_server.mails()
    assert mail["Subject"] == "Nightly: Missed"
    assert (
        "Reason: 11 starts planned from 2026-01-31 08:20 UTC to 2026-01-31 10:00 UTC did not take place: "
        "the server was not running or was late." in mail.get_body(("plain",)).get_content()
    )


def test_a_start_without_an_owner_is_mailed_as_skipped(bench, plan, look_at, outbox):
    plan()
    with bench.runtime.unit_of_work() as scope:
        scope.session.execute(update(Schedule).values(owner_id=None))
    look_at("2026-01-31T09:00:01")
    facts = outbox()[0].content["facts"]
    assert (facts["state"], facts["reason"], facts["type"]) == ("Skipped", "owner", "schedule.missed")
    assert facts["text"] == (
        "The start planned for 2026-01-31 09:00 UTC did not take place: "
        "the owner of the schedule is gone or may not start it."
    )


def test_a_plan_error_of_a_schedule_is_told_as_the_error_of_its_result(plan, look_at, outbox):
    """X-005, X-150."""
    plan('Loop "3" times starting at "1" and do', 'Remember "1" as "a"')
    look_at("2026-01-31T09:00:01")
    (row,) = outbox()
    facts = row.content["facts"]
    assert (facts["state"], facts["reason"]) == ("Error", "plan_error")
    assert row.result_id is not None


def test_what_starts_is_not_told_and_neither_is_a_pause(bench, plan, look_at, outbox):
    feature_id = plan()
    look_at("2026-01-31T09:00:01")
    for active, moment in ((False, "2026-01-31T09:00:02"), (True, "2026-02-03T08:00:00")):
        look_at(moment)
        with bench.runtime.unit_of_work(bench.member) as scope:
            change_schedule(scope, scope.session.get_one(Feature, feature_id), {"active": active})
    assert outbox() == []


def test_missed_starts_count_towards_the_most_failure_mails_in_a_row(plan, look_at, outbox):
    """X-149."""
    plan(check_maximum_notification_on_error=True, maximum_notification_on_error=1)
    look_at("2026-02-01T08:00:00")
    look_at("2026-02-02T08:00:00")
    assert len(outbox()) == 1


def test_a_plugin_that_fails_keeps_no_schedule_from_going_on(bench, plan, look_at, outbox, monkeypatch, caplog):
    def broken(scope, *_arguments):
        scope.session.add(Notification(origin="half"))
        raise ValueError("no")

    monkeypatch.setattr("cometa_notifications.plugin.note_missed", broken)
    plan()
    look_at("2026-02-01T08:00:00")
    assert "Plugin notifications failed in cometa_start_missed" in caplog.text
    assert outbox() == []
    with bench.runtime.reading() as session:
        assert session.query(Schedule.next_fire_at).scalar() == datetime(2026, 2, 1, 9, tzinfo=UTC)
