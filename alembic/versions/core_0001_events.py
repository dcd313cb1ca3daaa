"""Create the event log.

Revision ID: core_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import JsonDocument, UtcDateTime

revision = "core_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "core_event_stream",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_core_event_stream")),
    )
    op.create_table(
        "core_event",
        sa.Column("stream", sa.String(60), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(60), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("feature_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("feature_result_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("data", JsonDocument, nullable=False),
        sa.PrimaryKeyConstraint("stream", "seq", name=op.f("pk_core_event")),
    )
    op.create_index("ix_core_event_at", "core_event", ["at"])


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("core_event")
    op.drop_table("core_event_stream")
