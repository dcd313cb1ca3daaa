"""Create the tables of schedules and of their fires.

Revision ID: schedules_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import UtcDateTime

revision = "schedules_0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEDULE = "schedules_schedule"
FIRE = "schedules_fire"


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        SCHEDULE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feature_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cron", sa.String(200), nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("missed", sa.String(8), nullable=False),
        sa.Column("dst", sa.String(8), nullable=False),
        sa.Column("overlap", sa.String(8), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("next_fire_at", UtcDateTime(), nullable=True),
        reference(SCHEDULE, "feature_id", "features_feature", "CASCADE"),
        reference(SCHEDULE, "owner_id", "accounts_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{SCHEDULE}")),
        sa.UniqueConstraint("feature_id", name=op.f(f"uq_{SCHEDULE}_feature_id")),
    )
    op.create_index(f"ix_{SCHEDULE}_owner_id", SCHEDULE, ["owner_id"])
    op.create_index(f"ix_{SCHEDULE}_next_fire_at", SCHEDULE, ["next_fire_at"])
    op.create_table(
        FIRE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("planned_until", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("scheduler", sa.String(100), nullable=False),
        sa.Column("late_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        reference(FIRE, "schedule_id", SCHEDULE, "CASCADE"),
        reference(FIRE, "run_id", "executions_run", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{FIRE}")),
        sa.UniqueConstraint("schedule_id", "planned_at", name=op.f(f"uq_{FIRE}_schedule_id_planned_at")),
    )
    op.create_index(f"ix_{FIRE}_run_id", FIRE, ["run_id"])


def reference(table: str, column: str, other: str, ondelete: str) -> sa.ForeignKeyConstraint:
    """Let a column refer to the rows of another table."""
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def downgrade() -> None:
    """Take this revision back; nothing starts by itself any more."""
    op.drop_table(FIRE)
    op.drop_table(SCHEDULE)
