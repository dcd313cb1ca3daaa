"""Create the tables of webhooks, mailboxes and of the outbox.

Revision ID: notifications_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import JsonDocument, UtcDateTime

revision = "notifications_0001"
down_revision = None
branch_labels = None
depends_on = None

INTEGRATION = "notifications_integration"
MAILBOX = "notifications_mailbox"
OUTBOX = "notifications_outbox"


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        INTEGRATION,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(200), nullable=False),
        sa.Column("application", sa.String(12), nullable=False),
        sa.Column("hook", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("send_on", sa.String(20), nullable=False),
        sa.Column("features", JsonDocument, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        reference(INTEGRATION, "department_id", "accounts_department"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{INTEGRATION}")),
    )
    op.create_index(f"ix_{INTEGRATION}_department_id", INTEGRATION, ["department_id", "id"])
    op.create_table(
        MAILBOX,
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("security", sa.String(8), nullable=False),
        sa.Column("user_name", sa.String(250), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("folder", sa.String(250), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        reference(MAILBOX, "department_id", "accounts_department"),
        sa.PrimaryKeyConstraint("department_id", name=op.f(f"pk_{MAILBOX}")),
    )
    create_outbox()


def create_outbox() -> None:
    """Create the table of what is to be sent, was sent, and could not be sent."""
    op.create_table(
        OUTBOX,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(100), nullable=False),
        sa.Column("delivery", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("feature_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("result_id", sa.Integer(), nullable=True),
        sa.Column("integration_id", sa.Integer(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("step_sequence", sa.Integer(), nullable=False),
        sa.Column("content", JsonDocument, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("claim", sa.String(32), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        reference(OUTBOX, "department_id", "accounts_department"),
        reference(OUTBOX, "feature_id", "features_feature"),
        reference(OUTBOX, "result_id", "executions_result"),
        reference(OUTBOX, "integration_id", INTEGRATION),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{OUTBOX}")),
        sa.UniqueConstraint("origin", name=op.f(f"uq_{OUTBOX}_origin")),
    )
    op.create_index(f"ix_{OUTBOX}_due", OUTBOX, ["state", "next_at"])
    op.create_index(f"ix_{OUTBOX}_department_id", OUTBOX, ["department_id", "id"])
    op.create_index(f"ix_{OUTBOX}_feature_id", OUTBOX, ["feature_id", "id"])
    op.create_index(f"ix_{OUTBOX}_result_id", OUTBOX, ["result_id", "attempt"])
    op.create_index(f"ix_{OUTBOX}_ended_at", OUTBOX, ["ended_at"])
    op.create_index(f"ix_{OUTBOX}_told", OUTBOX, ["told", "id"])
    op.create_index(f"ix_{OUTBOX}_integration_id", OUTBOX, ["integration_id"])


def reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    """Let a column refer to the rows of another table and vanish with them."""
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def downgrade() -> None:
    """Take this revision back; what was not sent yet is never sent."""
    op.drop_table(OUTBOX)
    op.drop_table(MAILBOX)
    op.drop_table(INTEGRATION)
