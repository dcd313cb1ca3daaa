"""The list of what was sent, is to be sent and could not be sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update

from cometa_core.errors import Conflict, NotFound
from cometa_core.scope import Scope
from cometa_core.security.visibility import in_own_departments
from cometa_notifications.models import Notification
from cometa_notifications.services.outbox import DEAD, DELIVER_TASK, WAITING

FILTERS = {
    "department_id": Notification.department_id,
    "feature_id": Notification.feature_id,
    "feature_result_id": Notification.result_id,
    "channel": Notification.channel,
    "state": Notification.state,
}
"""Filter of the list -> column."""


def visible(scope: Scope, wanted: dict[str, Any] | None = None) -> Select[Notification]:
    """Select the notifications of the caller's departments, the newest first.

    Args:
        scope: unit of work.
        wanted: filter of ``FILTERS`` -> value; None = every value.
    """
    query = select(Notification).where(in_own_departments(Notification.department_id, scope.identity))
    for name, value in (wanted or {}).items():
        if value is not None:
            query = query.where(FILTERS[name] == value)
    return query.order_by(Notification.id.desc())


def visible_notification(scope: Scope, notification_id: int) -> Notification:
    """Return one notification.

    Raises:
        NotFound: unknown or of a foreign department.
    """
    found = scope.session.scalars(visible(scope).where(Notification.id == notification_id)).first()
    if found is None:
        raise NotFound
    return found


def try_again(scope: Scope, row: Notification) -> Notification:
    """Let a dead notification be sent once more, with all its tries.

    Raises:
        Conflict: ``not_dead``, it waits, is being sent or was sent.
    """
    statement = (
        update(Notification)
        .where(Notification.id == row.id, Notification.state == DEAD)
        .values(**_fresh(scope.now(), has_step=row.step_sequence > 0))
        .execution_options(synchronize_session=False)
    )
    if scope.session.connection().execute(statement).rowcount != 1:
        raise Conflict("Only dead notifications can be tried again.", code="not_dead")
    scope.session.refresh(row)
    tasks = scope.runtime.tasks
    scope.after_commit(lambda: tasks.enqueue(DELIVER_TASK))
    return row


def _fresh(now: datetime, *, has_step: bool) -> dict[str, Any]:
    return {"state": WAITING, "attempts": 0, "next_at": now, "ended_at": None, "claim": "", "told": not has_step}
