"""Telling plugins that a result ended, inside the transaction that ends it.  Contract: runner L, X-150."""

import logging
from collections.abc import Sequence

from sqlalchemy.exc import InterfaceError, OperationalError

from cometa_core.contracts.run import ResultEnding, RunEvent, RunInfo
from cometa_core.scope import Scope

logger = logging.getLogger(__name__)

FINISHED = "result.finished"


def tell_plugins(scope: Scope, run: RunInfo, events: Sequence[RunEvent], text: str) -> None:
    """Call ``cometa_result_ended`` of every plugin, each in a savepoint of its own.

    Args:
        scope: unit of work that writes the terminal state.
        run: run and result.
        events: what was just stored; ``result.finished`` among it says state and reason.
        text: why it ended, for people.

    Raises:
        OperationalError, InterfaceError: the database itself fails; then nothing is stored at all.
    """
    finished = next(event for event in events if event.type == FINISHED)
    ending = ResultEnding(str(finished.data["state"]), str(finished.data["reason"]), text, finished)
    for plugin, function in scope.runtime.plugins.dispatch.implementations("cometa_result_ended"):
        try:
            with scope.session.begin_nested():
                function(run=run, ending=ending, scope=scope)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # reporting never decides an outcome
            logger.exception("Plugin %s failed in cometa_result_ended", plugin)
