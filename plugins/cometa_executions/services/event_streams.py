"""Which streams of events somebody may read.  Contract: runner K.1, rest-api A7, R-192."""

from sqlalchemy import select

from cometa_core.errors import NotFound
from cometa_core.events import department_stream, run_stream
from cometa_core.scope import Scope
from cometa_core.security.visibility import in_own_departments
from cometa_executions.models import Run
from cometa_features.api import Feature

SITE = 0
"""Number under which events of the whole site are asked for."""


def visible_stream(scope: Scope, run_id: int | None, department_id: int = SITE) -> str:
    """Return the name of the stream of a run, or without one of a department.

    Raises:
        NotFound: it is none of the caller's.
    """
    if run_id is not None:
        return run_stream(_visible_run_id(scope, run_id))
    if department_id != SITE and not scope.identity.sees_department(department_id):
        raise NotFound
    return department_stream(department_id)


def _visible_run_id(scope: Scope, run_id: int) -> int:
    # Live readers ask this once a second, so nothing but the key is loaded.
    query = (
        select(Run.id)
        .join(Run.feature)
        .where(Run.id == run_id, Run.removed.is_(False), in_own_departments(Feature.department_id, scope.identity))
    )
    found = scope.session.scalar(query)
    if found is None:
        raise NotFound
    return found
