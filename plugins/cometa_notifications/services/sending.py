"""Making a message out of an outbox row and sending it."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from cometa_core.errors import NotFound
from cometa_core.runtime import Runtime
from cometa_core.security.seals import SealBroken
from cometa_executions.api import Artifact, Result, StepResult
from cometa_notifications.hooks.calling import call_hook
from cometa_notifications.hooks.forms import body_for
from cometa_notifications.hooks.signing import signed_headers
from cometa_notifications.mail.envelopes import everybody, message_of
from cometa_notifications.mail.gallery import Gallery, Picture
from cometa_notifications.mail.letters import MOST_FAILED_STEPS, FailedStep, compose
from cometa_notifications.mail.smtp import hand_over
from cometa_notifications.models import Integration, Notification
from cometa_notifications.outcomes import Outcome, failed
from cometa_notifications.services.attaching import report_of
from cometa_notifications.services.integrations import opened_secret
from cometa_notifications.settings import CA_FILE, MAIL_FROM, MAIL_SECONDS, MAIL_URL, mail_server

MOST_PICTURES = 10_000


def send(runtime: Runtime, row: Notification) -> Outcome:
    """Send a message; whatever goes wrong is an outcome.

    Args:
        runtime: runtime of the worker.
        row: claimed row of the outbox.
    """
    return _send_mail(runtime, row) if row.channel == "mail" else _send_hook(runtime, row)


def _send_mail(runtime: Runtime, row: Notification) -> Outcome:
    settings = runtime.settings
    url = settings.text(MAIL_URL)
    if not url:
        return failed("No mail server is set: cometa.mail.url.", unreachable=True)
    with runtime.reading() as session:
        pictures, steps = _pictures(session, row), _failed_steps(session, row)
    gallery = Gallery(pictures, lambda picture: _bytes_of(runtime, row.department_id, picture))
    attachments, remark = report_of(runtime, row)
    letter = compose(row.content, gallery, steps, remark)
    sender, moment = settings.text(MAIL_FROM), runtime.clock.now()
    message = message_of(letter, row.content, sender, row.delivery, moment, attachments)
    server = replace(mail_server(url), ca_file=settings.text(CA_FILE))
    return hand_over(server, message, everybody(row.content), settings.seconds(MAIL_SECONDS))


def _send_hook(runtime: Runtime, row: Notification) -> Outcome:
    with runtime.reading() as session:
        integration = session.get(Integration, row.integration_id) if row.integration_id else None
    if integration is None or not integration.active:
        return failed("The integration was switched off or removed.", final=True)
    body = body_for(integration.application, row.content["facts"])
    try:
        secret = opened_secret(runtime, integration)
    except SealBroken as error:
        return failed(str(error))
    headers = signed_headers(secret, row.delivery, runtime.clock.now(), body)
    return call_hook(runtime, row.department_id, integration.hook, headers, body)


def _pictures(session: Session, row: Notification) -> list[Picture]:
    """Return the pictures of the last attempt that mails may name, in the order of the steps."""
    if row.result_id is None or "$" not in row.content["body"]:
        return []
    query = (
        select(Artifact.sha256, Artifact.size, StepResult.sequence)
        .join(StepResult, StepResult.id == Artifact.step_result_id)
        .join(Result, Result.id == StepResult.result_id)
        .where(Result.id == row.result_id, StepResult.attempt == Result.attempt, Artifact.role == "current")
        .order_by(StepResult.sequence, Artifact.id)
        .limit(MOST_PICTURES)
    )
    return [Picture(*found) for found in session.execute(query)]


def _bytes_of(runtime: Runtime, department_id: int, picture: Picture) -> bytes | None:
    try:
        with runtime.artifacts.open(department_id, picture.sha256) as stream:
            return stream.read()
    except (NotFound, OSError):
        return None


def _failed_steps(session: Session, row: Notification) -> list[FailedStep]:
    if row.result_id is None or not row.content["default_text"]:
        return []
    query = (
        select(StepResult.sequence, StepResult.step_name, StepResult.error)
        .join(Result, Result.id == StepResult.result_id)
        .where(Result.id == row.result_id, StepResult.attempt == Result.attempt, StepResult.status == "Failed")
        .order_by(StepResult.sequence)
        .limit(MOST_FAILED_STEPS)
    )
    return [
        FailedStep(number, name[:500], (error or "").partition("\n")[0][:500])
        for number, name, error in session.execute(query)
    ]
