"""Reading the log of a result.  Contract: rest-api A6.6, runner I.1."""

from sqlalchemy import select

from cometa_core.errors import NotFound
from cometa_core.scope import Scope
from cometa_executions.models import Artifact, Result

LONGEST_ANSWER = 5 * 1024 * 1024


def log_text(scope: Scope, result: Result, tail: int | None) -> str:
    """Return the log of the last attempt.

    Args:
        scope: unit of work.
        result: visible result.
        tail: number of last lines; None = everything, up to 5 MB from the end.
    """
    text = _stored(scope, result)
    if tail is None:
        return text
    return "\n".join(text.splitlines()[-tail:])


def _stored(scope: Scope, result: Result) -> str:
    query = (
        select(Artifact)
        .where(Artifact.result_id == result.id, Artifact.attempt == result.attempt, Artifact.role == "log")
        .order_by(Artifact.id.desc())
        .limit(1)
    )
    artifact = scope.session.scalars(query).first()
    if artifact is None:
        return result.log_tail
    try:
        with scope.runtime.artifacts.open(artifact.department_id, artifact.sha256) as stream:
            stream.seek(max(0, artifact.size - LONGEST_ANSWER))
            return stream.read().decode("utf-8", "replace")
    except NotFound:
        return result.log_tail
