"""What a worker needs to prepare an attempt."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session, joinedload

from cometa_core.runtime import Runtime
from cometa_executions.models import PlanRecord, Result
from cometa_executions.services.accept import parameters_place


@dataclass(frozen=True)
class StoredPlan:
    """The frozen plan of a result with its parameters in clear text.

    Attributes:
        feature: id, name and department of the feature.
        document: compiled plan.
        variables: ``{"name", "value", "scope", "secret"}`` for each parameter.
        browser: resolved browser spec of the result.
    """

    feature: dict[str, Any]
    document: dict[str, Any]
    variables: list[dict[str, Any]]
    browser: dict[str, Any]


def stored_plan(runtime: Runtime, session: Session, result_id: int) -> StoredPlan:
    """Read the plan of a result and open its sealed parameters."""
    result = session.get_one(Result, result_id, options=[joinedload(Result.feature)])
    record = session.get_one(PlanRecord, result.run_id)
    place = parameters_place(result.run_id)
    variables = [
        {
            "name": parameter["name"],
            "value": runtime.seals.open(parameter["value"], place) if parameter["secret"] else parameter["value"],
            "scope": "run",
            "secret": parameter["secret"],
        }
        for parameter in record.parameters
    ]
    feature = {"id": result.feature_id, "name": result.feature.feature_name, "department": result.feature.department_id}
    return StoredPlan(feature, record.document, variables, result.browser)
