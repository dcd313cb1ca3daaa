"""Routes of integrations, mailboxes and notifications.  Contract: rest-api B5 (integrations), runner L."""

from cometa_core.security.permission import AUTHENTICATED
from cometa_core.web.dialect import Created, Done, Page, Updated
from cometa_core.web.paging import Paging, paged
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_notifications import schemas
from cometa_notifications.models import Integration, Mailbox, Notification
from cometa_notifications.presenting import (
    present_integration,
    present_made,
    present_mailbox,
    present_notification,
)
from cometa_notifications.services import integrations as integration_service
from cometa_notifications.services import mailboxes as mailbox_service
from cometa_notifications.services import reading

TAG = "Notifications"
INTEGRATION = r"/api/integrations/{integration_id:\d{1,18}}/"
MAILBOX = r"/api/mailboxes/{department_id:\d{1,18}}/"
NOTIFICATION = r"/api/notifications/{notification_id:\d{1,18}}/"

integrations = Service("integrations", "/api/integrations/", description="Webhooks of departments.", tag=TAG)
one_integration = Service("integration", INTEGRATION, description="One webhook.", tag=TAG)
mailboxes = Service("mailboxes", "/api/mailboxes/", description="Mailboxes that steps look into.", tag=TAG)
one_mailbox = Service("mailbox", MAILBOX, description="The mailbox of a department.", tag=TAG)
notifications = Service("notifications", "/api/notifications/", description="What was sent and was not.", tag=TAG)
retry = Service("notification_retry", f"{NOTIFICATION}retry/", description="Sending once more.", tag=TAG)


def addressed_integration(request: Request) -> Integration:
    """Find the webhook of the path."""
    return integration_service.visible_integration(request.scope, int(request.matchdict["integration_id"]))


def addressed_mailbox(request: Request) -> Mailbox:
    """Find the mailbox of the department of the path."""
    return mailbox_service.visible_mailbox(request.scope, int(request.matchdict["department_id"]))


def addressed_department(request: Request) -> int:
    """Return the key of the department of the path."""
    department_id = int(request.matchdict["department_id"])
    integration_service.require_department(request.scope, department_id)
    return department_id


def addressed_notification(request: Request) -> Notification:
    """Find the notification of the path."""
    return reading.visible_notification(request.scope, int(request.matchdict["notification_id"]))


@integrations.get(permission=AUTHENTICATED, query=Paging, answer=list[schemas.IntegrationOut])
def list_integrations(request: Request) -> Page:
    """List the webhooks of the caller's departments."""
    page = paged(request.scope.session, integration_service.visible(request.scope), request.query_model)
    return Page([present_integration(row) for row in page.items], page.total)


@integrations.post(permission="edit_department", body=schemas.IntegrationIn, answer=schemas.IntegrationMade, status=201)
def create_integration(request: Request) -> Created:
    """Add a webhook to a department; the answer shows its secret, this once."""
    fields = request.body_model.model_dump(exclude={"secret", "department"})
    fields["department_id"] = request.body_model.department
    made, secret = integration_service.create_integration(request.scope, fields, request.body_model.secret)
    return Created(present_made(made, secret))


@one_integration.patch(permission="edit_department", load=addressed_integration, body=schemas.IntegrationPatch,
                       answer=schemas.IntegrationOut)  # fmt: skip
def change_integration(request: Request) -> Updated:
    """Change a webhook; what is not sent or null stays."""
    fields = request.body_model.model_dump(exclude={"secret"}, exclude_none=True)
    row = integration_service.change_integration(request.scope, request.resource, fields, request.body_model.secret)
    return Updated(present_integration(row))


@one_integration.delete(permission="edit_department", load=addressed_integration)
def remove_integration(request: Request) -> Done:
    """Remove a webhook with all that was sent to it."""
    integration_service.remove_integration(request.scope, request.resource)
    return Done()


@mailboxes.get(permission=AUTHENTICATED, query=Paging, answer=list[schemas.MailboxOut])
def list_mailboxes(request: Request) -> Page:
    """List the mailboxes of the caller's departments; passwords are never shown."""
    page = paged(request.scope.session, mailbox_service.visible(request.scope), request.query_model)
    return Page([present_mailbox(row) for row in page.items], page.total)


@one_mailbox.post(permission="edit_department", load=addressed_department, body=schemas.MailboxIn,
                 answer=schemas.MailboxOut)  # fmt: skip
def set_mailbox(request: Request) -> Updated:
    """Set the mailbox of a department, in place of the one that it may have."""
    fields = request.body_model.model_dump(exclude={"password"})
    row = mailbox_service.set_mailbox(request.scope, request.resource, fields, request.body_model.password)
    return Updated(present_mailbox(row))


@one_mailbox.delete(permission="edit_department", load=addressed_mailbox)
def remove_mailbox(request: Request) -> Done:
    """Forget the mailbox of a department."""
    mailbox_service.remove_mailbox(request.scope, request.resource)
    return Done()


@notifications.get(permission="view_feature", query=schemas.NotificationsQuery, answer=list[schemas.NotificationOut])
def list_notifications(request: Request) -> Page:
    """List what was sent, waits or died, the newest first."""
    wanted = request.query_model.model_dump(include=set(reading.FILTERS))
    page = paged(request.scope.session, reading.visible(request.scope, wanted), request.query_model)
    return Page([present_notification(row) for row in page.items], page.total)


@retry.post(permission="edit_feature", load=addressed_notification, answer=schemas.NotificationOut,
            errors=("not_dead",))  # fmt: skip
def try_again(request: Request) -> Updated:
    """Let a dead notification be sent once more, with all its tries."""
    return Updated(present_notification(reading.try_again(request.scope, request.resource)))
