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
    create_departments_and_roles()
    create_accounts()
    create_api_keys()
    create_memberships()


def create_departments_and_roles() -> None:
    """Create what accounts refer to."""
    op.create_table(
        "accounts_department",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.String(300), nullable=False),
        sa.Column("slug", sa.String(110), nullable=False),
        sa.Column("settings", JsonDocument, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_department")),
        sa.UniqueConstraint("name_key", name=op.f("uq_accounts_department_name_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_accounts_department_slug")),
    )
    op.create_table(
        "accounts_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("power", sa.Integer(), nullable=False),
        sa.Column("flags", JsonDocument, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_role")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_role_name")),
    )


def create_accounts() -> None:
    """Create the table of people and programs."""
    op.create_table(
        "accounts_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(250), nullable=False),
        sa.Column("email", sa.String(100), nullable=False),
        sa.Column("email_key", sa.String(300), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_login", UtcDateTime(), nullable=True),
        sa.Column("login_counter", sa.Integer(), nullable=False),
        sa.Column("favourite_browsers", JsonDocument, nullable=False),
        sa.Column("settings", JsonDocument, nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["accounts_role.id"], name=op.f("fk_accounts_account_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_account")),
        sa.UniqueConstraint("email_key", name=op.f("uq_accounts_account_email_key")),
    )


def create_api_keys() -> None:
    """Create the table of keys."""
    op.create_table(
        "accounts_api_key",
        sa.Column("key_id", sa.String(10), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        owned("accounts_api_key", "account"),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("scopes", JsonDocument, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("last_used", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_accounts_api_key")),
    )
    op.create_index("ix_accounts_api_key_account_id", "accounts_api_key", ["account_id"])


def create_memberships() -> None:
    """Create the table that joins accounts and departments."""
    op.create_table(
        "accounts_membership",
        sa.Column("id", sa.Integer(), nullable=False),
        owned("accounts_membership", "account"),
        owned("accounts_membership", "department"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_membership")),
        sa.UniqueConstraint(
            "account_id", "department_id", name=op.f("uq_accounts_membership_account_id_department_id")
        ),
    )
    op.create_index("ix_accounts_membership_department_id", "accounts_membership", ["department_id"])


def owned(table: str, owner: str) -> "sa.Column[int]":
    """Make a column that refers to the owner of a row, which goes with it."""
    target = sa.ForeignKey(f"accounts_{owner}.id", name=op.f(f"fk_{table}_{owner}_id"), ondelete="CASCADE")
    return sa.Column(f"{owner}_id", sa.Integer(), target, nullable=False)


def downgrade() -> None:
    """Take this revision back."""
    for name in ("membership", "api_key", "account", "role", "department"):
        op.drop_table(f"accounts_{name}")
