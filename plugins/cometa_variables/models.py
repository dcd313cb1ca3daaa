"""Tables of variables and of the names that steps write.  Contract: rest-api A4.8, A5."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from cometa_accounts.api import Account, Department
from cometa_catalog.api import Environment
from cometa_core.db.base import Model
from cometa_features.api import Feature

LONGEST_NAME = 100


class Variable(Model):
    """A value that steps can name, of a department, of an environment in it, or of a feature there."""

    __tablename__ = "variables_variable"
    __audited__ = True
    __table_args__ = (
        # Databases take two nulls for different, so the key holds 0 instead.
        UniqueConstraint(
            "department_id", "environment_key", "feature_key", "name", "based", name="uq_variables_variable_key"
        ),
        Index("ix_variables_variable_environment_id", "environment_id", "based", "name"),
        Index("ix_variables_variable_feature_id", "feature_id"),
        Index("ix_variables_variable_name", "name", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("accounts_department.id", ondelete="CASCADE"))
    environment_id: Mapped[int | None] = mapped_column(ForeignKey("catalog_environment.id"))
    feature_id: Mapped[int | None] = mapped_column(ForeignKey("features_feature.id", ondelete="CASCADE"))
    environment_key: Mapped[int] = mapped_column(default=0)
    feature_key: Mapped[int] = mapped_column(default=0)
    # department, environment or feature.
    based: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    # A ciphertext when it is encrypted.
    value: Mapped[str] = mapped_column(Text, info={"secret": True})
    encrypted: Mapped[bool] = mapped_column(default=False)
    created_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("accounts_account.id", ondelete="SET NULL"), index=True
    )
    updated_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("accounts_account.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    department: Mapped[Department] = relationship()
    environment: Mapped[Environment | None] = relationship()
    feature: Mapped[Feature | None] = relationship()
    created_by: Mapped[Account | None] = relationship(foreign_keys=[created_by_id])
    updated_by: Mapped[Account | None] = relationship(foreign_keys=[updated_by_id])

    @validates("environment_id")
    def follow_environment(self, _key: str, number: int | None) -> int | None:
        """Keep the part of the key."""
        self.environment_key = number or 0
        return number

    @validates("feature_id")
    def follow_feature(self, _key: str, number: int | None) -> int | None:
        """Keep the part of the key."""
        self.feature_key = number or 0
        return number


class NamedVariable(Model):
    """A name that steps of a feature write; renewed with each save of the feature, so that no list reads steps."""

    __tablename__ = "variables_named"
    __table_args__ = (Index("ix_variables_named_name", "name", "feature_id"),)

    feature_id: Mapped[int] = mapped_column(ForeignKey("features_feature.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
