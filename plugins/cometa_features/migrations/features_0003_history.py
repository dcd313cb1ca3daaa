"""Keep the versions of features.

Revision ID: features_0003
Revises: features_0002
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import JsonDocument, UtcDateTime

revision = "features_0003"
down_revision = "features_0002"
branch_labels = None
depends_on = None

VERSION = "features_version"


def upgrade() -> None:
    """Apply this revision; the history of a feature begins with its next save."""
    op.create_table(
        VERSION,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feature_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.Column("fields", JsonDocument, nullable=False),
        sa.Column("steps", JsonDocument, nullable=False),
        reference("feature_id", "features_feature", "CASCADE"),
        reference("saved_by_id", "accounts_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{VERSION}")),
        sa.UniqueConstraint("feature_id", "version", name=op.f(f"uq_{VERSION}_feature_id_version")),
    )
    op.create_index(f"ix_{VERSION}_saved_by_id", VERSION, ["saved_by_id"])


def reference(column: str, table: str, ondelete: str) -> sa.ForeignKeyConstraint:
    """Let a column of versions refer to the rows of a table."""
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{VERSION}_{column}"), ondelete=ondelete)


def downgrade() -> None:
    """Take this revision back; features stay as they are, what they were before is gone."""
    op.drop_table(VERSION)
