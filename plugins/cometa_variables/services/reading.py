"""Reading variables, always through the filter of the caller's departments.  Contract: rest-api A3.3, A6.13."""

from functools import cache

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, lazyload

from cometa_accounts.api import Account
from cometa_catalog.api import Environment
from cometa_core.errors import BadRequest, NotFound
from cometa_core.scope import Scope
from cometa_core.security.visibility import in_own_departments
from cometa_features.api import Feature
from cometa_variables.models import Variable
from cometa_variables.schemas import EnvironmentQuery, VariablesQuery

RANK = case((Variable.based == "feature", 3), (Variable.based == "environment", 4), else_=5)
"""Place in the precedence; the lowest wins.  Contract: runner G.2."""


@cache
def _with_names() -> Select[Variable]:
    """Make the beginning of all these queries once, with the rows whose names an answer shows."""
    # Of accounts and features only their own columns are shown.
    of_author = (lazyload(Account.role), lazyload(Account.memberships))
    return select(Variable).options(
        joinedload(Variable.department),
        joinedload(Variable.environment),
        joinedload(Variable.feature).options(lazyload(Feature.department)).load_only(Feature.feature_name),
        joinedload(Variable.created_by).options(*of_author),
        joinedload(Variable.updated_by).options(*of_author),
    )


def visible(scope: Scope) -> Select[Variable]:
    """Select the variables of the caller's departments, with what their answer needs."""
    return _with_names().where(in_own_departments(Variable.department_id, scope.identity))


def all_variables(scope: Scope, wanted: VariablesQuery) -> Select[Variable]:
    """Select all visible variables by name, or those that the filters leave."""
    equal: dict[InstrumentedAttribute[int] | InstrumentedAttribute[int | None] | InstrumentedAttribute[str], object] = {
        Variable.department_id: wanted.department_id,
        Variable.environment_id: wanted.environment_id,
        Variable.feature_id: wanted.feature_id,
        Variable.based: wanted.based,
    }
    conditions = [column == value for column, value in equal.items() if value is not None]
    return visible(scope).where(*conditions).order_by(Variable.name, Variable.id)


def of_environment(scope: Scope, name: str, wanted: EnvironmentQuery) -> Select[Variable]:
    """Select the variables of an environment by name: its own, or those that hold there.

    Raises:
        NotFound: no environment has exactly this name.
        BadRequest: ``missing_parameter``, ``effective`` without department.

    Contract: R-165, R-169.
    """
    environment_id = scope.session.scalar(select(Environment.id).where(Environment.name == name))
    if environment_id is None:
        raise NotFound
    rows = visible(scope).order_by(Variable.name, Variable.id)
    if not wanted.effective:
        own = rows.where(Variable.environment_id == environment_id, Variable.based == "environment")
        return own if wanted.department_id is None else own.where(Variable.department_id == wanted.department_id)
    if wanted.department_id is None:
        text = "effective=true needs department_id."
        raise BadRequest(text, code="missing_parameter", fields={"department_id": ["is needed with effective=true"]})
    return rows.where(holding(wanted.department_id, environment_id, wanted.feature_id))


def holding(department_id: int, environment_id: int, feature_id: int | None) -> ColumnElement[bool]:
    """Build the condition that a variable is the one that its name stands for: one for each name.

    Args:
        department_id: department of the run.
        environment_id: environment that is tested; a variable of a feature belongs to one as well.
        feature_id: feature that is executed; None = variables of features do not count.
    """
    here = or_(Variable.environment_id == environment_id, Variable.environment_id.is_(None))
    candidates = or_(
        Variable.based == "department",
        and_(Variable.based == "environment", Variable.environment_id == environment_id),
        and_(Variable.based == "feature", Variable.feature_id == feature_id, here),
    )
    order = (RANK, Variable.updated_at.desc(), Variable.id.desc())
    place = func.row_number().over(partition_by=Variable.name, order_by=order).label("place")
    ranked = select(Variable.id, place).where(Variable.department_id == department_id, candidates).subquery()
    return Variable.id.in_(select(ranked.c.id).where(ranked.c.place == 1))


def visible_variable(scope: Scope, variable_id: int) -> Variable:
    """Return one variable.

    Raises:
        NotFound: unknown or of a foreign department.
    """
    found = scope.session.scalars(visible(scope).where(Variable.id == variable_id)).first()
    if found is None:
        raise NotFound
    return found
