"""Masking secrets in what external runners and people report.  Contract: runner G.5, A.8.

What runs here is masked by its worker.  Of a run elsewhere this server knows the secrets that it would give to a run of
its own: secret parameters, encrypted variables and ciphertexts in steps.  What the runner brought along itself it alone
can mask.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from cometa_core.errors import CometaError
from cometa_core.scope import Scope
from cometa_core.security.redaction import Redactor
from cometa_executions.models import PlanRecord, Result
from cometa_executions.services.accept import parameters_place
from cometa_executions.services.reading import run_info

TEXTS: Final = frozenset(
    {
        "step_name", "error", "notes", "files", "healing_data", "database_query_result",
        "current_step_variables_value", "description", "status_reason", "log",
    }
)  # fmt: skip
"""Fields of reports that hold words of the tested site; all others are numbers, states and names of this server."""

Report = TypeVar("Report", bound=BaseModel)

logger = logging.getLogger(__name__)


def redactor_of(scope: Scope, result: Result) -> Redactor:
    """Make what masks the secrets of a result's run; its feature must be loaded.

    A variable that cannot be decrypted keeps nobody from reporting: the others are masked.
    """
    record = scope.session.get(PlanRecord, result.run_id)
    place = parameters_place(result.run_id)
    parameters = record.parameters if record is not None else []
    secrets = [scope.runtime.seals.open(found["value"], place) for found in parameters if found["secret"]]
    plan = record.document if record is not None else {"tree": [], "leaves": []}
    try:
        collected = scope.runtime.plugins.dispatch.collect(
            "cometa_run_variables", run=run_info(result), plan=plan, scope=Scope(scope.runtime, scope.session)
        )
    except CometaError as error:
        logger.warning("Variables of run %s cannot be masked: %s", result.run_id, error)
        return Redactor(secrets)
    for _, layer in collected.values():
        secrets += [str(variable.value) for variable in layer.variables if variable.secret]
        secrets += layer.inline.values()
    return Redactor(secrets)


def masked_values(scope: Scope, result: Result, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return sent fields with secrets masked in those that hold texts; costs nothing where there are none."""
    sent = {name for name in TEXTS & values.keys() if values[name]}
    if not sent:
        return dict(values)
    redactor = redactor_of(scope, result)
    return {name: redactor.document(value) if name in sent else value for name, value in values.items()}


def masked_report(scope: Scope, result: Result, body: Report) -> Report:
    """Return a body with secrets masked in the fields that hold texts."""
    values = {name: getattr(body, name) for name in TEXTS & type(body).model_fields.keys()}
    return body.model_copy(update=masked_values(scope, result, values))
