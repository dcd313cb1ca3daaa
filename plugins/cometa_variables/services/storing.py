"""Setting, changing and deleting variables.  Contract: rest-api A5, A6.13, R-166 to R-171."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select

from cometa_accounts.api import Department
from cometa_catalog.api import Environment
from cometa_core.contracts.change import ResourceChange
from cometa_core.errors import Conflict, Forbidden, Invalid, NotFound
from cometa_core.events import announce
from cometa_core.scope import Scope
from cometa_features.api import Feature
from cometa_variables.ciphers import ciphers, is_ciphertext
from cometa_variables.models import Variable
from cometa_variables.schemas import VariableIn, VariablesIn, VariableUpdate
from cometa_variables.services.reading import visible, visible_variable


class Key(NamedTuple):
    """What of variables in a department is unique; 0 where there is no environment or feature."""

    environment: int
    feature: int
    name: str
    based: str


@dataclass(frozen=True)
class Content:
    """What is to be written into a variable; None = as it is.

    Attributes:
        value: text or ciphertext.
        encrypted: whether a ciphertext is stored.
    """

    value: str | None
    encrypted: bool | None


def set_variables(scope: Scope, body: VariablesIn) -> Sequence[Variable]:
    """Set variables of a department: rows that have their key are changed, others are added.

    Returns:
        The rows in sent order.

    Raises:
        Invalid: environment, department or feature is unknown or not visible, a key twice, a value is missing.
        Forbidden: the caller may not create or not edit variables, and one is new or exists.

    Contract: R-166 to R-168.
    """
    department_id = _department(scope, body.department_id)
    environment_id = scope.session.scalar(select(Environment.id).where(Environment.name == body.environment_name))
    if environment_id is None:
        raise Invalid.field("environment_name", "unknown environment")
    hold_department(scope, department_id)
    keys = _keys(body.variables, environment_id)
    _check_features(scope, body.variables, department_id)
    known = _known(scope, department_id, keys)
    rows = []
    for place, (key, entry) in enumerate(zip(keys, body.variables, strict=True)):
        row = known.get(key)
        _check_permission(scope, "create_variable" if row is None else "edit_variable")
        if row is None:
            row = new_variable(scope, department_id, key)
        write(scope, row, Content(entry.variable_value, entry.encrypted), f"variables[{place}].")
        rows.append(row)
    tell_changed(scope, department_id)
    query = visible(scope).where(Variable.id.in_([row.id for row in rows])).execution_options(populate_existing=True)
    shown = {row.id: row for row in scope.session.scalars(query)}
    return [shown[row.id] for row in rows]


def change_variable(scope: Scope, variable: Variable, body: VariableUpdate) -> Variable:
    """Change name, value or encryption of a variable.

    Raises:
        NotFound: it vanished meanwhile.
        Conflict: ``duplicate_row``, another one has its key.
        Invalid: encryption is turned off without a new value.

    Contract: R-168, R-171.
    """
    row = _held(scope, variable)
    if body.variable_name is not None and body.variable_name != row.name:
        key = Key(row.environment_key, row.feature_key, body.variable_name, row.based)
        if _known(scope, row.department_id, [key]):
            raise Conflict(f"There is already a variable {key.name} in the same place.")
        row.name = key.name
    write(scope, row, Content(body.variable_value, body.encrypted))
    tell_changed(scope, row.department_id)
    scope.session.expire(row)
    return visible_variable(scope, row.id)


def delete_variable(scope: Scope, variable: Variable) -> None:
    """Delete a variable; steps that name it keep the name as it is written.

    Raises:
        NotFound: it vanished meanwhile.
    """
    row = _held(scope, variable)
    scope.session.delete(row)
    tell_changed(scope, row.department_id)


def refuse_removal_of_environment(change: ResourceChange, scope: Scope) -> None:
    """Refuse to delete an environment that has variables.  Contract: rest-api A5.

    Raises:
        Conflict: ``in_use``.
    """
    query = select(Variable.id).where(Variable.environment_id == change.identifier).limit(1)
    if scope.session.scalar(query) is not None:
        raise Conflict("The environment has variables. Delete them first.", code="in_use")


def follow_feature(scope: Scope, feature: Feature) -> None:
    """Let the variables of a feature go along when it is moved to another department."""
    left = select(Variable).where(Variable.feature_id == feature.id, Variable.department_id != feature.department_id)
    for row in scope.session.scalars(left):
        row.department_id = feature.department_id


def hold_department(scope: Scope, department_id: int) -> None:
    """Let writers of variables of one department follow each other, so that none misses what another one adds.

    Whoever only refers to the department does not wait; SQLite has one writer anyway.
    """
    query = select(Department.id).where(Department.id == department_id).with_for_update(key_share=True)
    scope.session.execute(query)


def new_variable(scope: Scope, department_id: int, key: Key) -> Variable:
    """Make a variable that has no value yet; its author is who acts."""
    author = None if scope.actor is None else scope.actor.account_id
    return Variable(
        department_id=department_id,
        environment_id=key.environment or None,
        feature_id=key.feature or None,
        name=key.name,
        based=key.based,
        encrypted=False,
        created_by_id=author,
        created_at=scope.now(),
    )


def write(scope: Scope, row: Variable, content: Content, prefix: str = "") -> None:
    """Write value and encryption of a variable.

    Args:
        scope: unit of work; who acts becomes the last author.
        row: the variable.
        content: what was sent.
        prefix: JSON path of what was sent, for refusals.

    Raises:
        Invalid: a new variable without value, or encryption turned off without a new value.
    """
    value, is_new = content.value, row.value is None
    if value is None and is_new:
        raise Invalid.field(f"{prefix}variable_value", "is needed for a new variable")
    encrypted = content.encrypted
    if encrypted is None:
        # A ciphertext sent without a flag is meant to be one.
        encrypted = row.encrypted or (is_new and is_ciphertext(value or ""))
    if value is None and row.encrypted and not encrypted:
        raise Invalid.field(f"{prefix}variable_value", "is needed to turn encryption off: the stored one is not shown")
    clear = row.value if value is None else value
    row.value = ciphers(scope.runtime).seal(clear) if encrypted and not is_ciphertext(clear) else clear
    row.encrypted = encrypted
    row.updated_by_id = None if scope.actor is None else scope.actor.account_id
    row.updated_at = scope.now()
    # Not before: a query would write a row that has no value yet.
    scope.session.add(row)


def tell_changed(scope: Scope, department_id: int) -> None:
    """Write what was changed and announce it to the department.  Contract: rest-api A7."""
    scope.session.flush()
    announce(scope, "variables.changed", {"departmentId": department_id}, department_id=department_id)


def _department(scope: Scope, sent: int | None) -> int:
    """Find the department: the sent one, else the first of the caller."""
    identity = scope.identity
    number = sent if sent is not None else min(identity.departments, default=None)
    if number is None:
        raise Invalid.field("department_id", "is needed, since you are in no department")
    if not identity.sees_department(number) or scope.session.get(Department, number) is None:
        raise Invalid.field("department_id", "unknown department")
    return number


def _keys(entries: Sequence[VariableIn], environment_id: int) -> list[Key]:
    """Give the key of each entry.

    Raises:
        Invalid: feature and scope do not fit, or a key twice.
    """
    keys: list[Key] = []
    for place, entry in enumerate(entries):
        path = f"variables[{place}]"
        if (entry.feature_id is not None) != (entry.based == "feature"):
            raise Invalid.field(f"{path}.feature_id", "is needed with based feature, and only with it")
        environment = 0 if entry.based == "department" else environment_id
        keys.append(Key(environment, entry.feature_id or 0, entry.variable_name, entry.based))
    seen: set[Key] = set()
    for place, key in enumerate(keys):
        if key in seen:
            raise Invalid.field(f"variables[{place}].variable_name", "is sent twice")
        seen.add(key)
    return keys


def _check_features(scope: Scope, entries: Sequence[VariableIn], department_id: int) -> None:
    wanted = {entry.feature_id for entry in entries if entry.feature_id is not None}
    if not wanted:
        return
    query = select(Feature.id).where(Feature.id.in_(sorted(wanted)), Feature.department_id == department_id)
    unknown = wanted - set(scope.session.scalars(query))
    for place, entry in enumerate(entries):
        if entry.feature_id in unknown:
            raise Invalid.field(f"variables[{place}].feature_id", "no feature of the department")


def _known(scope: Scope, department_id: int, keys: Sequence[Key]) -> Mapping[Key, Variable]:
    """Find the rows that have one of the keys; one query."""
    query = (
        select(Variable)
        .where(Variable.department_id == department_id, Variable.name.in_({key.name for key in keys}))
        .execution_options(populate_existing=True)
    )
    rows = {Key(row.environment_key, row.feature_key, row.name, row.based): row for row in scope.session.scalars(query)}
    return {key: rows[key] for key in keys if key in rows}


def _held(scope: Scope, variable: Variable) -> Variable:
    """Hold the department of a variable and read the variable again."""
    hold_department(scope, variable.department_id)
    query = visible(scope).where(Variable.id == variable.id).execution_options(populate_existing=True)
    found = scope.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def _check_permission(scope: Scope, permission: str) -> None:
    if not scope.identity.may(permission):
        raise Forbidden(f"You do not have the permission {permission}.")
