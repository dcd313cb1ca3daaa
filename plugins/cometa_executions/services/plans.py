"""What a worker needs to prepare an attempt."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session, joinedload

from cometa_accounts.api import Department
from cometa_catalog.api import browser_plan, libraries
from cometa_core.contracts.clouds import SessionOrder
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
        browser: browser that this machine opens for the result, runner B.2.
        libraries: ``{"name", "module"}`` for each step library.
    """

    feature: dict[str, Any]
    document: dict[str, Any]
    variables: list[dict[str, Any]]
    browser: dict[str, Any]
    libraries: list[dict[str, str]]


def stored_plan(runtime: Runtime, session: Session, result_id: int) -> StoredPlan:
    """Read the plan of a result, open its sealed parameters and find its browser on this machine.

    Raises:
        Invalid: ``unknown_browser``, this machine cannot open the browser.
    """
    result = session.get_one(Result, result_id, options=[joinedload(Result.feature)])
    record = session.get_one(PlanRecord, result.run_id)
    place = parameters_place(result.run_id)
    variables = [
        {
            "name": parameter["name"],
            "value": runtime.seals.open(parameter["value"], place) if parameter["secret"] else parameter["value"],
            "scope": "data",
            "secret": parameter["secret"],
        }
        for parameter in record.parameters
    ]
    feature = {"id": result.feature_id, "name": result.feature.feature_name, "department": result.feature.department_id}
    flags = record.document.get("flags", {})
    order = SessionOrder(
        spec=result.browser,
        run_id=result.run_id,
        result_id=result.id,
        feature_name=result.feature.feature_name,
        department_name=session.get_one(Department, result.feature.department_id).name,
        video=bool(result.feature.video),
        network_log=bool(flags.get("network_log")),
    )
    return StoredPlan(feature, record.document, variables, browser_plan(runtime, order), library_modules(runtime))


def library_modules(runtime: Runtime) -> list[dict[str, str]]:
    """Return the step libraries that runners load."""
    return [{"name": found.name, "module": found.module} for found in libraries(runtime)]
