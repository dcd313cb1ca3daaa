"""Compiling a feature with everything that it calls.  Contract: runner C.1, C.2."""

from collections.abc import Mapping
from dataclasses import dataclass

from cometa_executions.plan.compilation import Compilation, Place
from cometa_executions.plan.document import Plan
from cometa_executions.plan.errors import PlanError, PlanErrors
from cometa_executions.plan.feature import FeatureCompiler
from cometa_executions.plan.sentences import Inherited
from cometa_features.api import FeatureText
from cometa_runner.steps import Vocabulary


@dataclass(frozen=True)
class PlanDefaults:
    """Settings from outside of the feature.

    Attributes:
        continue_on_failure: setting of the user or of the department.
        step_timeout: seconds for steps without a timeout of their own.
    """

    continue_on_failure: bool = False
    step_timeout: int = 60


def compile_plan(
    feature: FeatureText,
    features_by_id: Mapping[int, FeatureText],
    vocabulary: Vocabulary,
    defaults: PlanDefaults,
) -> Plan | PlanErrors:
    """Compile a feature: the same arguments always give the same plan.

    Args:
        feature: what is to be executed.
        features_by_id: features that it may call; those of other departments count as unknown.
        vocabulary: sentences of the loaded step libraries.
        defaults: settings of user and department.

    Returns:
        The plan, or all faults in reading order.  Sentences that are not understood are no faults: their steps fail
        when they are reached.

    Contract: X-055, X-059, X-060, X-064, X-065, X-068.
    """
    if not any(step.enabled for step in feature.steps):
        return PlanErrors((PlanError(0, "", "", "no_steps", "The feature has no enabled step."),))
    shared = Compilation(feature, features_by_id.values(), vocabulary)
    continues = defaults.continue_on_failure or feature.continue_on_failure
    place = Place((feature,), 0, Inherited(continues, defaults.step_timeout))
    tree = FeatureCompiler(shared, place).compile()
    if shared.errors:
        return PlanErrors(tuple(sorted(shared.errors, key=lambda error: error.position)))
    return Plan(tree)
