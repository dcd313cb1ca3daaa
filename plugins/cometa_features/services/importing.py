"""Storing a feature file.  Contract: rest-api A4.3, A4.4."""

from collections.abc import Mapping, Sequence
from typing import Any

from cometa_core.errors import Invalid
from cometa_core.scope import Scope
from cometa_features.gherkin import FeatureFile
from cometa_features.models import Feature
from cometa_features.schemas import FeatureCreate, StepBody
from cometa_features.services.saving import store_feature

SHIPPED_ROW = 1
"""Key of the application and of the environment ``Default`` that every installation has.  Contract: rest-api A5."""


def create_feature(
    scope: Scope, file: FeatureFile, *, browsers: Sequence[Mapping[str, Any]], screenshots: bool = False
) -> Feature:
    """Store a parsed feature file in the first department of the caller.

    Args:
        scope: unit of work with the caller.
        file: what the file says.
        browsers: specs of the browsers to execute it in.
        screenshots: take a picture after every step.

    Raises:
        Invalid: the caller is member of no department.
        Conflict: ``feature_cycle``.
    """
    if not scope.identity.departments:
        raise Invalid("The account is member of no department; features belong to one.")
    steps = [
        StepBody.model_validate({"step_keyword": step.keyword, "step_content": step.content, "screenshot": screenshots})
        for step in file.steps
    ]
    body = FeatureCreate(
        feature_name=file.name,
        description=file.description,
        app_id=SHIPPED_ROW,
        environment_id=SHIPPED_ROW,
        department_id=min(scope.identity.departments),
        browsers=[dict(spec) for spec in browsers],
        steps_content=steps,
    )
    return store_feature(scope, body)
