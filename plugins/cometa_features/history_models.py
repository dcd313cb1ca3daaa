"""Table of the versions of features.  Contract: rest-api A6.8 (history entry), B5."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cometa_accounts.api import Account
from cometa_core.db.base import Model
from cometa_features.models import Feature


class FeatureVersion(Model):
    """A feature as one save left it; the newest row of a feature is what it is now."""

    __tablename__ = "features_version"
    # Also the index of the list: all versions of a feature, newest first.
    __table_args__ = (UniqueConstraint("feature_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    feature_id: Mapped[int] = mapped_column(ForeignKey(Feature.id, ondelete="CASCADE"))
    version: Mapped[int]
    saved_at: Mapped[datetime]
    # Indexed for the removal of accounts.
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id", ondelete="SET NULL"), index=True)
    # The writable fields, and the number of steps under steps_count.
    fields: Mapped[dict[str, Any]]
    # Rows as they are sent, without what has its default; lists of versions do without them.
    steps: Mapped[list[Any]] = mapped_column(deferred=True)

    saved_by: Mapped[Account | None] = relationship()
