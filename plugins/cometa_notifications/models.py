"""Tables of webhooks, mailboxes and of the outbox.  Contract: runner L."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cometa_accounts.api import Department
from cometa_core.db.base import Model
from cometa_executions.api import Result
from cometa_features.api import Feature


class Integration(Model):
    """A webhook of a department: where it is called, in whose form, and after which results."""

    __tablename__ = "notifications_integration"
    __audited__ = True
    __table_args__ = (Index("ix_notifications_integration_department_id", "department_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey(Department.id, ondelete="CASCADE"))
    description: Mapped[str] = mapped_column(String(200), default="")
    # Discord, Mattermost, Slack or generic.
    application: Mapped[str] = mapped_column(String(12))
    # Whoever has the address of a chat can write there: it is shown to members, and masked in the audit log.
    hook: Mapped[str] = mapped_column(Text, info={"secret": True})
    # Sealed; signs what is sent.
    secret: Mapped[str] = mapped_column(Text, info={"secret": True})
    # execution or failed_execution.
    send_on: Mapped[str] = mapped_column(String(20))
    # Keys of features; empty: all of the department.
    features: Mapped[list[Any]] = mapped_column(default=list)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Mailbox(Model):
    """The mailbox in which steps of a department look for mail."""

    __tablename__ = "notifications_mailbox"
    __audited__ = True

    department_id: Mapped[int] = mapped_column(ForeignKey(Department.id, ondelete="CASCADE"), primary_key=True)
    host: Mapped[str] = mapped_column(String(253))
    port: Mapped[int]
    # tls, starttls or none.
    security: Mapped[str] = mapped_column(String(8))
    user_name: Mapped[str] = mapped_column(String(250))
    # Sealed.
    password: Mapped[str] = mapped_column(Text, info={"secret": True})
    folder: Mapped[str] = mapped_column(String(250), default="INBOX")
    updated_at: Mapped[datetime]


class Notification(Model):
    """One message to one target, and what became of it: the row is written with what it reports, and sent later."""

    __tablename__ = "notifications_outbox"
    __table_args__ = (
        UniqueConstraint("origin"),
        Index("ix_notifications_outbox_due", "state", "next_at"),
        Index("ix_notifications_outbox_department_id", "department_id", "id"),
        Index("ix_notifications_outbox_feature_id", "feature_id", "id"),
        Index("ix_notifications_outbox_result_id", "result_id", "attempt"),
        Index("ix_notifications_outbox_ended_at", "ended_at"),
        Index("ix_notifications_outbox_told", "told", "id"),
        Index("ix_notifications_outbox_integration_id", "integration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # What it is for, so that writing it twice leaves one row: result:31:mail, result:31:hook:4, step:31:1:2.
    origin: Mapped[str] = mapped_column(String(100))
    # Stays the same however often it is sent, so that receivers know a repeated message.
    delivery: Mapped[str] = mapped_column(String(32))
    # mail or webhook.
    channel: Mapped[str] = mapped_column(String(10))
    target: Mapped[str] = mapped_column(Text)
    department_id: Mapped[int] = mapped_column(ForeignKey(Department.id, ondelete="CASCADE"))
    feature_id: Mapped[int] = mapped_column(ForeignKey(Feature.id, ondelete="CASCADE"))
    run_id: Mapped[int | None]
    result_id: Mapped[int | None] = mapped_column(ForeignKey(Result.id, ondelete="CASCADE"))
    integration_id: Mapped[int | None] = mapped_column(ForeignKey(Integration.id, ondelete="CASCADE"))
    # Attempt and sequence of the step that sent it; 0 for notifications of results.
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    step_sequence: Mapped[int] = mapped_column(Integer, default=0)
    content: Mapped[dict[str, Any]]

    # waiting, sending, sent or dead.
    state: Mapped[str] = mapped_column(String(8))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    # When it is due; while it is being sent, when others may take it for given up.
    next_at: Mapped[datetime]
    claim: Mapped[str] = mapped_column(String(32), default="")
    last_error: Mapped[str] = mapped_column(Text, default="")
    # False as long as the step that sent it does not say yet what became of it.
    told: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
