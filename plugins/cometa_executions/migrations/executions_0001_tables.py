"""Create runs, results, step results, artifacts and workers.

Revision ID: executions_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import JsonDocument, UtcDateTime

revision = "executions_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    create_worker()
    create_run()
    create_plan()
    create_result()
    create_indexes_of_result()
    create_step_result()
    create_artifact()


def create_worker() -> None:
    """Create the table of workers."""
    op.create_table(
        "executions_worker",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("incarnation", sa.String(length=32), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_executions_worker")),
    )


def create_run() -> None:
    """Create the table of runs."""
    op.create_table(
        "executions_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feature_id", sa.Integer(), nullable=False),
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("environment_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("executed_by", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("x_server", sa.String(length=100), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["executed_by"], ["accounts_account.id"], name=op.f("fk_executions_run_executed_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["feature_id"], ["features_feature.id"], name=op.f("fk_executions_run_feature_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_executions_run")),
    )
    op.create_index("ix_executions_run_feature_id", "executions_run", ["feature_id"])


def create_plan() -> None:
    """Create the table of frozen plans."""
    op.create_table(
        "executions_plan",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("document", JsonDocument, nullable=False),
        sa.Column("parameters", JsonDocument, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["executions_run.id"], name=op.f("fk_executions_plan_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_executions_plan")),
    )


def create_result() -> None:
    """Create the table of results."""
    op.create_table(
        "executions_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("feature_id", sa.Integer(), nullable=False),
        sa.Column("browser", JsonDocument, nullable=False),
        sa.Column("browser_id", sa.Integer(), nullable=True),
        sa.Column("run_hash", sa.String(length=16), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=False),
        sa.Column("override", JsonDocument, nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("requeues", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.String(length=100), nullable=False),
        sa.Column("incarnation", sa.String(length=32), nullable=False),
        sa.Column("cancel_requested_at", UtcDateTime(), nullable=True),
        sa.Column("cancel_requested_by", sa.String(length=100), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.String(length=100), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("ok", sa.Integer(), nullable=False),
        sa.Column("fails", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("execution_ms", sa.Integer(), nullable=False),
        sa.Column("pixel_diff", sa.BigInteger(), nullable=False),
        sa.Column("picture_step_id", sa.Integer(), nullable=True),
        sa.Column("log_tail", sa.Text(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["browser_id"], ["catalog_browser.id"], name=op.f("fk_executions_result_browser_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["feature_id"], ["features_feature.id"], name=op.f("fk_executions_result_feature_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["executions_run.id"], name=op.f("fk_executions_result_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_executions_result")),
    )


def create_indexes_of_result() -> None:
    """Create the indexes of results: by run, by feature and by place in the queue."""
    op.create_index("ix_executions_result_feature_id", "executions_result", ["feature_id", "id"])
    op.create_index("ix_executions_result_run_id", "executions_result", ["run_id"])
    op.create_index("ix_executions_result_state", "executions_result", ["state", "priority", "id"])


def create_step_result() -> None:
    """Create the table of step results."""
    op.create_table(
        "executions_step_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("step_uuid", sa.String(length=36), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("leaf_index", sa.Integer(), nullable=True),
        sa.Column("step_name", sa.Text(), nullable=False),
        sa.Column("step_type", sa.String(length=10), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("owner_name", sa.String(length=255), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("execution_ms", sa.Integer(), nullable=False),
        sa.Column("relative_ms", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_code", sa.String(length=20), nullable=False),
        sa.Column("detail", JsonDocument, nullable=False),
        sa.Column("pixel_diff", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=12), nullable=True),
        sa.Column("baseline_state", sa.String(length=10), nullable=True),
        sa.Column("files", JsonDocument, nullable=False),
        sa.Column("notes", JsonDocument, nullable=False),
        sa.ForeignKeyConstraint(
            ["result_id"],
            ["executions_result.id"],
            name=op.f("fk_executions_step_result_result_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_executions_step_result")),
        sa.UniqueConstraint(
            "result_id", "attempt", "sequence", name=op.f("uq_executions_step_result_result_id_attempt_sequence")
        ),
    )


def create_artifact() -> None:
    """Create the table of artifacts."""
    op.create_table(
        "executions_artifact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("step_result_id", sa.Integer(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("mime", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["result_id"], ["executions_result.id"], name=op.f("fk_executions_artifact_result_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["step_result_id"],
            ["executions_step_result.id"],
            name=op.f("fk_executions_artifact_step_result_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_executions_artifact")),
    )
    op.create_index("ix_executions_artifact_result_id", "executions_artifact", ["result_id"])
    op.create_index("ix_executions_artifact_sha256", "executions_artifact", ["department_id", "sha256"])
    op.create_index("ix_executions_artifact_step_result_id", "executions_artifact", ["step_result_id"])


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("executions_artifact")
    op.drop_table("executions_step_result")

    op.drop_table("executions_result")
    op.drop_table("executions_plan")

    op.drop_table("executions_run")
    op.drop_table("executions_worker")
