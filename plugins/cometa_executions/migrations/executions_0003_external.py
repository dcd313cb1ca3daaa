"""Know external runners: their reports, their processes and their tokens.

Revision ID: executions_0003
Revises: executions_0002
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import UtcDateTime

revision = "executions_0003"
down_revision = "executions_0002"
branch_labels = None
depends_on = None

RESULT = "executions_result"
TASK = "executions_task"
TIMES = (
    (RESULT, "execution_ms"),
    ("executions_step_result", "execution_ms"),
    ("executions_step_result", "relative_ms"),
)
TOKEN = "executions_service_token"  # noqa: S105 - the name of a table


def upgrade() -> None:
    """Apply this revision."""
    op.add_column(RESULT, sa.Column("reported_at", UtcDateTime(), nullable=True))
    # The default stays: taking it away rewrites the table on SQLite, and with it everything that refers to it.
    op.add_column(RESULT, sa.Column("sent_totals", sa.Boolean(), nullable=False, server_default=sa.false()))
    change_times(sa.BigInteger())
    create_task()
    create_token()


def change_times(kind: sa.types.TypeEngine[int]) -> None:
    """Change the type of sent times, which have up to 100000000 s; SQLite stores integers of any size."""
    if op.get_bind().dialect.name == "postgresql":
        for table, column in TIMES:
            op.alter_column(table, column, type_=kind)


def create_task() -> None:
    """Create the table of processes of external runners."""
    op.create_table(
        TASK,
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("feature_id", sa.Integer(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["feature_id"], ["features_feature.id"], name=op.f("fk_executions_task_feature_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["executions_result.id"], name=op.f("fk_executions_task_result_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("result_id", name=op.f("pk_executions_task")),
    )
    op.create_index("ix_executions_task_feature_id", TASK, ["feature_id", "pid"])


def create_token() -> None:
    """Create the table of tokens of external runners."""
    op.create_table(
        TOKEN,
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["result_id"],
            ["executions_result.id"],
            name=op.f("fk_executions_service_token_result_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_executions_service_token")),
    )
    op.create_index("ix_executions_service_token_result_id", TOKEN, ["result_id"])


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table(TOKEN)
    op.drop_table(TASK)
    change_times(sa.Integer())
    op.drop_column(RESULT, "sent_totals")
    op.drop_column(RESULT, "reported_at")
