"""Tables of features and their steps.  Contract: rest-api A4.3, A4.4."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cometa_accounts.api import Account, Department
from cometa_core.db.base import Model
from cometa_features.folder_models import Folder


class Feature(Model):
    """What testers write: a named list of steps, where it belongs and how it is run."""

    __tablename__ = "features_feature"
    __audited__ = True
    __table_args__ = (
        # Sub-features are looked up by name, lists are filtered by department.
        Index("ix_features_feature_department_id", "department_id", "feature_name"),
        Index("ix_features_feature_feature_name", "feature_name"),
        Index("ix_features_feature_app_id", "app_id"),
        Index("ix_features_feature_environment_id", "environment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    feature_name: Mapped[str] = mapped_column(String(255))
    slug: Mapped[str] = mapped_column(String(255), index=True)
    description: Mapped[str | None] = mapped_column(Text)
    app_id: Mapped[int] = mapped_column(ForeignKey("catalog_application.id"))
    environment_id: Mapped[int] = mapped_column(ForeignKey("catalog_environment.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("accounts_department.id"))
    # Of the same department; empty: its root.
    folder_id: Mapped[int | None] = mapped_column(ForeignKey(Folder.id, ondelete="SET NULL"), index=True)
    # Enabled rows; kept here so that lists need not count them.
    steps: Mapped[int] = mapped_column(default=0)
    browsers: Mapped[list[Any]] = mapped_column(default=list)
    mobiles: Mapped[list[Any]] = mapped_column(default=list)
    cloud: Mapped[str] = mapped_column(String(255), default="local")

    video: Mapped[bool] = mapped_column(default=True)
    network_logging: Mapped[bool] = mapped_column(default=False)
    generate_dataset: Mapped[bool] = mapped_column(default=False)
    continue_on_failure: Mapped[bool] = mapped_column(default=False)
    need_help: Mapped[bool] = mapped_column(default=False)
    depends_on_others: Mapped[bool] = mapped_column(default=False)

    send_mail: Mapped[bool] = mapped_column(default=False)
    send_mail_on_error: Mapped[bool] = mapped_column(default=False)
    attach_pdf_report_to_email: Mapped[bool] = mapped_column(default=True)
    do_not_use_default_template: Mapped[bool] = mapped_column(default=False)
    check_maximum_notification_on_error: Mapped[bool] = mapped_column(default=False)
    maximum_notification_on_error: Mapped[int] = mapped_column(default=0)
    number_notification_sent: Mapped[int] = mapped_column(default=0)
    email_address: Mapped[list[Any]] = mapped_column(default=list)
    email_cc_address: Mapped[list[Any]] = mapped_column(default=list)
    email_bcc_address: Mapped[list[Any]] = mapped_column(default=list)
    email_subject: Mapped[str | None] = mapped_column(String(250))
    email_body: Mapped[str | None] = mapped_column(Text)
    send_telegram_notification: Mapped[bool] = mapped_column(default=False)
    telegram_options: Mapped[dict[str, Any] | None]

    created_on: Mapped[datetime]
    last_edited_date: Mapped[datetime]
    # Indexed for the removal of accounts.
    created_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("accounts_account.id", ondelete="SET NULL"), index=True
    )
    last_edited_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("accounts_account.id", ondelete="SET NULL"), index=True
    )
    # Written by the plugin that executes features.
    info: Mapped[dict[str, Any] | None]

    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    created_by: Mapped[Account | None] = relationship(foreign_keys=[created_by_id])
    last_edited_by: Mapped[Account | None] = relationship(foreign_keys=[last_edited_by_id])


class Step(Model):
    """One row that an author wrote; its uuid survives saves and reordering."""

    __tablename__ = "features_step"
    __table_args__ = (
        UniqueConstraint("uuid"),
        Index("ix_features_step_feature_id", "feature_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36))
    feature_id: Mapped[int] = mapped_column(ForeignKey("features_feature.id", ondelete="CASCADE"))
    # From 0; not unique, since rows change places within one save.
    position: Mapped[int] = mapped_column(Integer)
    keyword: Mapped[str] = mapped_column(String(10), default="Given")
    content: Mapped[str] = mapped_column(Text)
    action: Mapped[str | None] = mapped_column(String(255))
    params: Mapped[dict[str, Any] | None]
    enabled: Mapped[bool] = mapped_column(default=True)
    screenshot: Mapped[bool] = mapped_column(default=False)
    compare: Mapped[bool] = mapped_column(default=False)
    continue_on_failure: Mapped[bool] = mapped_column(default=False)
    # Seconds; empty = the step_timeout of the department at the time of the run.
    timeout: Mapped[int | None]
    # A number of pixels or a share such as 0.1%, as text so that both fit.
    max_diff: Mapped[str | None] = mapped_column(String(20))
    ignore_regions: Mapped[list[Any] | None]
    # What a "Run feature" row names, found with the vocabulary when the row was saved; empty for all others.
    calls_id: Mapped[int | None] = mapped_column(BigInteger)
    calls_name: Mapped[str | None] = mapped_column(String(255))
