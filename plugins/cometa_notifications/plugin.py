"""What notifications add."""

from collections.abc import Iterable
from types import ModuleType

from pyramid.config import Configurator

from cometa_core import PluginInfo, hookimpl
from cometa_core.contracts.migration import MigrationSource
from cometa_core.contracts.requests import RequestKind
from cometa_core.contracts.run import ResultEnding, RunInfo
from cometa_core.contracts.schedules import MissedStart
from cometa_core.contracts.tasks import Task
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_core.settings import Setting
from cometa_notifications import models, settings
from cometa_notifications.services.ending import note_ending
from cometa_notifications.services.missing import note_missed
from cometa_notifications.services.outbox import DELIVER_TASK

PLUGIN = PluginInfo(
    "notifications",
    "Mail and webhooks when results end, and mail of steps",
    requires=("accounts", "features", "executions", "reports", "worker"),
)


@hookimpl
def cometa_settings() -> Iterable[Setting]:
    """Declare the mail server and how deliveries are repeated."""
    return settings.declared()


@hookimpl
def cometa_models() -> Iterable[ModuleType]:
    """Name the module of the tables."""
    return [models]


@hookimpl
def cometa_migrations() -> MigrationSource:
    """Say where the history of the tables is."""
    return MigrationSource("notifications", "cometa_notifications:migrations", ("notifications_",))


@hookimpl
def cometa_result_ended(run: RunInfo, ending: ResultEnding, scope: Scope) -> None:
    """Put mail and webhooks about a result into the outbox, in the transaction that ends it."""
    note_ending(scope, run, ending)


@hookimpl
def cometa_start_missed(missed: MissedStart, scope: Scope) -> None:
    """Put mail and webhooks about planned starts that started nothing into the outbox.  Contract: runner J.5."""
    note_missed(scope, missed)


@hookimpl
def cometa_step_requests() -> Iterable[RequestKind]:
    """Answer the mail sentences."""
    from cometa_notifications.services.requests import give_mailbox, send_mail  # noqa: PLC0415 - for workers alone

    return [RequestKind("send_mail", send_mail), RequestKind("mailbox", give_mailbox)]


@hookimpl
def cometa_tasks() -> Iterable[Task]:
    """Send what is due when it is rung for, and look each minute."""
    return [Task(DELIVER_TASK, deliver_due, every_minute=True)]


def deliver_due(runtime: Runtime) -> None:
    """Send what is due; the libraries for it are loaded in workers alone."""
    from cometa_notifications.services.delivering import deliver  # noqa: PLC0415 - web processes send nothing

    deliver(runtime)


@hookimpl
def cometa_includeme(config: Configurator) -> None:
    """Add the routes."""
    config.scan("cometa_notifications.views")
