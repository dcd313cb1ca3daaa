"""The sentences of all step libraries, loaded once a runtime.  Contract: steps.md section 1, R-081."""

from datetime import UTC, datetime
from html import escape

from cometa_catalog.schemas import ActionOut
from cometa_core.runtime import Runtime
from cometa_runner.steps import StepDefinition, StepLibrary, Vocabulary, load_vocabulary

DEPARTMENT = "DIF"
APPLICATION = "amvara"
KEPT_VOCABULARY = "catalog.vocabulary"
"""Name under which the runtime keeps the sentences."""


def libraries(runtime: Runtime) -> tuple[StepLibrary, ...]:
    """Return the step libraries of all active plugins, in call order."""
    found = runtime.plugins.dispatch.collect("cometa_step_libraries")
    return tuple(library for _, library in found.values())


def vocabulary(runtime: Runtime) -> Vocabulary:
    """Return the sentences of all libraries."""
    return runtime.once(KEPT_VOCABULARY, lambda: load_vocabulary(libraries(runtime)))


def actions(runtime: Runtime) -> list[ActionOut]:
    """Present every sentence as an action; the moment is that of the first listing."""
    listed = runtime.once("catalog.listed_at", lambda: datetime.now(UTC))
    return [present(place, found, listed) for place, found in enumerate(vocabulary(runtime).definitions, start=1)]


def present(place: int, definition: StepDefinition, listed: datetime) -> ActionOut:
    """Present one sentence: summary, parameters and example, lines joined by ``<br>``."""
    parameters = [
        f"<b>{escape(found.name)}</b> ({escape(found.kind)}): {escape(found.meaning)}"
        for found in definition.parameters
    ]
    example = [f"Example: {escape(definition.example)}"] if definition.example else []
    lines = [escape(definition.summary), *parameters, *example]
    return ActionOut(
        action_id=place,
        action_name=definition.pattern,
        values=len(definition.parameters),
        description="<br>".join(lines),
        department=DEPARTMENT,
        application=APPLICATION,
        date_created=listed,
        step_type=definition.step_type,
    )
