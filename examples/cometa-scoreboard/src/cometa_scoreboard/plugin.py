"""All that this module does is say what the plugin adds."""

from collections.abc import Iterable
from types import ModuleType

from cometa_core import PluginInfo, hookimpl
from cometa_core.contracts.migration import MigrationSource
from cometa_core.contracts.permissions import KeyScope, Permission
from cometa_core.contracts.run import RunEvent, RunInfo
from cometa_core.runtime import Runtime
from cometa_runner.steps import StepLibrary
from pyramid.config import Configurator

from cometa_scoreboard import models
from cometa_scoreboard.listening import count_finished

# The rows belong to departments, which are a table of accounts.
PLUGIN = PluginInfo("scoreboard", "Points of players, and of features that finish", requires=("accounts",))

EVERYBODY = ("SUPERUSER", "MANAGER", "DEVOPS", "ANALYSIS", "ANONYMOUS")


@hookimpl
def cometa_permissions() -> Iterable[Permission]:
    """Declare who may look at the scoreboard and who may add points."""
    return [
        Permission("view_scoreboard", "Read the scoreboard.", EVERYBODY, KeyScope.READ),
        Permission("edit_scoreboard", "Add points.", ("SUPERUSER", "MANAGER", "DEVOPS")),
    ]


@hookimpl
def cometa_models() -> Iterable[ModuleType]:
    """Name the module of the table."""
    return [models]


@hookimpl
def cometa_migrations() -> MigrationSource:
    """Say where the history of the table is."""
    return MigrationSource("scoreboard", "cometa_scoreboard:migrations", ("scoreboard_",))


@hookimpl
def cometa_includeme(config: Configurator) -> None:
    """Add the routes."""
    config.scan("cometa_scoreboard.views")


@hookimpl
def cometa_step_libraries() -> Iterable[StepLibrary]:
    """Offer the sentence; its module is imported where steps are executed."""
    yield StepLibrary("scoreboard", "cometa_scoreboard.steps", "Scores of players")


@hookimpl
def cometa_run_event(run: RunInfo, event: RunEvent, runtime: Runtime) -> None:
    """Count results that finish."""
    count_finished(run, event, runtime)
