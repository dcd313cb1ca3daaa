"""Writing to the outbox: in the transaction of what is reported, once.  Contract: runner L, X-150."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from cometa_core.contracts.run import RunInfo
from cometa_core.scope import Scope
from cometa_notifications.models import Notification

DELIVER_TASK = "notifications.deliver"

WAITING, SENDING, SENT, DEAD = "waiting", "sending", "sent", "dead"

LONGEST_TARGET = 1000


@dataclass(frozen=True)
class NewNotification:
    """A message that is to be sent.

    Attributes:
        origin: what it is for; a second one of the same origin is not stored.
        channel: ``mail`` or ``webhook``.
        target: whom it goes to, for people.
        content: what the channel needs to make the message.
        values: further columns.
        obstacle: why it cannot be sent at all; it is stored as dead, so that it is seen.
    """

    origin: str
    channel: str
    target: str
    content: dict[str, Any]
    values: dict[str, Any]
    obstacle: str = ""


def put(scope: Scope, run: RunInfo, new: NewNotification) -> str | None:
    """Store a message, and ring for its delivery after the commit.

    Returns:
        The id of the delivery; None when there was one of this origin.
    """
    now = scope.now()
    row: dict[str, Any] = {
        "origin": new.origin,
        "delivery": uuid.uuid4().hex,
        "channel": new.channel,
        "target": new.target[:LONGEST_TARGET],
        "department_id": run.department_id,
        "feature_id": run.feature_id,
        "run_id": run.run_id or None,
        "result_id": run.feature_result_id,
        "content": new.content,
        "attempt": 0,
        "step_sequence": 0,
        "attempts": 0,
        "claim": "",
        "told": True,
        "state": DEAD if new.obstacle else WAITING,
        "next_at": now,
        "last_error": new.obstacle,
        "created_at": now,
        "ended_at": now if new.obstacle else None,
        **new.values,
    }
    dialect = sqlite if scope.session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Notification).values(**row).on_conflict_do_nothing().returning(Notification.delivery)
    delivery: str | None = scope.session.scalar(statement)
    if delivery is not None and not new.obstacle:
        tasks = scope.runtime.tasks
        scope.after_commit(lambda: tasks.enqueue(DELIVER_TASK))
    return delivery
