"""Create baselines.

Revision ID: screenshots_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import JsonDocument, UtcDateTime

revision = "screenshots_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "screenshots_baseline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_digest", sa.String(length=64), nullable=False),
        sa.Column("feature_id", sa.Integer(), nullable=False),
        sa.Column("step_uuid", sa.String(length=36), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("viewport", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=True),
        sa.Column("valid_until", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("regions", JsonDocument, nullable=False),
        sa.Column("max_diff", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screenshots_baseline")),
        sa.ForeignKeyConstraint(
            ["feature_id"],
            ["features_feature.id"],
            ondelete="CASCADE",
            name=op.f("fk_screenshots_baseline_feature_id_features_feature"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["accounts_account.id"],
            ondelete="SET NULL",
            name=op.f("fk_screenshots_baseline_decided_by_accounts_account"),
        ),
    )
    op.create_index("ix_screenshots_baseline_key_digest", "screenshots_baseline", ["key_digest", "id"])
    op.create_index("ix_screenshots_baseline_feature_id", "screenshots_baseline", ["feature_id", "step_uuid"])
    op.create_index("ix_screenshots_baseline_sha256", "screenshots_baseline", ["department_id", "sha256"])
    op.create_index("ix_screenshots_baseline_decided_by", "screenshots_baseline", ["decided_by"])


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("screenshots_baseline")
