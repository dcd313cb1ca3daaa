"""Create applications, environments, browsers and clouds.

Revision ID: catalog_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import JsonDocument, UtcDateTime

revision = "catalog_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "catalog_application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("slug", sa.String(length=110), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_application")),
        sa.UniqueConstraint("name_key", name=op.f("uq_catalog_application_name_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_catalog_application_slug")),
    )
    op.create_table(
        "catalog_browser",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("spec", JsonDocument, nullable=False),
        sa.Column("spec_key", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("machines", JsonDocument, nullable=False),
        sa.Column("path", sa.String(length=500), nullable=True),
        sa.Column("driver_path", sa.String(length=500), nullable=True),
        sa.Column("last_seen", UtcDateTime(), nullable=True),
        sa.Column("vanished", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_browser")),
        sa.UniqueConstraint("spec_key", name=op.f("uq_catalog_browser_spec_key")),
    )
    op.create_table(
        "catalog_cloud",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("max_concurrency", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_cloud")),
        sa.UniqueConstraint("name", name=op.f("uq_catalog_cloud_name")),
    )
    op.create_table(
        "catalog_environment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_environment")),
        sa.UniqueConstraint("name_key", name=op.f("uq_catalog_environment_name_key")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("catalog_environment")
    op.drop_table("catalog_cloud")
    op.drop_table("catalog_browser")
    op.drop_table("catalog_application")
