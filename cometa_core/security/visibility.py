"""The filter that makes rows of foreign departments not exist.  Contract: rest-api A3.3."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, true
from sqlalchemy.orm import InstrumentedAttribute

from cometa_core.contracts.identity import Identity


def in_own_departments(column: "InstrumentedAttribute[Any]", identity: Identity) -> ColumnElement[bool]:
    """Build the condition that a row's department is visible to an identity.

    Args:
        column: column that holds the id of the department.
        identity: who is asking.
    """
    return true() if identity.sees_all else column.in_(sorted(identity.departments))


def in_departments_given_later(column: "InstrumentedAttribute[Any]", *, sees_all: bool) -> ColumnElement[bool]:
    """Build the same condition for a statement that is made once; ``departments_of`` gives its parameters.

    Args:
        column: column that holds the id of the department.
        sees_all: whether the statement is for identities that see every department.
    """
    return true() if sees_all else column.in_(bindparam("own_departments", expanding=True))


def departments_of(identity: Identity) -> dict[str, list[int]]:
    """Return the parameters of ``in_departments_given_later``."""
    return {} if identity.sees_all else {"own_departments": sorted(identity.departments)}
