"""What steps ask for: sending a mail, and the mailbox of the department.  Contract: runner B.3, L; steps.json."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from cometa_core.contracts.requests import StepAnswer, StepRequest
from cometa_core.scope import Scope
from cometa_core.web.fields import moment_text
from cometa_executions.api import Result
from cometa_features.api import Feature
from cometa_notifications.facts import of_running
from cometa_notifications.mail.addresses import sorted_out
from cometa_notifications.models import Mailbox, Notification
from cometa_notifications.services.ending import mail_obstacle, recipients_of
from cometa_notifications.services.mailboxes import opened_password
from cometa_notifications.services.outbox import NewNotification, put

MOST_MAILS = 20
"""Mails of one attempt."""

LONGEST_SUBJECT = 250
LONGEST_BODY = 65_536
CLOCKS_DIFFER = timedelta(seconds=10)
"""How much the clock of a mail server may be late.

Mail that arrived before the run is not new; a longer time would let a run read the mail of the run before it.
"""

PARTS = ("to", "cc", "bcc")


def send_mail(scope: Scope, request: StepRequest) -> StepAnswer:
    """Put the mail of a step into the outbox.

    ``data`` of the request has ``subject``, ``message``, and ``recipients`` by part; without them they are those of
    the feature.
    """
    obstacle = mail_obstacle(scope)
    if obstacle:
        return StepAnswer.refused("internal", obstacle)
    feature = scope.session.get_one(Feature, request.run.feature_id)
    recipients, dropped = _recipients(feature, request.data)
    everybody = [address for part in PARTS for address in recipients[part]]
    if not everybody:
        place = "on the feature" if request.data.get("recipients") is None else "in the recipients"
        found = ", ".join(dropped) or "none"
        return StepAnswer.refused("bad-value", f"Expected at least one mail address {place}, found {found}.")
    origin = f"step:{request.run.feature_result_id}:{request.attempt}:{request.number}"
    if _sent_by(scope, request, origin) >= MOST_MAILS:
        return StepAnswer.refused("limit", f"Expected at most {MOST_MAILS} mails from one run, found one more.")
    new = NewNotification(origin, "mail", ", ".join(everybody), _content(scope, request, recipients), _values(request))
    put(scope, request.run, new)
    return StepAnswer({"recipients": everybody, "dropped": dropped})


def give_mailbox(scope: Scope, request: StepRequest) -> StepAnswer:
    """Tell a step where the mailbox of its department is, with its password, and since when mail is new."""
    row = scope.session.get(Mailbox, request.run.department_id)
    if row is None:
        return StepAnswer.refused("bad-value", "Expected a mailbox set for the department, found none.")
    password = opened_password(scope.runtime, row)
    data = {name: getattr(row, name) for name in ("host", "port", "security", "user_name", "folder")}
    result = scope.session.get_one(Result, request.run.feature_result_id)
    since = (result.started_at or result.queued_at) - CLOCKS_DIFFER
    return StepAnswer({**data, "password": password, "since": moment_text(since)}, secrets=(password,))


def _recipients(feature: Feature, data: Mapping[str, Any]) -> tuple[dict[str, list[str]], list[str]]:
    named = data.get("recipients")
    if not isinstance(named, Mapping):
        return recipients_of(feature)
    recipients, dropped = {}, []
    for part in PARTS:
        recipients[part], unusable = sorted_out(named.get(part) or ())
        dropped += unusable
    return recipients, dropped


def _sent_by(scope: Scope, request: StepRequest, origin: str) -> int:
    """Count the mails of the attempt, without the one that is asked for once more."""
    query = select(func.count()).where(
        Notification.result_id == request.run.feature_result_id,
        Notification.attempt == request.attempt,
        Notification.step_sequence > 0,
        Notification.origin != origin,
    )
    return scope.session.scalar(query) or 0


def _content(scope: Scope, request: StepRequest, recipients: dict[str, list[str]]) -> dict[str, Any]:
    return {
        **recipients,
        "subject": str(request.data.get("subject", ""))[:LONGEST_SUBJECT],
        "body": str(request.data.get("message", ""))[:LONGEST_BODY],
        "default_text": False,
        "report": False,
        "facts": of_running(scope, request.run, request.attempt),
    }


def _values(request: StepRequest) -> dict[str, Any]:
    return {"attempt": request.attempt, "step_sequence": request.sequence, "told": False}
