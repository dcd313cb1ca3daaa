"""Create browser sessions, subjects of identity providers and invitations.

Revision ID: accounts_0002
Revises: accounts_0001
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import JsonDocument, UtcDateTime

revision = "accounts_0002"
down_revision = "accounts_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    create_subjects()
    create_sessions()
    create_invitations()


def create_subjects() -> None:
    """Create the table of what providers call accounts."""
    op.create_table(
        "accounts_subject",
        sa.Column("id", sa.Integer(), nullable=False),
        account_column("accounts_subject", nullable=False),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_subject")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_accounts_subject_issuer_subject")),
    )
    op.create_index("ix_accounts_subject_account_id", "accounts_subject", ["account_id"])


def create_sessions() -> None:
    """Create the table of browser sessions."""
    op.create_table(
        "accounts_session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        account_column("accounts_session", nullable=True),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("email", sa.String(100), nullable=False),
        sa.Column("name", sa.String(250), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_accounts_session")),
    )
    op.create_index("ix_accounts_session_account_id", "accounts_session", ["account_id"])
    op.create_index("ix_accounts_session_last_seen", "accounts_session", ["last_seen"])


def create_invitations() -> None:
    """Create the table of invitations."""
    op.create_table(
        "accounts_invitation",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("email", sa.String(100), nullable=False),
        sa.Column("email_key", sa.String(300), nullable=False),
        sa.Column("departments", JsonDocument, nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_accounts_invitation")),
    )


def account_column(table: str, *, nullable: bool) -> "sa.Column[int]":
    """Make the column that refers to the account of a row, which goes with it."""
    target = sa.ForeignKey("accounts_account.id", name=op.f(f"fk_{table}_account_id"), ondelete="CASCADE")
    return sa.Column("account_id", sa.Integer(), target, nullable=nullable)


def downgrade() -> None:
    """Take this revision back."""
    for name in ("invitation", "session", "subject"):
        op.drop_table(f"accounts_{name}")
