"""Pictures of visible steps."""

from cometa_core.errors import NotFound
from cometa_core.scope import Scope
from cometa_executions.api import Artifact, artifact_of_step, visible_step_result
from cometa_screenshots.names import SUFFIXES, read_name, write_name


def prefix_of(scope: Scope) -> str:
    """Return the configured prefix of names."""
    return scope.runtime.settings.text("cometa.screenshot.prefix")


def picture_names(scope: Scope, step_result_id: int) -> list[str]:
    """Return the names of the pictures that a visible step has, in the order current, style, difference.

    Raises:
        NotFound: the step is unknown or not visible.
    """
    row = visible_step_result(scope, step_result_id)
    roles = {artifact.role for artifact in row.artifacts}
    prefix = prefix_of(scope)
    return [write_name(prefix, row.id, role) for role in SUFFIXES.values() if role in roles]


def picture(scope: Scope, name: str) -> Artifact:
    """Return the artifact behind a name.

    Raises:
        NotFound: not a name, no such picture, or its step is not visible; no file is touched.
    """
    found = read_name(prefix_of(scope), name)
    if found is None:
        raise NotFound
    row = visible_step_result(scope, found.step_result_id)
    artifact = artifact_of_step(scope.session, row.id, found.role)
    if artifact is None:
        raise NotFound
    return artifact
