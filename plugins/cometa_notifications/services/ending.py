"""Who is told that a result ended.  Contract: runner L, X-149, X-150."""

import logging
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cometa_core.contracts.run import ResultEnding, RunInfo
from cometa_core.scope import Scope
from cometa_features.api import Feature
from cometa_notifications.facts import FAILURES, of_ending
from cometa_notifications.mail.addresses import sorted_out
from cometa_notifications.models import Integration
from cometa_notifications.services.outbox import NewNotification, put
from cometa_notifications.settings import MAIL_URL

logger = logging.getLogger(__name__)

NO_SERVER = "No mail server is set: cometa.mail.url."
NO_RECIPIENT = "The feature has no usable address."

AFTER_EXECUTION, AFTER_FAILURE = "execution", "failed_execution"

ADDRESS_FIELDS = {"to": "email_address", "cc": "email_cc_address", "bcc": "email_bcc_address"}
"""Part of a mail -> field of the feature."""


def note_ending(scope: Scope, run: RunInfo, ending: ResultEnding) -> None:
    """Store the notifications of a result, in the transaction that ends it."""
    facts = of_ending(scope, run, ending)
    for new in notifications_of(scope, run, facts, f"result:{run.feature_result_id}"):
        put(scope, run, new)


def notifications_of(scope: Scope, run: RunInfo, facts: dict[str, Any], origin: str) -> Iterator[NewNotification]:
    """Yield a mail and a message for each webhook, as feature and department want them.

    Args:
        scope: unit of work; the count of failure mails is changed in it.
        run: run and result.
        facts: what is told.
        origin: what it is for.
    """
    feature = scope.session.get_one(Feature, run.feature_id)
    if wants_mail(scope.session, feature, str(facts["state"])):
        yield feature_mail(scope, feature, facts, f"{origin}:mail")
    for integration in integrations_for(scope.session, run, failed=facts["state"] in FAILURES):
        name = integration.description or integration.application
        values = {"integration_id": integration.id}
        yield NewNotification(f"{origin}:hook:{integration.id}", "webhook", name, {"facts": facts}, values)


def wants_mail(session: Session, feature: Feature, state: str) -> bool:
    """Decide whether a state is mailed, and count failure mails in a row.  Contract: X-149."""
    failed = state in FAILURES
    if state == "Success":
        _set_count(session, feature.id, Feature.number_notification_sent != 0, 0)
    if not feature.send_mail or (feature.send_mail_on_error and not failed):
        return False
    if not (failed and feature.check_maximum_notification_on_error):
        return True
    below = Feature.number_notification_sent < feature.maximum_notification_on_error
    return _set_count(session, feature.id, below, Feature.number_notification_sent + 1)


def _set_count(session: Session, feature_id: int, condition: Any, value: Any) -> bool:
    """Change the counter if it still is as the condition says; the save counter of the feature stays."""
    statement = update(Feature).where(Feature.id == feature_id, condition).values(number_notification_sent=value)
    return session.connection().execute(statement).rowcount == 1


def feature_mail(scope: Scope, feature: Feature, facts: dict[str, Any], origin: str) -> NewNotification:
    """Build the mail about a result to the addresses of its feature; texts are kept as they are now."""
    recipients, dropped = recipients_of(feature)
    if dropped:
        logger.warning("Feature %s: these are no mail addresses: %s", feature.id, ", ".join(dropped)[:500])
    content = {
        **recipients,
        "subject": feature.email_subject or "",
        "body": feature.email_body or "",
        "default_text": not (feature.do_not_use_default_template and (feature.email_body or "").strip()),
        "report": feature.attach_pdf_report_to_email,
        "facts": facts,
    }
    everybody = [address for part in recipients.values() for address in part]
    obstacle = mail_obstacle(scope) or ("" if everybody else NO_RECIPIENT)
    return NewNotification(origin, "mail", ", ".join(everybody), content, {}, obstacle)


def recipients_of(feature: Feature) -> tuple[dict[str, list[str]], list[str]]:
    """Return the usable addresses of a feature by part of a mail, and those that were dropped."""
    recipients, dropped = {}, []
    for part, field in ADDRESS_FIELDS.items():
        recipients[part], unusable = sorted_out(getattr(feature, field) or ())
        dropped += unusable
    return recipients, dropped


def mail_obstacle(scope: Scope) -> str:
    """Say why no mail can be sent at all; empty when it can."""
    return "" if scope.runtime.settings.text(MAIL_URL) else NO_SERVER


def integrations_for(session: Session, run: RunInfo, *, failed: bool) -> list[Integration]:
    """Return the webhooks of a department that are called after a result."""
    query = select(Integration).where(Integration.department_id == run.department_id, Integration.active.is_(True))
    if not failed:
        query = query.where(Integration.send_on == AFTER_EXECUTION)
    found = session.scalars(query.order_by(Integration.id)).all()
    return [row for row in found if not row.features or run.feature_id in row.features]
