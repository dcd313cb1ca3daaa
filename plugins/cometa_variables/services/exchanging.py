"""Variables in exports of features.  Secrets stay where they are: encrypted variables are exported without values."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from cometa_accounts.api import Department
from cometa_catalog.api import Environment
from cometa_core.contracts.exchange import ExchangedFeature, PartOutcome
from cometa_core.errors import CometaError, Invalid
from cometa_core.scope import Scope
from cometa_core.web.validation import validate_body
from cometa_variables.models import Variable
from cometa_variables.schemas import MOST_VARIABLES, VariablesIn
from cometa_variables.services.reading import visible
from cometa_variables.services.storing import set_variables

Place = tuple[str, str]
"""Names of department and environment."""


class VariablesPart:
    """Variables of the departments of exported features, and of these features."""

    name = "variables"

    def write(self, scope: Scope, features: Sequence[ExchangedFeature]) -> Sequence[Mapping[str, Any]]:
        """Return one entry a variable, by department, environment and name."""
        stems = {feature.feature_id: feature.stem for feature in features}
        departments = sorted({feature.department_id for feature in features})
        rows = scope.session.scalars(visible(scope).where(Variable.department_id.in_(departments))).unique()
        entries = [
            {
                "department": row.department.name,
                "environment": None if row.environment is None else row.environment.name,
                "feature": stems.get(row.feature_id or 0),
                "based": row.based,
                "variable_name": row.name,
                "variable_value": None if row.encrypted else row.value,
                "encrypted": row.encrypted,
            }
            for row in rows
            if row.feature_id is None or row.feature_id in stems
        ]
        return sorted(entries, key=lambda entry: tuple(str(value or "") for value in entry.values()))

    def read(
        self,
        scope: Scope,
        entries: Sequence[Mapping[str, Any]],
        features: Mapping[str, ExchangedFeature],
        chosen: Mapping[str, str],
    ) -> PartOutcome:
        """Set the variables that have a value; those without are named.

        Raises:
            Invalid: an entry is no variable, or its department, environment or feature is unknown.
        """
        by_place: dict[Place, list[dict[str, Any]]] = defaultdict(list)
        secret = []
        for entry in entries:
            if entry.get("variable_value") is None:
                secret.append(str(entry.get("variable_name")))
            else:
                place = (str(chosen.get("department") or entry.get("department")), _environment(scope, entry, chosen))
                by_place[place].append(_body(entry, features))
        for place, bodies in by_place.items():
            _store(scope, place, bodies)
        note = f"Without a value, since they are secret: {', '.join(sorted(set(secret)))}. Set them by hand."
        return PartOutcome(sum(map(len, by_place.values())), (note,) if secret else ())


def _environment(scope: Scope, entry: Mapping[str, Any], chosen: Mapping[str, str]) -> str:
    """Name the environment of an entry; for those of a whole department any will do, but the API wants one."""
    if entry.get("environment") is None:
        return scope.session.scalars(select(Environment.name).order_by(Environment.id).limit(1)).one()
    return str(chosen.get("environment") or entry["environment"])


def _body(entry: Mapping[str, Any], features: Mapping[str, ExchangedFeature]) -> dict[str, Any]:
    kept = {key: value for key, value in entry.items() if key not in {"department", "environment", "feature"}}
    if entry.get("based") != "feature":
        return kept
    feature = features.get(str(entry.get("feature")))
    if feature is None:
        raise Invalid(f"The variable {entry.get('variable_name')} belongs to {entry.get('feature')}, which is missing.")
    return {**kept, "feature_id": feature.feature_id}


def _store(scope: Scope, place: Place, bodies: Sequence[dict[str, Any]]) -> None:
    department, environment = place
    query = select(Department.id).where(Department.name == department)
    department_id = scope.session.scalar(query)
    if department_id is None:
        raise Invalid(f"There is no department {department!r}. Create it, or choose another one with --department.")
    for first in range(0, len(bodies), MOST_VARIABLES):
        part = list(bodies[first : first + MOST_VARIABLES])
        sent = {"environment_name": environment, "department_id": department_id, "variables": part}
        try:
            set_variables(scope, validate_body(VariablesIn, sent))
        except CometaError as error:
            sentence = f"Variables of {department}, {environment}: {error}"
            raise Invalid(sentence, code=error.code, fields=error.fields) from error
