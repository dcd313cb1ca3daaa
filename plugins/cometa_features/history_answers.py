"""Versions of features as answers.  Contract: rest-api B5 (history)."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from cometa_core.web.fields import Timestamp
from cometa_core.web.validation import Body
from cometa_features.answers import BasicUser
from cometa_features.history_documents import STEP_DEFAULTS
from cometa_features.history_models import FeatureVersion


class RestoreBody(Body):
    """How a version is restored."""

    version: int | None = Field(default=None, description="Version that the feature must have now; default: any.")


class HistoryEntry(BaseModel):
    """What a save left, without its steps; ids are those of that time."""

    backup_id: int
    feature_id: int
    version: int
    saved_at: Timestamp
    timestamp: Timestamp = Field(description="The same as `saved_at`.")
    user: BasicUser | None
    user_id: int | None
    user_name: str | None
    feature_name: str
    description: str | None
    steps_count: int
    app_id: int
    environment_id: int
    department_id: int
    folder_id: int | None
    browsers: list[dict[str, Any]]
    mobiles: list[Any]
    cloud: str
    schedule: Literal[""] = Field(default="", description="Schedules are no part of the text of a feature.")
    video: bool
    network_logging: bool
    generate_dataset: bool
    continue_on_failure: bool
    need_help: bool
    depends_on_others: bool
    send_mail: bool
    send_mail_on_error: bool
    attach_pdf_report_to_email: bool
    do_not_use_default_template: bool
    check_maximum_notification_on_error: bool
    maximum_notification_on_error: int
    email_address: list[str]
    email_cc_address: list[str]
    email_bcc_address: list[str]
    email_subject: str | None
    email_body: str | None
    send_telegram_notification: bool
    telegram_options: dict[str, Any] | None


class HistoryStep(BaseModel):
    """A row of a step list as it was; without a timeout of its own it followed the department."""

    step_uuid: str
    step_content: str
    step_name: str
    step_keyword: str
    step_action: str | None
    enabled: bool
    screenshot: bool
    compare: bool
    continue_on_failure: bool
    timeout: int | None
    params: dict[str, str] | None
    max_diff: float | str | None
    ignore_regions: list[Any] | None


class HistoryVersion(HistoryEntry):
    """The whole state that a save left."""

    steps: list[HistoryStep]


def present_entry(row: FeatureVersion) -> HistoryEntry:
    """Present a version without its steps; its author must be loaded with it."""
    return HistoryEntry(**_entry(row))


def present_version(row: FeatureVersion) -> HistoryVersion:
    """Present a version with its steps."""
    steps = [HistoryStep(**{**STEP_DEFAULTS, **step, "step_name": step["step_content"]}) for step in row.steps]
    return HistoryVersion(**_entry(row), steps=steps)


def _entry(row: FeatureVersion) -> dict[str, Any]:
    author = row.saved_by
    user = None if author is None else BasicUser(user_id=author.id, name=author.name, email=author.email)
    return {
        **row.fields,
        "backup_id": row.id,
        "feature_id": row.feature_id,
        "version": row.version,
        "saved_at": row.saved_at,
        "timestamp": row.saved_at,
        "user": user,
        "user_id": None if user is None else user.user_id,
        "user_name": None if user is None else user.name,
    }
