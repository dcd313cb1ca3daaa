"""Creating, changing and deleting features.  Contract: rest-api A1.6, A5, A6.8."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from slugify import slugify
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from cometa_accounts.api import unique_slug
from cometa_core.contracts.change import ResourceChange
from cometa_core.errors import Conflict, Forbidden
from cometa_core.scope import Scope
from cometa_features.models import Feature
from cometa_features.scheduling import keeper_of
from cometa_features.schemas import FeatureCreate, FeatureFields, FeatureUpdate
from cometa_features.services.announcing import announce_saved
from cometa_features.services.folders_announcing import announce_folders
from cometa_features.services.graph import call_graph
from cometa_features.services.history import keep_version
from cometa_features.services.reading import visible_feature
from cometa_features.services.references import browser_spec, check_references
from cometa_features.services.steps import save_steps

NOT_COLUMNS = frozenset({"browser_id", "feature_id", "original_timezone", "schedule", "steps_content", "version"})
"""Fields of a body that are not columns of the feature."""

LONGEST_SLUG = 240
"""Characters of a slug without the suffix that makes it unique."""

ETAG = re.compile(r'(?:W/)?"(?P<feature>\d{1,18})-(?P<version>\d{1,18})"')
COLUMN_OF_REFERENCE = {"application": Feature.app_id, "environment": Feature.environment_id,
                       "department": Feature.department_id}  # fmt: skip


def store_feature(scope: Scope, body: FeatureCreate) -> Feature:
    """Create a feature with its steps.

    Raises:
        BadRequest: ``invalid_reference``.
        Invalid: ``invalid_cron``.
        Conflict: ``feature_cycle``.
    """
    sent = body.model_dump(exclude_unset=True)
    check_references(scope, sent)
    moment, author = scope.now(), scope.identity.account_id
    feature = Feature(
        **body.model_dump(exclude=set(NOT_COLUMNS) | {"browsers"}),
        slug=slug_of(scope.session, body.feature_name),
        browsers=_browsers(scope, body),
        created_on=moment,
        last_edited_date=moment,
        created_by_id=author,
        last_edited_by_id=author,
    )
    scope.session.add(feature)
    scope.session.flush()
    save_steps(scope, feature, body.steps_content)
    _save_schedule(scope, feature, sent)
    return _saved(scope, feature, "create", {feature.department_id})


def change_feature(scope: Scope, feature: Feature, body: FeatureUpdate, if_match: str | None = None) -> Feature:
    """Change the sent fields of a feature that is held for change.

    Args:
        scope: unit of work with the caller.
        feature: visible feature, read with ``for_change``.
        body: what was sent.
        if_match: value of the header ``If-Match``.

    Raises:
        BadRequest: ``invalid_reference``.
        Invalid: ``invalid_cron``.
        Conflict: ``version_conflict`` or ``feature_cycle``.

    Contract: R-024, R-128.
    """
    sent = _without_left_folder(feature, body.model_dump(exclude_unset=True))
    check_references(scope, {"department_id": feature.department_id, **sent})
    _check_version(feature, body.version, if_match)
    touched = {feature.department_id, sent.get("department_id", feature.department_id)}
    for name in sent.keys() - NOT_COLUMNS - {"browsers"}:
        setattr(feature, name, sent[name])
    if {"browsers", "browser_id"} & sent.keys():
        feature.browsers = _browsers(scope, body)
    if "feature_name" in sent:
        feature.slug = slug_of(scope.session, feature.feature_name, own=feature.slug)
    if "steps_content" in sent:
        save_steps(scope, feature, body.steps_content)
    feature.version += 1
    feature.last_edited_date = scope.now()
    feature.last_edited_by_id = scope.identity.account_id
    _save_schedule(scope, feature, sent)
    return _saved(scope, feature, "update", touched)


def delete_feature(scope: Scope, feature: Feature) -> None:
    """Delete a feature with everything that hangs on it.

    Raises:
        Forbidden: the caller neither has the flag nor created it.
        Conflict: ``feature_running`` or ``archived``, from the plugin that executes features.

    Contract: R-130, R-131.
    """
    identity = scope.identity
    if not identity.may("delete_feature") and feature.created_by_id != identity.account_id:
        raise Forbidden("You do not have the permission delete_feature, and somebody else created this feature.")
    _tell(scope, feature, "delete")
    department_id = feature.department_id
    scope.session.execute(delete(Feature).where(Feature.id == feature.id))
    announce_folders(scope, {department_id})


def refuse_removal_of_used(change: ResourceChange, scope: Scope) -> None:
    """Refuse to delete an application, environment or department that a feature uses.  Contract: rest-api A5, R-086."""
    column = COLUMN_OF_REFERENCE.get(change.kind)
    if column is None or change.action != "delete":
        return
    used = scope.session.scalar(select(func.count()).select_from(Feature).where(column == change.identifier))
    if used:
        features = "1 feature uses" if used == 1 else f"{used} features use"
        raise Conflict(f"{features} this {change.kind}. Change or delete them first.", code="in_use")


def set_latest_run(session: Session, feature_id: int, info: dict[str, Any] | None) -> None:
    """Set what a feature shows of its latest run; neither version nor editor change.  Contract: R-120."""
    session.execute(update(Feature).where(Feature.id == feature_id).values(info=info))


def slug_of(session: Session, name: str, own: str | None = None) -> str:
    """Make the slug of a feature; transliteration can make a name longer than the column."""
    return unique_slug(session, Feature.slug, slugify(name, max_length=LONGEST_SLUG) or "feature", own=own)


def _browsers(scope: Scope, body: FeatureFields) -> list[dict[str, Any]]:
    """Take the sent list, else the spec of the named row."""
    if "browsers" in body.model_fields_set or body.browser_id is None:
        return body.browsers
    return [browser_spec(scope, body.browser_id)]


def _without_left_folder(feature: Feature, sent: dict[str, Any]) -> dict[str, Any]:
    """Let a feature that goes to another department leave its folder, even when an editor sends that one along."""
    leaves = sent.get("department_id", feature.department_id) != feature.department_id
    return {**sent, "folder_id": None} if leaves and sent.get("folder_id") in {None, feature.folder_id} else sent


def _save_schedule(scope: Scope, feature: Feature, sent: Mapping[str, Any]) -> None:
    """Hand what was sent about the schedule to whoever keeps it; an empty zone says nothing.  Contract: R-125."""
    about = {"schedule": (sent["schedule"] or "").strip()} if "schedule" in sent else {}
    if sent.get("original_timezone"):
        about["timezone"] = sent["original_timezone"]
    if about:
        scope.session.flush()
        keeper_of(scope.runtime).save(scope, feature, about)


def _check_version(feature: Feature, version: int | None, if_match: str | None) -> None:
    expected = [] if version is None else [(feature.id, version)]
    if if_match is not None and if_match.strip() != "*":
        found = ETAG.fullmatch(if_match.strip())
        expected.append((int(found["feature"]), int(found["version"])) if found else (0, 0))
    if any(each != (feature.id, feature.version) for each in expected):
        text = f"The feature was changed in the meantime: it has version {feature.version}. Load it again first."
        raise Conflict(text, code="version_conflict")


def _saved(scope: Scope, feature: Feature, action: str, departments: Collection[int]) -> Feature:
    scope.session.flush()
    graph = call_graph(scope.session, [feature])
    cycle = graph.cycle_through(feature.id)
    if cycle is not None:
        path = " > ".join(f"{graph.names[number]} ({number})" for number in cycle)
        raise Conflict(f"The feature would run itself: {path}.", code="feature_cycle")
    _tell(scope, feature, action)
    announce_folders(scope, departments)
    scope.session.expire(feature)
    saved = visible_feature(scope, feature.id)
    keep_version(scope, saved)
    announce_saved(scope, saved)
    return saved


def _tell(scope: Scope, feature: Feature, action: str) -> None:
    change = ResourceChange("feature", action, feature.id, feature)
    scope.runtime.plugins.dispatch.inline("cometa_resource_changing", change=change, scope=scope)
