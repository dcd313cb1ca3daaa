"""Answering what steps ask the worker for.  Contract: runner B.3 (``request``, ``reply``)."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import DBAPIError

from cometa_core.contracts.requests import RequestKind, StepAnswer, StepRequest
from cometa_core.contracts.run import RunInfo
from cometa_core.errors import CometaError
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_executions.api import LeaseLost

logger = logging.getLogger(__name__)

KINDS = "worker.request_kinds"

Write = Callable[[Callable[[Scope], StepAnswer]], StepAnswer]
"""Carries out an action in a fenced transaction, repeated while the database is away; raises ``LeaseLost``."""


def answer_request(
    runtime: Runtime, run: RunInfo, attempt: int, event: Mapping[str, Any], write: Write
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Let a plugin answer a request of a step, in the transaction that holds the result.

    Args:
        runtime: runtime of the worker.
        run: run and result.
        attempt: number of the attempt.
        event: the event ``request``, with secrets masked.
        write: carries out a fenced transaction.

    Returns:
        The control line ``reply``, and values in it that are secret from now on.

    Raises:
        KeyError, TypeError, ValueError: the event lacks something.
        LeaseLost: the result is no longer held; nothing is answered.
    """
    number, what = int(event["id"]), str(event["what"])
    request = StepRequest(run, attempt, number, int(event["seq"]), dict(event["data"]))
    answer = _answer(kinds_of(runtime).get(what), what, request, write)
    return {"type": "reply", "id": number, "ok": answer.ok, "data": dict(answer.data)}, answer.secrets


def kinds_of(runtime: Runtime) -> Mapping[str, RequestKind]:
    """Return what plugins answer, by name; they are asked once a process."""

    def collect() -> dict[str, RequestKind]:
        found = runtime.plugins.dispatch.collect("cometa_step_requests")
        return {name: kind for name, (_, kind) in found.items()}

    return runtime.once(KINDS, collect)


def _answer(kind: RequestKind | None, what: str, request: StepRequest, write: Write) -> StepAnswer:
    if kind is None:
        return StepAnswer.refused("not-implemented", f"No plugin of this server answers {what!r}.")
    try:
        return write(lambda scope: kind.answer(scope, request))
    except CometaError as error:
        return StepAnswer.refused("internal", str(error))
    except (LeaseLost, DBAPIError):
        raise
    except Exception:  # whatever a plugin raises, the step must learn that it gets no answer
        logger.exception("The request %s of result %s failed", what, request.run.feature_result_id)
        return StepAnswer.refused("internal", f"{what} failed in the worker; its log says why.")
