"""Hooks around what runs ask for, how they end, and why they did not begin."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cometa_core.contracts.requests import RequestKind
from cometa_core.contracts.run import ResultEnding, RunInfo
from cometa_core.contracts.schedules import MissedStart
from cometa_core.plugin.markers import hookspec

if TYPE_CHECKING:
    from cometa_core.scope import Scope


@hookspec
def cometa_step_requests() -> Iterable[RequestKind]:
    """Offer to answer what steps ask the worker for.

    Called once in workers, when the first step asks.

    Returns kinds of requests.  Their ``answer`` is called inside the transaction that holds the result, and again when
    that fails.  A ``CometaError`` fails the step with its sentence; every other exception with ``internal``, and its
    text goes to the log of the worker alone.  Two kinds of one name are an error.

    Kind: collect.  Stability: provisional.  Added in API 1.0.  Example: ``cometa_notifications.plugin``.
    """


@hookspec
def cometa_result_ended(run: RunInfo, ending: ResultEnding, scope: "Scope") -> None:
    """Store something in the transaction that writes the terminal state of a result.

    Called once a result, whoever ends it: worker, sweeper, API or a runner outside.

    Args:
        run: the run and result.
        ending: how it ended.
        scope: its session holds the transaction; nobody needs to act.

    Everything that must happen exactly as often as results end belongs here, as rows that a task works off later;
    ``cometa_run_event`` may be lost with its process.  Each plugin has a savepoint of its own: an exception takes back
    what this plugin stored, is logged with its name and never keeps a result from ending.

    Kind: inline.  Stability: provisional.  Added in API 1.0.  Example: ``cometa_notifications.plugin``.
    """


@hookspec
def cometa_start_missed(missed: MissedStart, scope: "Scope") -> None:
    """Store something in the transaction that records that planned starts of a feature started nothing.

    Called once a decision and reason, however many planned times it is about; not for the times of a pause, which
    somebody wanted.

    Args:
        missed: which starts, and why.
        scope: its session holds the transaction; nobody needs to act.

    Each plugin has a savepoint of its own: an exception takes back what this plugin stored, is logged with its name
    and never keeps schedules from going on.

    Kind: inline.  Stability: provisional.  Added in API 1.0.  Example: ``cometa_notifications.plugin``.
    """
