"""Rows as the API shows them."""

from cometa_notifications.models import Integration, Mailbox, Notification
from cometa_notifications.schemas import IntegrationMade, IntegrationOut, MailboxOut, NotificationOut
from cometa_notifications.services.outbox import WAITING


def present_integration(row: Integration) -> IntegrationOut:
    """Present a webhook; its secret stays sealed."""
    return IntegrationOut.model_validate(_integration(row))


def present_made(row: Integration, secret: str) -> IntegrationMade:
    """Present a new webhook with its secret."""
    return IntegrationMade.model_validate({**_integration(row), "secret": secret})


def _integration(row: Integration) -> dict[str, object]:
    return {
        "id": row.id, "department": row.department_id, "description": row.description,
        "application": row.application, "hook": row.hook, "send_on": row.send_on, "features": row.features,
        "active": row.active, "created_on": row.created_at,
    }  # fmt: skip


def present_mailbox(row: Mailbox) -> MailboxOut:
    """Present a mailbox without its password."""
    return MailboxOut.model_validate(row)


def present_notification(row: Notification) -> NotificationOut:
    """Present a notification without its content, which may be long."""
    return NotificationOut.model_validate(
        {
            "id": row.id, "delivery": row.delivery, "channel": row.channel, "target": row.target, "state": row.state,
            "attempts": row.attempts, "next_try_on": row.next_at if row.state == WAITING else None,
            "last_error": row.last_error, "department_id": row.department_id, "feature_id": row.feature_id,
            "run_id": row.run_id, "feature_result_id": row.result_id, "integration": row.integration_id,
            "created_on": row.created_at, "ended_on": row.ended_at,
        }
    )  # fmt: skip
