"""Other objects that a feature names by id.  Contract: rest-api A6.8, R-123, R-124."""

from collections.abc import Mapping
from typing import Any

from cometa_accounts.api import Department
from cometa_catalog.api import Browser, application_names, environment_names
from cometa_core.errors import BadRequest
from cometa_core.scope import Scope
from cometa_features.services.folders_reading import takes_features_of

MODELS = {
    "app_id": "Application",
    "environment_id": "Environment",
    "department_id": "Department",
    "browser_id": "Browser",
    "folder_id": "Folder",
}
"""Field -> name of what it refers to, as the sentence of the refusal has it."""


def check_references(scope: Scope, sent: Mapping[str, Any]) -> None:
    """Refuse ids that are unknown or not visible.

    Args:
        scope: unit of work with the caller.
        sent: the fields of a body that were sent, others are not looked at; with ``folder_id`` the department that
            the feature is to be in.

    Raises:
        BadRequest: ``invalid_reference``; the sentence names the first field, ``fields`` all of them.
    """
    wrong = {name: sent[name] for name in MODELS if sent.get(name) is not None and not _exists(scope, name, sent)}
    if wrong:
        first = next(iter(wrong))
        raise BadRequest(
            f"Invalid {first} , not found in {MODELS[first]} model",
            code="invalid_reference",
            fields={name: [f"unknown id {value}"] for name, value in wrong.items()},
        )


def _exists(scope: Scope, name: str, sent: Mapping[str, Any]) -> bool:
    session, number = scope.session, sent[name]
    if name == "app_id":
        return number in application_names(session, {number})
    if name == "environment_id":
        return number in environment_names(session, {number})
    if name == "department_id":
        return scope.identity.sees_department(number) and session.get(Department, number) is not None
    if name == "browser_id":
        return session.get(Browser, number) is not None
    department_id = sent["department_id"]
    return scope.identity.sees_department(department_id) and takes_features_of(session, number, department_id)


def browser_spec(scope: Scope, browser_id: int) -> dict[str, Any]:
    """Return the spec of a browser row that was checked before."""
    return dict(scope.session.get_one(Browser, browser_id).spec)
