"""Create comparisons of own runs and the thresholds of features.

Revision ID: screenshots_0002
Revises: screenshots_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "screenshots_0002"
down_revision = "screenshots_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "screenshots_comparison",
        sa.Column("step_result_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("family", sa.String(length=40), nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("viewport", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("baseline_id", sa.Integer(), nullable=True),
        sa.Column("allowed", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("step_result_id", name=op.f("pk_screenshots_comparison")),
        sa.ForeignKeyConstraint(
            ["step_result_id"],
            ["executions_step_result.id"],
            ondelete="CASCADE",
            name=op.f("fk_screenshots_comparison_step_result_id_executions_step_result"),
        ),
        sa.ForeignKeyConstraint(
            ["baseline_id"],
            ["screenshots_baseline.id"],
            ondelete="SET NULL",
            name=op.f("fk_screenshots_comparison_baseline_id_screenshots_baseline"),
        ),
    )
    op.create_index("ix_screenshots_comparison_baseline_id", "screenshots_comparison", ["baseline_id"])
    op.create_table(
        "screenshots_feature_rule",
        sa.Column("feature_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("max_diff", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("feature_id", name=op.f("pk_screenshots_feature_rule")),
        sa.ForeignKeyConstraint(
            ["feature_id"],
            ["features_feature.id"],
            ondelete="CASCADE",
            name=op.f("fk_screenshots_feature_rule_feature_id_features_feature"),
        ),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("screenshots_feature_rule")
    op.drop_table("screenshots_comparison")
