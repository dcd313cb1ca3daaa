"""The table of the plugin; its name begins with the name of the plugin."""

from datetime import datetime

from cometa_core.db.base import Model
from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column


class Score(Model):
    """The points of a player in a department."""

    __tablename__ = "scoreboard_score"
    __table_args__ = (UniqueConstraint("department_id", "player"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("accounts_department.id", ondelete="CASCADE"))
    player: Mapped[str] = mapped_column(String(255))
    points: Mapped[int]
    updated_at: Mapped[datetime]
