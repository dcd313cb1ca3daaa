"""Tables of runs, results, step results, artifacts and workers."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cometa_accounts.api import Account
from cometa_core.db.base import Model
from cometa_features.api import Feature

# Sent times may have up to 100000000 s.
MILLISECONDS = BigInteger().with_variant(Integer, "sqlite")

IS_VIDEO = text("role = 'video'")


class Run(Model):
    """One order to execute a feature; it has one or more results."""

    __tablename__ = "executions_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    feature_id: Mapped[int] = mapped_column(ForeignKey("features_feature.id", ondelete="CASCADE"), index=True)
    app_id: Mapped[int]
    environment_id: Mapped[int]
    created_at: Mapped[datetime]
    executed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id", ondelete="SET NULL"))
    origin: Mapped[str] = mapped_column(String(40), default="")
    x_server: Mapped[str] = mapped_column(String(100), default="none")
    archived: Mapped[bool] = mapped_column(Boolean, default=False)
    removed: Mapped[bool] = mapped_column(Boolean, default=False)
    completed: Mapped[bool] = mapped_column(Boolean, default=False)

    # As an outer join SQLite would copy the whole table of features for each query.
    feature: Mapped[Feature] = relationship(innerjoin=True)
    account: Mapped[Account | None] = relationship()
    results: Mapped[list["Result"]] = relationship(back_populates="run", order_by="Result.id", passive_deletes=True)


class PlanRecord(Model):
    """The frozen plan of a run and the caller's parameters; apart from the run so that lists stay small."""

    __tablename__ = "executions_plan"

    run_id: Mapped[int] = mapped_column(ForeignKey("executions_run.id", ondelete="CASCADE"), primary_key=True)
    document: Mapped[dict[str, Any]]
    parameters: Mapped[list[Any]]


class Result(Model):
    """A feature in one browser: state, lease and totals."""

    __tablename__ = "executions_result"
    __table_args__ = (
        Index("ix_executions_result_state", "state", "priority", "id"),
        Index("ix_executions_result_feature_id", "feature_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("executions_run.id", ondelete="CASCADE"), index=True)
    feature_id: Mapped[int] = mapped_column(ForeignKey("features_feature.id", ondelete="CASCADE"))
    browser: Mapped[dict[str, Any]]
    browser_id: Mapped[int | None] = mapped_column(ForeignKey("catalog_browser.id", ondelete="SET NULL"))
    run_hash: Mapped[str] = mapped_column(String(16))
    description: Mapped[str | None] = mapped_column(Text)

    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(20), default="")
    status_reason: Mapped[str] = mapped_column(Text, default="")
    override: Mapped[dict[str, Any] | None]
    priority: Mapped[int] = mapped_column(Integer, default=10)
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    attempt: Mapped[int] = mapped_column(Integer, default=0)
    requeues: Mapped[int] = mapped_column(Integer, default=0)
    fence: Mapped[int] = mapped_column(Integer, default=0)
    beat: Mapped[int] = mapped_column(BigInteger, default=0)
    worker: Mapped[str] = mapped_column(String(100), default="")
    incarnation: Mapped[str] = mapped_column(String(32), default="")
    cancel_requested_at: Mapped[datetime | None]
    cancel_requested_by: Mapped[str] = mapped_column(String(100), default="")
    pid: Mapped[int | None] = mapped_column(Integer)
    session_id: Mapped[str | None] = mapped_column(String(100))
    # Last call of the external runner; an active result without a worker is one's, and this is its lease.
    reported_at: Mapped[datetime | None]
    # The totals were sent by whoever stored it in a final state; they do not follow the step rows.
    sent_totals: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    # What nothing else of the row tells: names of browser, pictures, files and video, as the external runner sent them.
    report: Mapped[dict[str, Any] | None]
    # It was made elsewhere, or a runner outside has the token for it; no worker takes it.
    external: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())

    total: Mapped[int] = mapped_column(Integer, default=0)
    ok: Mapped[int] = mapped_column(Integer, default=0)
    fails: Mapped[int] = mapped_column(Integer, default=0)
    skipped: Mapped[int] = mapped_column(Integer, default=0)
    execution_ms: Mapped[int] = mapped_column(MILLISECONDS, default=0)
    pixel_diff: Mapped[int] = mapped_column(BigInteger, default=0)
    picture_step_id: Mapped[int | None] = mapped_column(Integer)
    log_tail: Mapped[str] = mapped_column(Text, default="", deferred=True)
    archived: Mapped[bool] = mapped_column(Boolean, default=False)
    removed: Mapped[bool] = mapped_column(Boolean, default=False)

    run: Mapped[Run] = relationship(back_populates="results", innerjoin=True)
    feature: Mapped[Feature] = relationship(innerjoin=True)


class StepResult(Model):
    """One reported step of one attempt.  Contract: runner A.4 (unique by result, attempt and sequence)."""

    __tablename__ = "executions_step_result"
    __table_args__ = (UniqueConstraint("result_id", "attempt", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    result_id: Mapped[int] = mapped_column(ForeignKey("executions_result.id", ondelete="CASCADE"))
    attempt: Mapped[int]
    sequence: Mapped[int]
    step_uuid: Mapped[str | None] = mapped_column(String(36))
    path: Mapped[str] = mapped_column(Text, default="")
    leaf_index: Mapped[int | None]
    step_name: Mapped[str] = mapped_column(Text)
    step_type: Mapped[str] = mapped_column(String(10), default="BROWSER")
    owner_id: Mapped[int] = mapped_column(Integer, default=0)
    owner_name: Mapped[str] = mapped_column(String(255), default="")
    # Empty while the step is being executed.
    status: Mapped[str] = mapped_column(String(10), default="")
    execution_ms: Mapped[int] = mapped_column(MILLISECONDS, default=0)
    relative_ms: Mapped[int] = mapped_column(MILLISECONDS, default=0)
    error: Mapped[str | None] = mapped_column(Text)
    error_code: Mapped[str] = mapped_column(String(20), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pixel_diff: Mapped[int | None] = mapped_column(Integer, default=0)
    verdict: Mapped[str | None] = mapped_column(String(12))
    baseline_state: Mapped[str | None] = mapped_column(String(10))
    files: Mapped[list[Any]] = mapped_column(default=list)
    notes: Mapped[dict[str, Any]] = mapped_column(default=dict)

    result: Mapped[Result] = relationship(innerjoin=True)
    artifacts: Mapped[list["Artifact"]] = relationship(order_by="Artifact.id", passive_deletes=True)


class Artifact(Model):
    """A stored file of a result; the row makes the object of the artifact store visible.  Contract: runner I.3."""

    __tablename__ = "executions_artifact"
    __table_args__ = (
        Index("ix_executions_artifact_result_id", "result_id"),
        Index("ix_executions_artifact_step_result_id", "step_result_id"),
        Index("ix_executions_artifact_sha256", "department_id", "sha256"),
        Index("ix_executions_artifact_video", "name", sqlite_where=IS_VIDEO, postgresql_where=IS_VIDEO),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int]
    result_id: Mapped[int] = mapped_column(ForeignKey("executions_result.id", ondelete="CASCADE"))
    step_result_id: Mapped[int | None] = mapped_column(ForeignKey("executions_step_result.id", ondelete="CASCADE"))
    attempt: Mapped[int]
    role: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(255))
    mime: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int | None]
    height: Mapped[int | None]
    created_at: Mapped[datetime]


class Task(Model):
    """The process of an external runner that executes a result, as it reported it.  Contract: rest-api A6.17."""

    __tablename__ = "executions_task"
    __table_args__ = (Index("ix_executions_task_feature_id", "feature_id", "pid"),)

    result_id: Mapped[int] = mapped_column(ForeignKey("executions_result.id", ondelete="CASCADE"), primary_key=True)
    feature_id: Mapped[int] = mapped_column(ForeignKey("features_feature.id", ondelete="CASCADE"))
    pid: Mapped[int]
    started_at: Mapped[datetime]
    # Set by finish: for callers the task is gone then, but its result must become terminal within the lease.
    ended_at: Mapped[datetime | None]


class ServiceToken(Model):
    """A token of an external runner for one result; only the hash is stored.  Contract: rest-api A2.6."""

    __tablename__ = "executions_service_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    result_id: Mapped[int] = mapped_column(ForeignKey("executions_result.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    result: Mapped[Result] = relationship(innerjoin=True)


class WorkerRecord(Model):
    """A worker that was seen: its name, its present incarnation and what it takes."""

    __tablename__ = "executions_worker"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    incarnation: Mapped[str] = mapped_column(String(32))
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    slots: Mapped[int]
    # Empty lists: all of them.
    queues: Mapped[list[Any]] = mapped_column(default=list)
    browsers: Mapped[list[Any]] = mapped_column(default=list)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
