"""Create departments, roles, accounts, memberships and keys.

Revision ID: accounts_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import JsonDocument, UtcDateTime

revision = "accounts_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "accounts_department",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("slug", sa.String(length=110), nullable=False),
        sa.Column("settings", JsonDocument, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_department")),
        sa.UniqueConstraint("slug", name=op.f("uq_accounts_department_slug")),
    )
    op.create_table(
        "accounts_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("power", sa.Integer(), nullable=False),
        sa.Column("flags", JsonDocument, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_role")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_role_name")),
    )
    op.create_table(
        "accounts_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("email", sa.String(length=100), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_login", UtcDateTime(), nullable=True),
        sa.Column("login_counter", sa.Integer(), nullable=False),
        sa.Column("favourite_browsers", JsonDocument, nullable=False),
        sa.Column("settings", JsonDocument, nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["accounts_role.id"], name=op.f("fk_accounts_account_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_account")),
    )
    op.create_table(
        "accounts_api_key",
        sa.Column("key_id", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", JsonDocument, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("last_used", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts_account.id"], name=op.f("fk_accounts_api_key_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_accounts_api_key")),
    )
    op.create_index("ix_accounts_api_key_account_id", "accounts_api_key", ["account_id"])

    op.create_table(
        "accounts_membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts_account.id"], name=op.f("fk_accounts_membership_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["accounts_department.id"],
            name=op.f("fk_accounts_membership_department_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_membership")),
        sa.UniqueConstraint(
            "account_id", "department_id", name=op.f("uq_accounts_membership_account_id_department_id")
        ),
    )
    op.create_index("ix_accounts_membership_department_id", "accounts_membership", ["department_id"])
    op.create_index("uq_accounts_department_name", "accounts_department", [sa.text("lower(name)")], unique=True)
    op.create_index("uq_accounts_account_email", "accounts_account", [sa.text("lower(email)")], unique=True)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("accounts_membership")

    op.drop_table("accounts_api_key")
    op.drop_table("accounts_account")
    op.drop_table("accounts_role")
    op.drop_table("accounts_department")
