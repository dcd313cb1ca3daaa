"""Hooks around steps and runs."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from cometa_core.contracts.clouds import Cloud
from cometa_core.contracts.pictures import PictureComparer
from cometa_core.contracts.run import RunEvent, RunInfo
from cometa_core.contracts.variables import RunVariable, VariableLayer
from cometa_core.plugin.markers import hookspec

if TYPE_CHECKING:
    from cometa_core.contracts.steps import StepLibrary
    from cometa_core.runtime import Runtime
    from cometa_core.scope import Scope


@hookspec
def cometa_step_libraries() -> "Iterable[StepLibrary]":
    """Offer libraries of step sentences.

    Called once in web processes, workers and commands that compile features.

    Returns the libraries (name, module, title); their modules are imported in the runner, and in processes that
    list or match sentences.  Two libraries of one name stop the start, and so do two that define one sentence.

    Kind: collect.  Stability: stable.  Added in API 1.0.  Example: ``cometa_websteps.plugin``.
    """


@hookspec
def cometa_run_variables(run: RunInfo, plan: Mapping[str, object], scope: "Scope") -> Iterable[VariableLayer]:
    """Give variables to a run, and the clear text of ciphertexts in its steps.

    Called in workers when a claimed result is prepared, so that a run that waited sees today's values; once an attempt.

    Args:
        run: the run and result.
        plan: compiled plan; the texts in its ``tree`` may hold ciphertexts.
        scope: its session only reads, and nobody acts.

    Returns layers.  Their values go to the runner alone, secret ones are masked in everything that leaves it.  Two
    layers of one name, and an exception, end the attempt before it began; a ``CometaError`` gives the sentence.

    Kind: collect.  Stability: stable.  Added in API 1.0.  Example: ``cometa_variables.plugin``.
    """


@hookspec
def cometa_variable_set(run: RunInfo, variable: RunVariable, scope: "Scope") -> None:
    """Keep a variable that a step set for the environment.

    Called in workers when the step reports it, inside the transaction that holds the result, and again when that fails.

    Args:
        run: the run and result.
        variable: name and value; ``secret`` when it must be kept encrypted.
        scope: unit of work in which nobody acts.

    An exception rolls the transaction back; the sentence of a ``CometaError`` becomes a warning of the step.

    Kind: inline.  Stability: stable.  Added in API 1.0.  Example: ``cometa_variables.plugin``.
    """


@hookspec
def cometa_picture_comparers(runtime: "Runtime") -> Iterable[PictureComparer]:
    """Offer to compare the pictures of runs with baselines.

    Called once in workers, when the first result is prepared.

    Args:
        runtime: runtime of the process.

    Returns comparers.  The first one compares; without any, pictures are stored and every verdict that a step waits
    for is ``error``.  Its ``compare`` is called in threads, several at a time; its ``keep`` inside the transaction that
    holds the result, and again when that fails.  Two comparers of one name, and an exception, end the attempt before it
    began; an exception of ``compare`` is the verdict ``error``.

    Kind: collect.  Stability: provisional.  Added in API 1.0.  Example: ``cometa_screenshots.plugin``.
    """


@hookspec
def cometa_clouds(runtime: "Runtime") -> Iterable[Cloud]:
    """Offer places that browsers of other machines come from.

    Called once in web processes, workers and commands that resolve or open browsers.

    Args:
        runtime: runtime of the process.

    Returns clouds, whose names are the values of ``cloud`` in BrowserSpecs.  Two clouds of one name, and an exception,
    refuse the start of a run.  The conformance suite is ``cometa_core.testing.clouds``.

    Kind: collect.  Stability: provisional.  Added in API 1.0.  Example: ``cometa_browserstack.plugin``.
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
