"""What is done once messages were sent or died: steps are told, and old rows are forgotten."""

from datetime import timedelta

from sqlalchemy import and_, delete, select, update

from cometa_core.runtime import Runtime
from cometa_executions.api import StepResult
from cometa_notifications.models import Notification
from cometa_notifications.services.outbox import SENT
from cometa_notifications.settings import KEEP_DAYS

BATCH = 200
MOST_FORGOTTEN = 1000

OF_STEP = and_(
    StepResult.result_id == Notification.result_id,
    StepResult.attempt == Notification.attempt,
    StepResult.sequence == Notification.step_sequence,
)


def tell_steps(runtime: Runtime) -> None:
    """Write what became of mails to the steps that sent them, once those have ended.

    A step that is still being executed would write over it, so it is told later: with the next mail, or each minute.
    Contract: steps.json, ``Send an email notification ...``.
    """
    query = (
        select(Notification, StepResult.id)
        .join(StepResult, OF_STEP)
        .where(Notification.told.is_(False), Notification.ended_at.is_not(None), StepResult.status != "")
        .limit(BATCH)
    )
    with runtime.reading() as session:
        untold = session.execute(query).all()
    if not untold:
        return
    with runtime.unit_of_work() as scope:
        for row, step_id in untold:
            note = {"title": "Mail", "content": what_became_of(row)}
            connection = scope.session.connection()
            connection.execute(update(StepResult).where(StepResult.id == step_id).values(notes=note))
            connection.execute(update(Notification).where(Notification.id == row.id).values(told=True))


def what_became_of(row: Notification) -> str:
    """Say what became of a mail, for the step that sent it."""
    if row.state != SENT:
        return f"Not sent to {row.target}: {row.last_error}"
    return f"Taken by the mail server for {row.target}. {row.last_error}".rstrip()


def forget_old(runtime: Runtime) -> None:
    """Remove what was sent or died more than ``cometa.notification.keep_days`` ago."""
    before = runtime.clock.now() - timedelta(days=runtime.settings.integer(KEEP_DAYS))
    with runtime.reading() as session:
        keys = session.scalars(
            select(Notification.id).where(Notification.ended_at < before).limit(MOST_FORGOTTEN)
        ).all()
    if keys:
        with runtime.unit_of_work() as scope:
            scope.session.execute(delete(Notification).where(Notification.id.in_(keys)))
