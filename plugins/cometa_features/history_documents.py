"""Features and steps as plain documents, which are kept by the history and written by exports."""

from collections.abc import Iterable
from typing import Any

from cometa_features.models import Feature, Step
from cometa_features.schemas import FeatureUpdate
from cometa_features.services.texts import threshold

NOT_STATE = frozenset(
    {"app_id", "browser_id", "environment_id", "department_id", "folder_id", "feature_id"}
    | {"original_timezone", "schedule", "steps_content", "version"}
)
"""Fields of a body that say where a feature is, or are no field of its row."""

SETTINGS = tuple(
    name for name in FeatureUpdate.model_fields if name not in NOT_STATE and name in Feature.__mapper__.columns
)
"""Fields of a feature that mean the same wherever it is, its name and description among them."""

STEP_DEFAULTS: dict[str, Any] = {
    "step_keyword": "Given",
    "step_action": None,
    "enabled": True,
    "screenshot": False,
    "compare": False,
    "continue_on_failure": False,
    "timeout": None,
    "params": None,
    "max_diff": None,
    "ignore_regions": None,
}
"""What a step has where a document says nothing.  Contract: rest-api A4.4."""


def settings_document(feature: Feature) -> dict[str, Any]:
    """Write the settings of a feature as a body of the API has them."""
    return {name: getattr(feature, name) for name in SETTINGS}


def step_documents(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Write a step list as a body of the API has it, without what has its default."""
    return [_step_document(step) for step in steps]


def _step_document(step: Step) -> dict[str, Any]:
    values = {
        "step_keyword": step.keyword,
        "step_action": step.action,
        "enabled": step.enabled,
        "screenshot": step.screenshot,
        "compare": step.compare,
        "continue_on_failure": step.continue_on_failure,
        "timeout": step.timeout,
        "params": step.params,
        "max_diff": threshold(step.max_diff),
        "ignore_regions": step.ignore_regions,
    }
    told = {name: value for name, value in values.items() if value != STEP_DEFAULTS[name]}
    return {"step_uuid": step.uuid, "step_content": step.content, **told}
