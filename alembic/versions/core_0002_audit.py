"""Create the audit log, and let events of objects name their receivers.

Revision ID: core_0002
Revises: core_0001
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import JsonDocument, UtcDateTime

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "core_audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("object", sa.String(100), nullable=False),
        sa.Column("result", sa.String(10), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("changes", JsonDocument, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_audit")),
    )
    op.create_index("ix_core_audit_object", "core_audit", ["object", "id"])
    op.create_index("ix_core_audit_account_id", "core_audit", ["account_id", "id"])
    with op.batch_alter_table("core_event") as event:
        event.add_column(sa.Column("audience", JsonDocument, nullable=True))


def downgrade() -> None:
    """Take this revision back."""
    with op.batch_alter_table("core_event") as event:
        event.drop_column("audience")
    op.drop_table("core_audit")
