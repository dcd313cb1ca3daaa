"""Keep what only external runners say about a result, and know results that were made elsewhere.

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


def upgrade() -> None:
    """Apply this revision."""
    op.add_column(RESULT, sa.Column("report", JsonDocument, nullable=True))
    # The default stays: taking it away rewrites the table on SQLite, and with it everything that refers to it.
    op.add_column(RESULT, sa.Column("external", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take this revision back."""
    op.drop_column(RESULT, "external")
    op.drop_column(RESULT, "report")
