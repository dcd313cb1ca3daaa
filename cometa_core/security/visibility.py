"""The filter that makes rows of foreign departments not exist.  Contract: rest-api A3.3."""

from typing import Any

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from cometa_core.contracts.identity import Identity


def in_own_departments(column: "InstrumentedAttribute[Any]", identity: Identity) -> ColumnElement[bool]:
    """Build the condition that a row's department is visible to an identity.

    Args:
        column: column that holds the id of the department.
        identity: who is asking.
    """
    return true() if identity.sees_all else column.in_(sorted(identity.departments))
