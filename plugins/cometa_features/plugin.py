"""What the features plugin adds."""

from collections.abc import Iterable
from types import ModuleType

from pyramid.config import Configurator
from pyramid.events import ContextFound

from cometa_core import PluginInfo, hookimpl
from cometa_core.cli.group import CommandGroup
from cometa_core.contracts.change import ResourceChange
from cometa_core.contracts.migration import MigrationSource
from cometa_core.contracts.permissions import Permission
from cometa_core.scope import Scope
from cometa_core.settings import Setting, as_integer
from cometa_features import folder_models, history_models, models
from cometa_features.refusals import explain_twice
from cometa_features.services.history import LIMIT_KEY
from cometa_features.services.saving import refuse_removal_of_used

PLUGIN = PluginInfo("features", "Features and their steps", requires=("accounts", "catalog"))

MOST = ("SUPERUSER", "MANAGER", "DEVOPS", "ANALYSIS")
EVERYBODY = (*MOST, "ANONYMOUS")


@hookimpl
def cometa_settings() -> Iterable[Setting]:
    """Declare how much of the history of features is kept."""
    return [Setting(LIMIT_KEY, 200, "Versions that are kept of each feature; at least one.", as_integer)]


@hookimpl
def cometa_permissions() -> Iterable[Permission]:
    """Declare the flags of features and folders.  Contract: rest-api A3.1."""
    return [
        Permission("create_feature", "Create features.", EVERYBODY),
        Permission("edit_feature", "Change features, their steps, schedules and folders.", EVERYBODY),
        Permission("delete_feature", "Delete features of others.", ("SUPERUSER",)),
        Permission("view_feature", "See features, steps, results, logs and pictures.", EVERYBODY),
        Permission("create_folder", "Create folders; change those of others.", MOST),
        Permission("delete_folder", "Delete folders of others.", MOST),
    ]


@hookimpl
def cometa_models() -> Iterable[ModuleType]:
    """Name the modules of the tables."""
    return [models, folder_models, history_models]


@hookimpl
def cometa_migrations() -> MigrationSource:
    """Say where the history of the tables is."""
    return MigrationSource("features", "cometa_features:migrations", ("features_",))


@hookimpl
def cometa_resource_changing(change: ResourceChange, scope: Scope) -> None:
    """Refuse to delete what a feature uses."""
    refuse_removal_of_used(change, scope)


@hookimpl
def cometa_includeme(config: Configurator) -> None:
    """Add the routes."""
    config.scan("cometa_features.views")
    config.scan("cometa_features.folder_views")
    config.scan("cometa_features.history_views")
    config.add_subscriber(explain_twice, ContextFound)


@hookimpl
def cometa_commands(group: CommandGroup) -> None:
    """Add ``cometa export`` and ``cometa import``."""
    from cometa_features.commands import export_features, import_features  # noqa: PLC0415 - others must not pay for it

    group.add(export_features)
    group.add(import_features)
