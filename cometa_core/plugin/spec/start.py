"""Hooks around the start of a process."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cometa_core.plugin.markers import hookspec
from cometa_core.settings import Setting

if TYPE_CHECKING:
    from cometa_core.contracts.process import CompanionProcess
    from cometa_core.runtime import Role, Runtime


@hookspec
def cometa_settings() -> Iterable[Setting]:
    """Declare the settings that a plugin reads.

    Called first of all in every process, before any value is read; once a runtime, outside a transaction.

    Returns the declared settings (key, default, sentence, reader).  The core reads ini and environment with them and
    shows them in ``cometa config show``.  A key that is declared twice stops the start, and so does an exception.

    Kind: collect.  Stability: stable.  Added in API 1.0.  Example: ``cometa_executions.plugin``.
    """


@hookspec
def cometa_startup(runtime: "Runtime", role: "Role") -> None:
    """Begin what a plugin does in the background of a process.

    Called once a process after configuration and before the first request or job, in call order.

    Args:
        runtime: the runtime of the process; ``runtime.at_exit`` registers what ends the background work.
        role: what the process is: web, worker or command line.

    An exception stops the start of the process with its text.

    Kind: inline.  Stability: stable.  Added in API 1.0.  Example: ``cometa_accounts.plugin``.
    """


@hookspec
def cometa_processes() -> "Iterable[CompanionProcess]":
    """Name the processes that an embedded installation runs beside the web process.

    Called when a web process starts and by ``cometa up``; outside a transaction.

    Returns the processes; the core starts those whose setting is on, restarts them when they die and ends them with
    the web process.  Two processes of one name stop the start, and so does an exception.

    Kind: collect.  Stability: provisional.  Added in API 1.0.  Example: ``cometa_worker.plugin``.
    """
