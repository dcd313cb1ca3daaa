"""Table of folders, in which the features of a department are sorted.  Contract: rest-api A4.9, A5."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cometa_accounts.api import Account, Department
from cometa_core.db.base import Model


class Folder(Model):
    """A place for features; its department is always that of its parent, and parents never form a circle."""

    __tablename__ = "features_folder"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    # Folders go with their department, sub-folders with their folder.
    department_id: Mapped[int] = mapped_column(ForeignKey("accounts_department.id", ondelete="CASCADE"), index=True)
    # Empty: directly below Home.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("features_folder.id", ondelete="CASCADE"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id", ondelete="SET NULL"), index=True)
    created_on: Mapped[datetime]

    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    owner: Mapped[Account | None] = relationship()
