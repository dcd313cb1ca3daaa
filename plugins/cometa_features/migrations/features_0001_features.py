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


FLAGS = (
    "video", "network_logging", "generate_dataset", "continue_on_failure", "need_help", "depends_on_others",
    "send_mail", "send_mail_on_error", "attach_pdf_report_to_email", "do_not_use_default_template",
    "check_maximum_notification_on_error", "send_telegram_notification",
)  # fmt: skip
LISTS = ("browsers", "mobiles", "email_address", "email_cc_address", "email_bcc_address")
INDEXED = ("feature_name", "slug", "app_id", "environment_id", "created_by_id", "last_edited_by_id")


def upgrade() -> None:
    """Apply this revision."""
    create_features()
    create_steps()


def create_features() -> None:
    """Create the table of features and what finds them."""
    op.create_table(
        "features_feature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("feature_name", sa.String(255), nullable=False),
        sa.Column("slug", sa.String(255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        reference("app_id", "catalog_application"),
        reference("environment_id", "catalog_environment"),
        reference("department_id", "accounts_department"),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("cloud", sa.String(255), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in FLAGS),
        *(sa.Column(name, JsonDocument, nullable=False) for name in LISTS),
        sa.Column("maximum_notification_on_error", sa.Integer(), nullable=False),
        sa.Column("number_notification_sent", sa.Integer(), nullable=False),
        sa.Column("email_subject", sa.String(250), nullable=True),
        sa.Column("email_body", sa.Text(), nullable=True),
        sa.Column("telegram_options", JsonDocument, nullable=True),
        sa.Column("created_on", UtcDateTime(), nullable=False),
        sa.Column("last_edited_date", UtcDateTime(), nullable=False),
        reference("created_by_id", "accounts_account", optional=True),
        reference("last_edited_by_id", "accounts_account", optional=True),
        sa.Column("info", JsonDocument, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_features_feature")),
    )
    op.create_index("ix_features_feature_department_id", "features_feature", ["department_id", "feature_name"])
    for column in INDEXED:
        op.create_index(f"ix_features_feature_{column}", "features_feature", [column])


def reference(name: str, table: str, *, optional: bool = False) -> "sa.Column[int]":
    """Make a column that refers to a row of another plugin; an optional one becomes empty with its row."""
    target = sa.ForeignKey(
        f"{table}.id", name=op.f(f"fk_features_feature_{name}"), ondelete="SET NULL" if optional else None
    )
    return sa.Column(name, sa.Integer(), target, nullable=optional)


def create_steps() -> None:
    """Create the table of steps."""
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
