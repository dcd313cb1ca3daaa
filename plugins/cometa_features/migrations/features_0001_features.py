"""Create features and steps.

Revision ID: features_0001
Revises:
"""

import sqlalchemy as sa

from alembic import op
from cometa_core.db.base import JsonDocument, UtcDateTime

revision = "features_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "features_feature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("feature_name", sa.String(255), nullable=False),
        sa.Column("slug", sa.String(255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("environment_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("browsers", JsonDocument, nullable=False),
        sa.Column("mobiles", JsonDocument, nullable=False),
        sa.Column("cloud", sa.String(255), nullable=False),
        sa.Column("video", sa.Boolean(), nullable=False),
        sa.Column("network_logging", sa.Boolean(), nullable=False),
        sa.Column("generate_dataset", sa.Boolean(), nullable=False),
        sa.Column("continue_on_failure", sa.Boolean(), nullable=False),
        sa.Column("need_help", sa.Boolean(), nullable=False),
        sa.Column("depends_on_others", sa.Boolean(), nullable=False),
        sa.Column("send_mail", sa.Boolean(), nullable=False),
        sa.Column("send_mail_on_error", sa.Boolean(), nullable=False),
        sa.Column("attach_pdf_report_to_email", sa.Boolean(), nullable=False),
        sa.Column("do_not_use_default_template", sa.Boolean(), nullable=False),
        sa.Column("check_maximum_notification_on_error", sa.Boolean(), nullable=False),
        sa.Column("maximum_notification_on_error", sa.Integer(), nullable=False),
        sa.Column("number_notification_sent", sa.Integer(), nullable=False),
        sa.Column("email_address", JsonDocument, nullable=False),
        sa.Column("email_cc_address", JsonDocument, nullable=False),
        sa.Column("email_bcc_address", JsonDocument, nullable=False),
        sa.Column("email_subject", sa.String(250), nullable=True),
        sa.Column("email_body", sa.Text(), nullable=True),
        sa.Column("send_telegram_notification", sa.Boolean(), nullable=False),
        sa.Column("telegram_options", JsonDocument, nullable=True),
        sa.Column("created_on", UtcDateTime(), nullable=False),
        sa.Column("last_edited_date", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("last_edited_by_id", sa.Integer(), nullable=True),
        sa.Column("info", JsonDocument, nullable=True),
        sa.ForeignKeyConstraint(["app_id"], ["catalog_application.id"], name=op.f("fk_features_feature_app_id")),
        sa.ForeignKeyConstraint(
            ["environment_id"], ["catalog_environment.id"], name=op.f("fk_features_feature_environment_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["accounts_department.id"], name=op.f("fk_features_feature_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["accounts_account.id"],
            name=op.f("fk_features_feature_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["last_edited_by_id"],
            ["accounts_account.id"],
            name=op.f("fk_features_feature_last_edited_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_features_feature")),
    )
    op.create_index("ix_features_feature_department_id", "features_feature", ["department_id", "feature_name"])
    op.create_index("ix_features_feature_feature_name", "features_feature", ["feature_name"])
    for column in ("app_id", "environment_id", "created_by_id", "last_edited_by_id", "slug"):
        op.create_index(f"ix_features_feature_{column}", "features_feature", [column])
    op.create_table(
        "features_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(36), nullable=False),
        sa.Column("feature_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("keyword", sa.String(10), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("action", sa.String(255), nullable=True),
        sa.Column("params", JsonDocument, nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("screenshot", sa.Boolean(), nullable=False),
        sa.Column("compare", sa.Boolean(), nullable=False),
        sa.Column("continue_on_failure", sa.Boolean(), nullable=False),
        sa.Column("timeout", sa.Integer(), nullable=True),
        sa.Column("max_diff", sa.String(20), nullable=True),
        sa.Column("ignore_regions", JsonDocument, nullable=True),
        sa.Column("calls_id", sa.BigInteger(), nullable=True),
        sa.Column("calls_name", sa.String(255), nullable=True),
        sa.ForeignKeyConstraint(
            ["feature_id"], ["features_feature.id"], name=op.f("fk_features_step_feature_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_features_step")),
        sa.UniqueConstraint("uuid", name=op.f("uq_features_step_uuid")),
    )
    op.create_index("ix_features_step_feature_id", "features_step", ["feature_id", "position"])


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("features_step")
    op.drop_table("features_feature")
