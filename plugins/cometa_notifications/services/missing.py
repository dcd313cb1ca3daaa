"""Who is told that planned starts did not take place: whoever is told of failures.  Contract: runner J.5."""

from typing import Any

from cometa_core.contracts.run import RunInfo
from cometa_core.contracts.schedules import MissedStart
from cometa_core.scope import Scope
from cometa_core.web.fields import moment_text
from cometa_notifications.services.ending import notifications_of
from cometa_notifications.services.outbox import put

STATES = {"missed": "Missed", "skipped": "Skipped"}
"""Outcome of a planned start -> what stands in the place of a state."""

REASONS = {
    "downtime": "the server was not running or was late",
    "dst_gap": "the clock was put forward over it",
    "overlap": "the run before it had not ended",
    "owner": "the owner of the schedule is gone or may not start it",
    "no_browser": "there is no usable browser",
    "refused": "the feature could not be started",
}
"""Reason of runner J.5 -> words for people."""


def note_missed(scope: Scope, missed: MissedStart) -> None:
    """Store the notifications about planned starts, in the transaction that records them."""
    run = RunInfo(0, None, missed.feature_id, missed.feature_name, missed.department_id)
    for new in notifications_of(scope, run, _facts(scope, missed), f"fire:{missed.fire_id}"):
        put(scope, run, new)


def _facts(scope: Scope, missed: MissedStart) -> dict[str, Any]:
    return {
        "type": "schedule.missed",
        "feature_id": missed.feature_id,
        "department_id": missed.department_id,
        "feature_name": missed.feature_name,
        "state": STATES[missed.outcome],
        "reason": missed.reason,
        "text": _sentence(missed),
        "at": moment_text(scope.now()),
        "event": {
            "fire_id": missed.fire_id,
            "planned_at": moment_text(missed.first),
            "planned_until": moment_text(missed.last),
            "count": missed.count,
        },
    }


def _sentence(missed: MissedStart) -> str:
    why = REASONS.get(missed.reason, missed.reason)
    first, last = (f"{moment:%Y-%m-%d %H:%M} UTC" for moment in (missed.first, missed.last))
    if missed.count == 1:
        return f"The start planned for {first} did not take place: {why}."
    return f"{missed.count} starts planned from {first} to {last} did not take place: {why}."
