"""Reading runs, results and step results, always through the filter of the caller's departments."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload, selectinload

from cometa_accounts.api import Account
from cometa_core.contracts.run import RunInfo
from cometa_core.errors import NotFound
from cometa_core.scope import Scope
from cometa_core.security.visibility import in_own_departments
from cometa_executions.models import Artifact, PlanRecord, Result, Run, StepResult
from cometa_executions.states import UNFINISHED
from cometa_features.api import Feature, Step

ACCOUNT_ALONE = (lazyload(Account.role), lazyload(Account.memberships))
"""Options for who ordered a run: of the account only its own columns are shown."""


def run_info(result: Result) -> RunInfo:
    """Describe a result for events; its feature must be loaded."""
    feature = result.feature
    return RunInfo(result.run_id, result.id, feature.id, feature.feature_name, feature.department_id)


def within_token(scope: Scope) -> ColumnElement[bool]:
    """Build the condition that a service token reaches its own result alone; of others everything else is seen.

    Contract: rest-api A2.6.
    """
    own = scope.identity.attributes.get("feature_result_id")
    return true() if own is None else Result.id == own


def visible_results(scope: Scope) -> Select[Result]:
    """Select results that are not removed and visible to the caller; feature, run and account come along."""
    return (
        select(Result)
        .join(Result.feature)
        .join(Result.run)
        .options(
            contains_eager(Result.feature),
            contains_eager(Result.run).joinedload(Run.account).options(*ACCOUNT_ALONE),
        )
        .where(
            Result.removed.is_(False),
            in_own_departments(Feature.department_id, scope.identity),
            within_token(scope),
        )
    )


def visible_result(scope: Scope, result_id: int) -> Result:
    """Return one result.

    Raises:
        NotFound: unknown, removed or of a foreign department.
    """
    found = scope.session.scalars(visible_results(scope).where(Result.id == result_id)).unique().first()
    if found is None:
        raise NotFound
    return found


def visible_run(scope: Scope, run_id: int) -> Run:
    """Return one run with its results.

    Raises:
        NotFound: unknown, removed or of a foreign department.
    """
    query = (
        select(Run)
        .join(Run.feature)
        .options(
            contains_eager(Run.feature),
            joinedload(Run.account).options(*ACCOUNT_ALONE),
            # Their feature is that of the run, which the session holds already.
            selectinload(Run.results.and_(Result.removed.is_(False))),
        )
        .where(Run.id == run_id, Run.removed.is_(False), in_own_departments(Feature.department_id, scope.identity))
    )
    found = scope.session.scalars(query).unique().first()
    if found is None:
        raise NotFound
    return found


def results_of_run(session: Session, run_id: int) -> Sequence[Result]:
    """Return the results of a run with everything that their answer needs."""
    query = (
        select(Result)
        .options(joinedload(Result.feature), joinedload(Result.run).joinedload(Run.account).options(*ACCOUNT_ALONE))
        .where(Result.run_id == run_id, Result.removed.is_(False))
        .order_by(Result.id)
    )
    return session.scalars(query).unique().all()


def is_finished(session: Session, run_id: int) -> bool:
    """Tell whether all results of a run are terminal."""
    query = select(func.count()).where(
        Result.run_id == run_id, Result.state.in_([state.value for state in UNFINISHED])
    )  # fmt: skip
    return not session.scalar(query)


def reported_steps(result: Result) -> Select[StepResult]:
    """Select the reported step rows of the last attempt by sequence."""
    return (
        select(StepResult)
        .options(selectinload(StepResult.artifacts))
        .where(StepResult.result_id == result.id, StepResult.attempt == result.attempt, StepResult.status != "")
        .order_by(StepResult.sequence)
    )


def visible_step_result(scope: Scope, step_result_id: int) -> StepResult:
    """Return one step result whose result is visible.

    Raises:
        NotFound: unknown, or its result is not visible.
    """
    query = (
        select(StepResult)
        .join(StepResult.result)
        .join(Result.feature)
        .options(contains_eager(StepResult.result), selectinload(StepResult.artifacts))
        .where(
            StepResult.id == step_result_id,
            Result.removed.is_(False),
            in_own_departments(Feature.department_id, scope.identity),
            within_token(scope),
        )
    )
    found = scope.session.scalars(query).unique().first()
    if found is None:
        raise NotFound
    return found


def step_ids(session: Session, rows: Sequence[StepResult]) -> dict[str, int]:
    """Return the keys of the stored steps that rows come from, by uuid; gone ones are missing."""
    uuids = {row.step_uuid for row in rows if row.step_uuid}
    found = session.execute(select(Step.uuid, Step.id).where(Step.uuid.in_(uuids))) if uuids else ()
    return {str(uuid): key for uuid, key in found}


def plan_leaves(session: Session, run_id: int) -> list[dict[str, Any]]:
    """Return the frozen step list of a run."""
    document = session.scalar(select(PlanRecord.document).where(PlanRecord.run_id == run_id))
    return list((document or {}).get("leaves", []))


def artifact_of_step(session: Session, step_result_id: int, role: str) -> Artifact | None:
    """Return the newest artifact of a step row in one role."""
    query = (
        select(Artifact)
        .where(Artifact.step_result_id == step_result_id, Artifact.role == role)
        .order_by(Artifact.id.desc())
        .limit(1)
    )
    return session.scalars(query).first()
