"""What the schedules plugin adds."""

from collections.abc import Iterable
from types import ModuleType

from pyramid.config import Configurator

from cometa_core import PluginInfo, hookimpl
from cometa_core.contracts.migration import MigrationSource
from cometa_core.contracts.requests import RequestKind
from cometa_core.contracts.tasks import Task
from cometa_core.runtime import Role, Runtime
from cometa_core.settings import Setting, as_seconds
from cometa_features.api import offer_schedules
from cometa_schedules import models
from cometa_schedules.services.firing import GRACE_KEY, fire_due
from cometa_schedules.services.keeping import FeatureSchedules
from cometa_schedules.ticking import Ticker

PLUGIN = PluginInfo("schedules", "Cron schedules of features", requires=("accounts", "features", "executions"))


@hookimpl
def cometa_settings() -> Iterable[Setting]:
    """Declare when a planned time counts as missed."""
    return [Setting(GRACE_KEY, 60.0, "How many seconds late a scheduled start may be.", as_seconds)]


@hookimpl
def cometa_models() -> Iterable[ModuleType]:
    """Name the module of the tables."""
    return [models]


@hookimpl
def cometa_migrations() -> MigrationSource:
    """Say where the history of the tables is."""
    return MigrationSource("schedules", "cometa_schedules:migrations", ("schedules_",))


@hookimpl
def cometa_startup(runtime: Runtime, role: Role) -> None:
    """Keep the schedules of features, and look for due ones in web processes and workers."""
    offer_schedules(runtime, FeatureSchedules())
    if role is not Role.COMMAND:
        ticker = Ticker(runtime)
        ticker.start()
        runtime.at_exit(ticker.stop)


@hookimpl
def cometa_tasks() -> Iterable[Task]:
    """Look each minute too, should a thread have died.  Contract: runner J.4."""
    return [Task("schedules.fire_due", fire_due, every_minute=True)]


@hookimpl
def cometa_step_requests() -> Iterable[RequestKind]:
    """Answer the sentences about schedules."""
    from cometa_schedules.services.requests import add_schedule, delete_schedule  # noqa: PLC0415 - for workers alone

    return [RequestKind("schedule_add", add_schedule), RequestKind("schedule_remove", delete_schedule)]


@hookimpl
def cometa_includeme(config: Configurator) -> None:
    """Add the routes, and the schedule of features to theirs."""
    offer_schedules(config.registry["cometa.runtime"], FeatureSchedules())
    config.scan("cometa_schedules.views")
