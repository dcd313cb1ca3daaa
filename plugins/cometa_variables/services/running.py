"""What runs see of the stored variables: opened here, when a result is claimed.  Contract: runner G.2, G.4."""

import json
import logging
from collections.abc import Mapping
from typing import cast

from sqlalchemy import select

from cometa_core.contracts.run import RunInfo
from cometa_core.contracts.variables import RunVariable, VariableLayer, VariableScope
from cometa_core.errors import Invalid
from cometa_core.scope import Scope
from cometa_executions.api import Run
from cometa_variables.ciphers import CIPHERTEXT, ciphers
from cometa_variables.models import Variable
from cometa_variables.schemas import LONGEST_VALUE
from cometa_variables.services.naming import NAME, names_in
from cometa_variables.services.reading import holding
from cometa_variables.services.storing import Content, Key, hold_department, new_variable, tell_changed, write

logger = logging.getLogger(__name__)


def layer_of(scope: Scope, run: RunInfo, plan: Mapping[str, object]) -> VariableLayer:
    """Return the variables that hold for a run, one for each name, and the clear text of ciphertexts in its steps.

    Raises:
        Invalid: a variable that a step names cannot be opened; without its key the run could only fail.
    """
    text = json.dumps(plan.get("tree"), ensure_ascii=False)
    condition = holding(run.department_id, _environment(scope, run), run.feature_id)
    rows = scope.session.scalars(select(Variable).where(condition).order_by(Variable.name)).all()
    named = set(names_in(text))
    opened = [_opened(scope, row, is_needed=row.name in named) for row in rows]
    return VariableLayer("variables", tuple(each for each in opened if each is not None), _inline(scope, text))


def keep_variable(scope: Scope, run: RunInfo, variable: RunVariable) -> None:
    """Store what a step set: in the row that supplied the name, else in a new one of the environment.

    Raises:
        Invalid: name or value are not what a stored variable may have.

    Contract: runner G.3.
    """
    if not NAME.fullmatch(variable.name):
        raise Invalid.field("variable_name", "is not a name of a stored variable")
    if len(variable.value) > LONGEST_VALUE:
        raise Invalid.field("variable_value", f"at most {LONGEST_VALUE:,} characters")
    hold_department(scope, run.department_id)
    environment_id = _environment(scope, run)
    condition = holding(run.department_id, environment_id, run.feature_id)
    row = scope.session.scalars(select(Variable).where(condition, Variable.name == variable.name)).first()
    if row is None:
        row = new_variable(scope, run.department_id, Key(environment_id, 0, variable.name, "environment"))
    write(scope, row, Content(variable.value, encrypted=True if variable.secret else None))
    tell_changed(scope, run.department_id)


def _environment(scope: Scope, run: RunInfo) -> int:
    return scope.session.scalars(select(Run.environment_id).where(Run.id == run.run_id)).one()


def _opened(scope: Scope, row: Variable, *, is_needed: bool) -> RunVariable | None:
    where = cast("VariableScope", row.based)
    if not row.encrypted:
        return RunVariable(row.name, row.value, where)
    try:
        return RunVariable(row.name, ciphers(scope.runtime).open(row.value), where, secret=True)
    except Invalid as error:
        if is_needed:
            raise Invalid(f"The variable {row.name} cannot be decrypted. {error}", code=error.code) from error
        logger.warning(
            "The variable %s of department %s cannot be decrypted: %s", row.id, row.department_id, error.code
        )
        return None


def _inline(scope: Scope, text: str) -> dict[str, str]:
    """Open the ciphertexts in steps; those that cannot be opened stay as they are written."""
    found: dict[str, str] = {}
    for ciphertext in set(CIPHERTEXT.findall(text)):
        try:
            found[ciphertext] = ciphers(scope.runtime).open(ciphertext)
        except Invalid as error:
            logger.warning("An encrypted text in a step cannot be decrypted: %s", error.code)
    return found
