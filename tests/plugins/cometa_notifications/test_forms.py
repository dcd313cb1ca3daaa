"""What the applications behind webhooks get to read.  Contract: runner L, K.1."""

import json

import pytest

from cometa_notifications.hooks.forms import LONGEST_TEXT, body_for

FACTS = {
    "type": "result.finished", "seq": 17, "run_id": 12, "feature_id": 7, "feature_result_id": 31, "department_id": 1,
    "at": "2026-01-31T08:10:02.125000Z", "feature_name": "Buy *a*\n<@here> & [book](x)", "state": "Failed",
    "reason": "", "text": "The @all step failed", "browser": "chrome 134.0", "url": "https://cometa.example/31/",
    "ok": 5, "fails": 1, "skipped": 2, "total": 8, "event": {"execution_time_ms": 1500},
}  # fmt: skip


def told(application, **facts):
    return json.loads(body_for(application, {**FACTS, **facts}))


@pytest.mark.parametrize(
    ("application", "key", "first", "last"),
    [
        ("Slack", "text", "\u274c *Buy *a* &lt;@here&gt; &amp; [book](x)*: Failed", "The @all step failed"),
        ("Discord", "content", "\u274c **Buy \\*a\\* <@here\\> & \\[book\\]\\(x\\)**: Failed", "The @all step failed"),
        (
            "Mattermost", "text", "\u274c **Buy \\*a\\* <@\u200bhere\\> & \\[book\\]\\(x\\)**: Failed",
            "The @\u200ball step failed",
        ),
    ],
)  # fmt: skip
def test_a_message_tells_state_counts_browser_reason_and_address_and_calls_nobody(application, key, first, last):
    lines = told(application)[key].split("\n")
    counts = "5 ok, 1 failed, 2 skipped, 8 in all"
    assert lines == [first, counts, "chrome 134.0", last, "https://cometa.example/31/"]


def test_discord_is_told_to_call_nobody():
    assert told("Discord")["allowed_mentions"] == {"parse": []}


@pytest.mark.parametrize(("application", "key"), [("Slack", "text"), ("Discord", "content"), ("Mattermost", "text")])
def test_a_message_is_never_longer_than_applications_take(application, key):
    assert len(told(application, feature_name="*" * 5000)[key]) <= LONGEST_TEXT


def test_the_generic_form_is_the_envelope_of_events_with_the_result_as_data():
    body = told("generic")
    envelope = ("type", "seq", "run_id", "feature_id", "feature_result_id", "department_id", "at")
    assert {name: body.pop(name) for name in envelope} == {name: FACTS[name] for name in envelope}
    names = ("feature_name", "state", "reason", "text", "browser", "url", "ok", "fails", "skipped", "total")
    assert body == {"data": {"execution_time_ms": 1500, **{name: FACTS[name] for name in names}}}


def test_a_start_that_did_not_take_place_has_neither_counts_nor_browser():
    """Runner J.5."""
    facts = {key: FACTS[key] for key in ("feature_id", "department_id", "feature_name", "at")}
    facts |= {"type": "schedule.missed", "state": "Missed", "text": "It was off.", "reason": "downtime", "event": {}}
    assert json.loads(body_for("Slack", {**facts, "feature_name": "Nightly"})) == {
        "text": "\u26a0\ufe0f *Nightly*: Missed\nIt was off."
    }
    body = json.loads(body_for("generic", facts))
    assert (body["type"], body["run_id"], body["data"]["reason"]) == ("schedule.missed", None, "downtime")


def test_every_try_sends_the_same_bytes():
    """X-151: the delivery id names one body."""
    assert body_for("generic", FACTS) == body_for("generic", dict(reversed(FACTS.items())))
