"""Create variables and the names that steps write.

Revision ID: variables_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import UtcDateTime

revision = "variables_0001"
down_revision = None
branch_labels = None
depends_on = None

VARIABLE = "variables_variable"
NAMED = "variables_named"


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        VARIABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("environment_id", sa.Integer(), nullable=True),
        sa.Column("feature_id", sa.Integer(), nullable=True),
        sa.Column("environment_key", sa.Integer(), nullable=False),
        sa.Column("feature_key", sa.Integer(), nullable=False),
        sa.Column("based", sa.String(12), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("encrypted", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        reference(VARIABLE, "department_id", "accounts_department", "CASCADE"),
        reference(VARIABLE, "environment_id", "catalog_environment", None),
        reference(VARIABLE, "feature_id", "features_feature", "CASCADE"),
        reference(VARIABLE, "created_by_id", "accounts_account", "SET NULL"),
        reference(VARIABLE, "updated_by_id", "accounts_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{VARIABLE}")),
        sa.UniqueConstraint(
            "department_id", "environment_key", "feature_key", "name", "based", name=op.f("uq_variables_variable_key")
        ),
    )
    op.create_index(f"ix_{VARIABLE}_environment_id", VARIABLE, ["environment_id", "based", "name"])
    op.create_index(f"ix_{VARIABLE}_feature_id", VARIABLE, ["feature_id"])
    op.create_index(f"ix_{VARIABLE}_name", VARIABLE, ["name", "id"])
    op.create_index(f"ix_{VARIABLE}_created_by_id", VARIABLE, ["created_by_id"])
    op.create_index(f"ix_{VARIABLE}_updated_by_id", VARIABLE, ["updated_by_id"])
    op.create_table(
        NAMED,
        sa.Column("feature_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        reference(NAMED, "feature_id", "features_feature", "CASCADE"),
        sa.PrimaryKeyConstraint("feature_id", "name", name=op.f(f"pk_{NAMED}")),
    )
    op.create_index(f"ix_{NAMED}_name", NAMED, ["name", "feature_id"])


def reference(table: str, column: str, target: str, ondelete: str | None) -> sa.ForeignKeyConstraint:
    """Let a column refer to the rows of a table."""
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table(NAMED)
    op.drop_table(VARIABLE)
