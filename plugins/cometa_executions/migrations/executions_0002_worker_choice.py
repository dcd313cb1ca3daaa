"""Let workers say which queues and browsers they take.

Revision ID: executions_0002
Revises: executions_0001
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import JsonDocument

revision = "executions_0002"
down_revision = "executions_0001"
branch_labels = None
depends_on = None

TABLE = "executions_worker"


def upgrade() -> None:
    """Apply this revision; workers write their row anew within seconds, so known ones are forgotten."""
    op.execute(sa.delete(sa.table(TABLE)))
    for name in ("queues", "browsers"):
        # SQLite adds no column without default, not even to an empty table.
        op.add_column(TABLE, sa.Column(name, JsonDocument, nullable=False, server_default="[]"))
    with op.batch_alter_table(TABLE) as table:
        for name in ("queues", "browsers"):
            table.alter_column(name, server_default=None)


def downgrade() -> None:
    """Take this revision back."""
    with op.batch_alter_table(TABLE) as table:
        for name in ("browsers", "queues"):
            table.drop_column(name)
