"""Keep what only external runners say about a result, know results that were made elsewhere, and find videos.

Revision ID: executions_0004
Revises: executions_0003
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import JsonDocument

revision = "executions_0004"
down_revision = "executions_0003"
branch_labels = None
depends_on = None

RESULT = "executions_result"
VIDEO = "ix_executions_artifact_video"


def upgrade() -> None:
    """Apply this revision."""
    op.add_column(RESULT, sa.Column("report", JsonDocument, nullable=True))
    # The default stays: taking it away rewrites the table on SQLite, and with it everything that refers to it.
    op.add_column(RESULT, sa.Column("external", sa.Boolean(), nullable=False, server_default=sa.false()))
    is_video = sa.text("role = 'video'")
    op.create_index(VIDEO, "executions_artifact", ["name"], sqlite_where=is_video, postgresql_where=is_video)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index(VIDEO, "executions_artifact")
    op.drop_column(RESULT, "external")
    op.drop_column(RESULT, "report")
