"""Tables of schedules and of the record of their fires.  Contract: runner J.1, J.5."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from cometa_accounts.api import Account
from cometa_core.db.base import Model
from cometa_executions.api import Run
from cometa_features.api import Feature

MILLISECONDS = BigInteger().with_variant(Integer, "sqlite")


class Schedule(Model):
    """When a feature starts by itself, as whom, and what happens to times that could not be kept."""

    __tablename__ = "schedules_schedule"
    __audited__ = True
    __table_args__ = (UniqueConstraint("feature_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    feature_id: Mapped[int] = mapped_column(ForeignKey(Feature.id, ondelete="CASCADE"))
    # Raised by every change, so that a fire that was planned before it comes to nothing.
    version: Mapped[int] = mapped_column(default=1)
    cron: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(64))
    missed: Mapped[str] = mapped_column(String(8))
    dst: Mapped[str] = mapped_column(String(8))
    overlap: Mapped[str] = mapped_column(String(8))
    # While it is not active nothing is decided; what was planned meanwhile gets one record when it becomes so again.
    active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    expires_at: Mapped[datetime | None]
    # Variables of the runs by name; never secrets.
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Empty when the account is gone: then nothing is started.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"), index=True)
    # The earliest planned time without a record; empty when the zone's calendar ends before the next one.
    next_fire_at: Mapped[datetime | None] = mapped_column(index=True)


class Fire(Model):
    """What became of one planned time, or of a row of missed ones."""

    __tablename__ = "schedules_fire"
    __table_args__ = (
        UniqueConstraint("schedule_id", "planned_at"),
        Index("ix_schedules_fire_feature_id", "feature_id", "planned_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    feature_id: Mapped[int] = mapped_column(ForeignKey(Feature.id, ondelete="CASCADE"))
    # Empty when the schedule was removed: what became of its times stays known.
    schedule_id: Mapped[int | None] = mapped_column(ForeignKey(Schedule.id, ondelete="SET NULL"))
    planned_at: Mapped[datetime]
    # The last planned time that the record stands for; differs where many missed ones share it.
    planned_until: Mapped[datetime]
    decided_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(12), default="")
    run_id: Mapped[int | None] = mapped_column(ForeignKey(Run.id, ondelete="SET NULL"), index=True)
    # Process that decided, as host and process id.
    scheduler: Mapped[str] = mapped_column(String(100))
    late_ms: Mapped[int] = mapped_column(MILLISECONDS)
    count: Mapped[int] = mapped_column(default=1)
