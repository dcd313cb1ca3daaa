"""Reading the log of a result, and storing that of an external runner.  Contract: rest-api A6.6, runner I.1."""

import io

from sqlalchemy import delete, select

from cometa_core.errors import NotFound
from cometa_core.scope import Scope
from cometa_executions.models import Artifact, Result
from cometa_executions.services.masking import redactor_of

LONGEST_ANSWER = 5 * 1024 * 1024
LONGEST_TAIL = 64 * 1024
LOG = "log"


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
        .where(Artifact.result_id == result.id, Artifact.attempt == result.attempt, Artifact.role == LOG)
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


def store_log(scope: Scope, result: Result, department_id: int, text: str) -> None:
    """Replace the log of a result; its end is kept in the row, the whole of a long one in the artifact store.

    Args:
        scope: unit of work of the runner.
        result: its result.
        department_id: department of the feature.
        text: the log; secret values of the run are masked.
    """
    text = redactor_of(scope, result).text(text)
    own = (Artifact.result_id == result.id, Artifact.attempt == result.attempt, Artifact.role == LOG)
    scope.session.execute(delete(Artifact).where(*own))
    result.log_tail = text[-LONGEST_TAIL:]
    if len(text) > LONGEST_TAIL:
        digest, size = scope.runtime.artifacts.put(department_id, io.BytesIO(text.encode()))
        artifact = Artifact(
            department_id=department_id, result_id=result.id, attempt=result.attempt, role=LOG, name="log.txt",
            mime="text/plain", size=size, sha256=digest, created_at=scope.now(),
        )  # fmt: skip
        scope.session.add(artifact)
    scope.session.flush()
