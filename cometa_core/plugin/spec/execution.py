"""Hooks around steps and runs."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cometa_core.contracts.run import RunEvent, RunInfo
from cometa_core.plugin.markers import hookspec

if TYPE_CHECKING:
    from cometa_core.contracts.steps import StepLibrary
    from cometa_core.runtime import Runtime


@hookspec
def cometa_step_libraries() -> "Iterable[StepLibrary]":
    """Offer libraries of step sentences.

    Called once in web processes, workers and commands that compile features.

    Returns the libraries (name, module, title); their modules are imported in the runner, and in processes that
    list or match sentences.  Two libraries of one name stop the start, and so do two that define one sentence.

    Kind: collect.  Stability: stable.  Added in API 1.0.  Example: ``cometa_websteps.plugin``.
    """


@hookspec
def cometa_run_event(run: RunInfo, event: RunEvent, runtime: "Runtime") -> None:
    """Tell a plugin what happened to a run.

    Called once an event, after the transaction that stored it was committed; in the process that stored it (web for
    ``result.queued`` and cancels of queued results, workers for all others).  Events of one run arrive in order.

    Args:
        run: the run and result.
        event: what happened.
        runtime: runtime of the process; a listener that stores something opens a unit of work of its own on it.

    An exception is logged with the plugin's name and changes nothing.

    Kind: notify.  Stability: stable.  Added in API 1.0.  Example: ``examples/cometa-scoreboard``.
    """
