"""The seam for templates: step results name them, another plugin keeps them.  Contract: rest-api A4.7, A6.12."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_executions.models import StepResult

PART = "executions.templates"


class TemplateKeeper(Protocol):
    """Knows which pictures steps are compared with."""

    def names(self, scope: Scope, rows: Sequence[StepResult]) -> Mapping[int, str]:
        """Return the names of the templates that step rows have now, by key; rows without one are missing.

        Asks the database a constant number of times.
        """


class NoTemplates:
    """Takes the place of the keeper where no plugin offers one."""

    def names(self, _scope: Scope, _rows: Sequence[StepResult]) -> Mapping[int, str]:
        """No step has one."""
        return {}


def keeper_of(runtime: Runtime) -> TemplateKeeper:
    """Return who keeps the templates of an installation."""
    keeper: TemplateKeeper = runtime.once(PART, NoTemplates)
    return keeper


def offer_templates(runtime: Runtime, keeper: TemplateKeeper) -> None:
    """Let a plugin keep the templates; called when its routes are added."""
    runtime.replace(PART, keeper)
