"""Features and steps as answers; names of other objects are read from their rows.  Contract: rest-api A4.3, A4.4."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy.orm import Session

from cometa_accounts.api import Account
from cometa_catalog.api import application_names, environment_names
from cometa_core.scope import Scope
from cometa_core.web.fields import Timestamp
from cometa_features.models import Feature, Step
from cometa_features.scheduling import keeper_of
from cometa_features.services.reading import step_timeouts
from cometa_features.services.texts import ListedStep, StepKind, threshold


class BasicUser(BaseModel):
    """An account as other objects name it."""

    user_id: int
    name: str
    email: str


class FeatureOut(BaseModel):
    """What testers wrote, where it belongs, how it is run and what its latest run was."""

    feature_id: int
    version: int
    feature_name: str
    slug: str
    description: str | None
    app_id: int
    app_name: str
    environment_id: int
    environment_name: str
    department_id: int
    department_name: str
    folder_id: int | None
    steps: int
    browsers: list[dict[str, Any]]
    mobiles: list[Any]
    cloud: str
    schedule: str
    original_cron: str
    original_timezone: str
    video: bool
    network_logging: bool
    generate_dataset: bool
    continue_on_failure: bool
    need_help: bool
    depends_on_others: bool
    depends_on_other: bool
    send_mail: bool
    send_mail_on_error: bool
    attach_pdf_report_to_email: bool
    do_not_use_default_template: bool
    check_maximum_notification_on_error: bool
    maximum_notification_on_error: int
    number_notification_sent: int
    email_address: list[str]
    email_cc_address: list[str]
    email_bcc_address: list[str]
    email_subject: str | None
    email_body: str | None
    send_telegram_notification: bool
    telegram_options: dict[str, Any] | None
    screenshot: Literal[""] = ""
    compare: Literal[""] = ""
    is_feature_file_being_created: Literal[False] = False
    created_on: Timestamp
    last_edited_date: Timestamp
    created_by: BasicUser | None
    last_edited: BasicUser | None
    info: dict[str, Any] | None


class StepOut(BaseModel):
    """A row of a step list."""

    id: int
    step_uuid: str
    feature_id: int
    step_name: str
    step_content: str
    step_keyword: str
    step_action: str | None
    enabled: bool
    step_type: StepKind
    screenshot: bool
    compare: bool
    belongs_to: int
    timeout: int
    continue_on_failure: bool
    params: dict[str, str] | None
    max_diff: float | str | None
    ignore_regions: list[Any] | None


COPIED = tuple(
    name
    for name in FeatureOut.model_fields
    if name in Feature.__mapper__.columns and name not in {"info", "created_by", "last_edited"}
)
"""Fields that an answer takes from columns of the same name."""


def present_features(scope: Scope, features: Sequence[Feature]) -> list[FeatureOut]:
    """Present features with a constant number of queries; departments and accounts must be loaded with them."""
    applications = application_names(scope.session, {feature.app_id for feature in features})
    environments = environment_names(scope.session, {feature.environment_id for feature in features})
    schedules = keeper_of(scope.runtime).texts(scope.session, {feature.id for feature in features})
    return [_present(feature, applications, environments, schedules.get(feature.id)) for feature in features]


def present_feature(scope: Scope, feature: Feature) -> FeatureOut:
    """Present one feature."""
    return present_features(scope, [feature])[0]


def _present(
    feature: Feature,
    applications: Mapping[int, str],
    environments: Mapping[int, str],
    schedule: tuple[str, str] | None,
) -> FeatureOut:
    cron, zone = schedule or ("", "")
    return FeatureOut(
        **{name: getattr(feature, name) for name in COPIED},
        feature_id=feature.id,
        app_name=applications.get(feature.app_id, ""),
        environment_name=environments.get(feature.environment_id, ""),
        department_name=feature.department.name,
        depends_on_other=feature.depends_on_others,
        schedule=cron,
        original_cron=cron,
        original_timezone=zone,
        created_by=_user(feature.created_by),
        last_edited=_user(feature.last_edited_by),
        info=feature.info,
    )


def _user(account: Account | None) -> BasicUser | None:
    return None if account is None else BasicUser(user_id=account.id, name=account.name, email=account.email)


def present_steps(session: Session, rows: Collection[ListedStep]) -> list[StepOut]:
    """Present rows of step lists; one query for the timeouts of their departments."""
    timeouts = step_timeouts(session, {row.listed_in for row in rows})
    return [_step(row.step, row, timeouts[row.listed_in]) for row in rows]


def _step(step: Step, row: ListedStep, default_timeout: int) -> StepOut:
    return StepOut(
        id=step.id,
        step_uuid=step.uuid,
        feature_id=row.listed_in,
        step_name=step.content,
        step_content=step.content,
        step_keyword=step.keyword,
        step_action=step.action,
        enabled=step.enabled,
        step_type=row.kind,
        screenshot=step.screenshot,
        compare=step.compare,
        belongs_to=step.feature_id,
        timeout=default_timeout if step.timeout is None else step.timeout,
        continue_on_failure=step.continue_on_failure,
        params=step.params,
        max_diff=threshold(step.max_diff),
        ignore_regions=step.ignore_regions,
    )
