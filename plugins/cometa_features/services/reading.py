"""Reading features, always through the filter of the caller's departments.  Contract: rest-api A3.3."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session, joinedload, lazyload

from cometa_accounts.api import Account, Department
from cometa_core.errors import Conflict, NotFound
from cometa_core.scope import Scope
from cometa_core.security.visibility import departments_of, in_departments_given_later, in_own_departments
from cometa_features.models import Feature, Step
from cometa_features.texts import USUAL_STEP_TIMEOUT


@dataclass(frozen=True)
class FeatureFilter:
    """What a list of features is narrowed to; None = not narrowed.

    Attributes:
        department_id: department.
        app_id: application.
        environment_id: environment.
        search: part of the name, case does not matter.
    """

    department_id: int | None = None
    app_id: int | None = None
    environment_id: int | None = None
    search: str | None = None


def visible_features(scope: Scope, wanted: FeatureFilter | None = None) -> Select[Feature]:
    """Select the features of the caller's departments by id, with the rows that their answer needs."""
    return (
        _with_authors()
        .where(in_own_departments(Feature.department_id, scope.identity), *_conditions(wanted or FeatureFilter()))
        .order_by(Feature.id)
    )


@cache
def _with_authors() -> Select[Feature]:
    """Make the beginning of all these queries once: the options cost as much as a query does."""
    of_author = (lazyload(Account.role), lazyload(Account.memberships))
    # Of accounts only their own columns are shown.
    return select(Feature).options(
        joinedload(Feature.created_by).options(*of_author), joinedload(Feature.last_edited_by).options(*of_author)
    )


def _conditions(wanted: FeatureFilter) -> list[ColumnElement[bool]]:
    equal = {
        Feature.department_id: wanted.department_id,
        Feature.app_id: wanted.app_id,
        Feature.environment_id: wanted.environment_id,
    }
    conditions: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
    if wanted.search:
        conditions.append(func.lower(Feature.feature_name).contains(wanted.search.lower(), autoescape=True))
    return conditions


def visible_feature(scope: Scope, feature_id: int, *, for_change: bool = False) -> Feature:
    """Return one feature.

    Args:
        scope: unit of work with the caller.
        feature_id: key.
        for_change: hold the row until the end of the transaction, so that saves of one feature follow each other.

    Raises:
        NotFound: unknown or of a foreign department.

    Contract: R-020, R-024.
    """
    identity = scope.identity
    query = _one_visible(sees_all=identity.sees_all)
    if for_change:
        # Held first and read then: PostgreSQL would compare a feature that went to another department while this
        # waited with the department that it had before, and not find it.
        own = in_own_departments(Feature.department_id, scope.identity)
        scope.session.execute(select(Feature.id).where(Feature.id == feature_id, own).with_for_update())
        query = query.execution_options(populate_existing=True)
    found = scope.session.scalars(query, {"feature_id": feature_id, **departments_of(identity)}).first()
    if found is None:
        raise NotFound
    return found


@cache
def _one_visible(*, sees_all: bool) -> Select[Feature]:
    """Make the query of most requests once."""
    own = in_departments_given_later(Feature.department_id, sees_all=sees_all)
    return _with_authors().where(Feature.id == bindparam("feature_id"), own)


def visible_feature_named(scope: Scope, name: str, department_id: int | None = None) -> Feature:
    """Return the feature with exactly this name.

    Raises:
        NotFound: none is visible.
        Conflict: ``ambiguous_name``; the sentence lists the ids.  Contract: R-140.
    """
    wanted = FeatureFilter(department_id=department_id)
    found = scope.session.scalars(visible_features(scope, wanted).where(Feature.feature_name == name.strip())).all()
    if not found:
        raise NotFound
    if len(found) > 1:
        ids = ", ".join(str(feature.id) for feature in found)
        raise Conflict(f"Several features are called {name.strip()!r}: {ids}. Use an id.", code="ambiguous_name")
    return found[0]


def visible_steps(scope: Scope, feature_id: int | None = None) -> Select[Step]:
    """Select the rows that authors wrote in visible features, by feature and place."""
    query = (
        select(Step)
        .join(Feature, Feature.id == Step.feature_id)
        .where(in_own_departments(Feature.department_id, scope.identity))
        .order_by(Step.feature_id, Step.position)
    )
    return query if feature_id is None else query.where(Step.feature_id == feature_id)


def steps_of(session: Session, feature_ids: Sequence[int]) -> dict[int, list[Step]]:
    """Read the rows of features in order; one query."""
    found: dict[int, list[Step]] = {number: [] for number in feature_ids}
    query = select(Step).where(Step.feature_id.in_(feature_ids)).order_by(Step.feature_id, Step.position)
    for step in session.scalars(query):
        found[step.feature_id].append(step)
    return found


def step_timeouts(session: Session, feature_ids: Collection[int]) -> dict[int, int]:
    """Return the seconds of steps without a timeout of their own, by feature.  Contract: rest-api A4.4."""
    query = (
        select(Feature.id, Department.settings)
        .join(Department, Department.id == Feature.department_id)
        .where(Feature.id.in_(sorted(feature_ids)))
    )
    return {
        number: int(settings.get("step_timeout", USUAL_STEP_TIMEOUT)) for number, settings in session.execute(query)
    }


def step_rules(session: Session, step_uuid: str | None) -> tuple[str | None, list[Any] | None]:
    """Return the threshold and the ignored regions of a stored step; nothing for one that is gone.

    Contract: rest-api A4.4 (max_diff, ignore_regions).
    """
    found = session.execute(select(Step.max_diff, Step.ignore_regions).where(Step.uuid == step_uuid)).first()
    return (None, None) if found is None else (found.max_diff, found.ignore_regions)
