"""Hooks of tasks and of the command line."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cometa_core.contracts.health import HealthCheck
from cometa_core.contracts.metrics import Amount
from cometa_core.contracts.tasks import Task
from cometa_core.plugin.markers import hookspec

if TYPE_CHECKING:
    from cometa_core.cli.group import CommandGroup


@hookspec
def cometa_tasks() -> Iterable[Task]:
    """Declare functions that workers execute through Huey.

    Called once in web processes (to enqueue) and workers (to execute).

    Returns tasks with stable names; a function takes the runtime and what was enqueued.  Two tasks of one name stop
    the start.  An exception of a task is logged and not repeated: tasks must be idempotent and find work in the
    database, since the queue may lose or double a message.

    Kind: collect.  Stability: stable.  Added in API 1.0.  Example: ``cometa_worker.plugin``.
    """


@hookspec
def cometa_commands(group: "CommandGroup") -> None:
    """Add commands to ``cometa``.

    Called when the command line starts, before any runtime exists, in call order.

    Args:
        group: takes click commands; two of one name stop the command line and both plugins are named.

    An exception stops the command line with the name of the plugin.

    Kind: register.  Stability: stable.  Added in API 1.0.  Example: ``cometa_accounts.plugin``.
    """


@hookspec
def cometa_health_checks() -> Iterable[HealthCheck]:
    """Offer lines for ``cometa doctor``.

    Called when the command runs, in the process of the command line.

    Returns checks; each looks at the runtime and says what it found and how to mend it.  An exception of a check is
    its finding.  Two checks of one name stop the command.

    Kind: collect.  Stability: provisional.  Added in API 1.0.  Example: ``cometa_catalog.plugin``.
    """


@hookspec
def cometa_metrics() -> Iterable[Amount]:
    """Offer figures that are measured when Prometheus asks for ``/metrics``.

    Called on each request for it, in the web process.

    Returns amounts; each asks the database once, by an index.  Two of one name answer the request with an error, and
    so does an exception.

    Kind: collect.  Stability: provisional.  Added in API 1.0.  Example: ``cometa_executions.plugin``.
    """
