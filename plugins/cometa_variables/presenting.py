"""Variables as the API shows them.  Contract: rest-api A4.8, R-167."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy.orm import Session

from cometa_variables.models import Variable
from cometa_variables.schemas import Based, VariableOut
from cometa_variables.services.naming import features_naming


def present_variables(session: Session, rows: Sequence[Variable]) -> list[VariableOut]:
    """Turn variables into their answers; which features name them is asked once for all."""
    uses = features_naming(session, rows)
    return [present(row, uses.get((row.name, row.department_id), [])) for row in rows]


def present(row: Variable, in_use: list[int]) -> VariableOut:
    """Turn a variable into its answer; nobody sees the value of an encrypted one, nor its ciphertext."""
    return VariableOut(
        id=row.id,
        department=row.department_id,
        department_name=row.department.name,
        environment=row.environment_id,
        environment_name=None if row.environment is None else row.environment.name,
        feature=row.feature_id,
        feature_name=None if row.feature is None else row.feature.feature_name,
        variable_name=row.name,
        variable_value=None if row.encrypted else row.value,
        encrypted=row.encrypted,
        based=cast("Based", row.based),
        in_use=in_use,
        created_by=row.created_by_id,
        created_by_name=None if row.created_by is None else row.created_by.name,
        updated_by=row.updated_by_id,
        updated_by_name=None if row.updated_by is None else row.updated_by.name,
        created_on=row.created_at,
        updated_on=row.updated_at,
    )
