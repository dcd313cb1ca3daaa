"""Create the table of scores.

Revision ID: scoreboard_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from cometa_core.db.base import UtcDateTime

revision = "scoreboard_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "scoreboard_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("player", sa.String(length=255), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["accounts_department.id"],
            name=op.f("fk_scoreboard_score_department_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoreboard_score")),
        sa.UniqueConstraint("department_id", "player", name=op.f("uq_scoreboard_score_department_id_player")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("scoreboard_score")
