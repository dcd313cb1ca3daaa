"""Let schedules pause, end and have parameters; keep the fires of removed ones.

Revision ID: schedules_0002
Revises: schedules_0001
"""

import sqlalchemy as sa
from alembic import op

from cometa_core.db.base import JsonDocument, UtcDateTime

revision = "schedules_0002"
down_revision = "schedules_0001"
branch_labels = None
depends_on = None

SCHEDULE = "schedules_schedule"
FIRE = "schedules_fire"
OLD_FIRE_SCHEDULE = f"fk_{FIRE}_schedule_id"


def upgrade() -> None:
    """Apply this revision."""
    with op.batch_alter_table(SCHEDULE) as batch:
        batch.add_column(sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch.add_column(sa.Column("expires_at", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("parameters", JsonDocument, server_default="{}", nullable=False))
    with op.batch_alter_table(SCHEDULE) as batch:
        # The model gives it to every new row.
        batch.alter_column("parameters", server_default=None)
    with op.batch_alter_table(FIRE) as batch:
        batch.add_column(sa.Column("feature_id", sa.Integer(), nullable=True))
    schedule, fire = _tables()
    owner = sa.select(schedule.c.feature_id).where(schedule.c.id == fire.c.schedule_id).scalar_subquery()
    op.execute(sa.update(fire).values(feature_id=owner))
    _change_fires(nullable=True, ondelete="SET NULL")
    op.create_index(f"ix_{FIRE}_feature_id", FIRE, ["feature_id", "planned_at"])


def _tables() -> tuple[sa.TableClause, sa.TableClause]:
    columns = [sa.column(name, sa.Integer()) for name in ("id", "feature_id", "schedule_id")]
    return sa.table(SCHEDULE, columns[0], columns[1]), sa.table(FIRE, *(sa.column(each.name) for each in columns))


def _change_fires(*, nullable: bool, ondelete: str) -> None:
    with op.batch_alter_table(FIRE) as batch:
        batch.alter_column("feature_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("schedule_id", existing_type=sa.Integer(), nullable=nullable)
        batch.drop_constraint(OLD_FIRE_SCHEDULE, type_="foreignkey")
        batch.create_foreign_key(OLD_FIRE_SCHEDULE, SCHEDULE, ["schedule_id"], ["id"], ondelete=ondelete)
        if nullable:
            batch.create_foreign_key(
                f"fk_{FIRE}_feature_id", "features_feature", ["feature_id"], ["id"], ondelete="CASCADE"
            )


def downgrade() -> None:
    """Take this revision back; the fires of removed schedules are forgotten."""
    _, fire = _tables()
    op.execute(sa.delete(fire).where(fire.c.schedule_id.is_(None)))
    op.drop_index(f"ix_{FIRE}_feature_id", FIRE)
    _change_fires(nullable=False, ondelete="CASCADE")
    with op.batch_alter_table(FIRE) as batch:
        batch.drop_constraint(f"fk_{FIRE}_feature_id", type_="foreignkey")
        batch.drop_column("feature_id")
    with op.batch_alter_table(SCHEDULE) as batch:
        for name in ("parameters", "expires_at", "active"):
            batch.drop_column(name)
