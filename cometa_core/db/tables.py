"""The core's own tables: the event log and its counters."""

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
