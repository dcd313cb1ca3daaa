"""Create folders, and let features be in them.

Revision ID: features_0002
Revises: features_0001
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import UtcDateTime

revision = "features_0002"
down_revision = "features_0001"
branch_labels = None
depends_on = None

FOLDER = "features_folder"
FEATURE = "features_feature"


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        FOLDER,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("created_on", UtcDateTime(), nullable=False),
        reference("department_id", "accounts_department", "CASCADE"),
        reference("parent_id", FOLDER, "CASCADE"),
        reference("owner_id", "accounts_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{FOLDER}")),
    )
    for column in ("department_id", "parent_id", "owner_id"):
        op.create_index(f"ix_{FOLDER}_{column}", FOLDER, [column])
    with op.batch_alter_table(FEATURE) as table:
        table.add_column(sa.Column("folder_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f(f"fk_{FEATURE}_folder_id"), FOLDER, ["folder_id"], ["id"], ondelete="SET NULL")
    op.create_index(f"ix_{FEATURE}_folder_id", FEATURE, ["folder_id"])


def reference(column: str, table: str, ondelete: str) -> sa.ForeignKeyConstraint:
    """Let a column of folders refer to the rows of a table."""
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{FOLDER}_{column}"), ondelete=ondelete)


def downgrade() -> None:
    """Take this revision back; features stay where they are, at the root of their departments."""
    op.drop_index(f"ix_{FEATURE}_folder_id", FEATURE)
    with op.batch_alter_table(FEATURE) as table:
        table.drop_constraint(op.f(f"fk_{FEATURE}_folder_id"), type_="foreignkey")
        table.drop_column("folder_id")
    op.drop_table(FOLDER)
