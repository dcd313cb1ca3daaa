"""The core's own tables: the event log with its counters, and the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from cometa_core.db.base import Model


class EventStream(Model):
    """Counter of one stream of events: a run, or the objects of one department."""

    __tablename__ = "core_event_stream"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    last_seq: Mapped[int] = mapped_column(Integer, default=0)


class Event(Model):
    """One stored event; its place in the stream is the order of commits.  Contract: runner K.1."""

    __tablename__ = "core_event"
    __table_args__ = (Index("ix_core_event_at", "at"),)

    stream: Mapped[str] = mapped_column(String(60), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    type: Mapped[str] = mapped_column(String(60))
    department_id: Mapped[int] = mapped_column(Integer)
    feature_id: Mapped[int | None] = mapped_column(Integer)
    run_id: Mapped[int | None] = mapped_column(Integer)
    feature_result_id: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]]
    # Receivers of an object event, None = all who see the department; see cometa_core.contracts.events.Audience.
    audience: Mapped[dict[str, Any] | None]


class AuditRecord(Model):
    """Who did what to which object, and when.  Contract: rest-api A4.2 (AuditEntry)."""

    __tablename__ = "core_audit"
    __table_args__ = (
        Index("ix_core_audit_object", "object", "id"),
        Index("ix_core_audit_account_id", "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    # Kept after the account is gone, so it references no table.
    account_id: Mapped[int | None] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(String(60))
    object: Mapped[str] = mapped_column(String(100))
    result: Mapped[str] = mapped_column(String(10), default="ok")
    address: Mapped[str] = mapped_column(String(45), default="")
    request_id: Mapped[str] = mapped_column(String(64), default="")
    # Changed rows: [{"row": "catalog_application:3", "before": {...} or None, "after": {...} or None}].
    changes: Mapped[list[Any]] = mapped_column(default=list)
