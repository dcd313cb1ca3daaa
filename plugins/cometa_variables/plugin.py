"""What the plugin adds."""

from collections.abc import Iterable, Mapping
from types import ModuleType

from pyramid.config import Configurator
from sqlalchemy.orm import Session

from cometa_core import PluginInfo, hookimpl
from cometa_core.contracts.change import ResourceChange
from cometa_core.contracts.exchange import ExchangePart
from cometa_core.contracts.migration import MigrationSource
from cometa_core.contracts.permissions import Permission
from cometa_core.contracts.run import RunInfo
from cometa_core.contracts.variables import RunVariable, VariableLayer
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_core.settings import Setting
from cometa_features.api import Feature
from cometa_variables import models
from cometa_variables.services.exchanging import VariablesPart
from cometa_variables.services.naming import index_all, index_feature
from cometa_variables.services.running import keep_variable, layer_of
from cometa_variables.services.storing import follow_feature, refuse_removal_of_environment

PLUGIN = PluginInfo(
    "variables", "Stored variables and encrypted texts", requires=("accounts", "catalog", "features", "executions")
)

EVERYBODY = ("SUPERUSER", "MANAGER", "DEVOPS", "ANALYSIS", "ANONYMOUS")


@hookimpl
def cometa_settings() -> Iterable[Setting]:
    """Declare the passphrase of texts that were encrypted elsewhere."""
    return [
        Setting(
            "cometa.encryption_legacy_passphrase",
            None,
            "Passphrase of encrypted texts in the older form, U2FsdGVkX1…, which are only read.",
            secret=True,
        )
    ]


@hookimpl
def cometa_permissions() -> Iterable[Permission]:
    """Declare the flags of variables.  Contract: rest-api A3.1."""
    return [
        Permission("create_variable", "Create variables.", EVERYBODY),
        Permission("edit_variable", "Edit variables; encrypt texts.", EVERYBODY),
        Permission("delete_variable", "Delete variables.", ("SUPERUSER",)),
    ]


@hookimpl
def cometa_models() -> Iterable[ModuleType]:
    """Name the module of the tables."""
    return [models]


@hookimpl
def cometa_migrations() -> MigrationSource:
    """Say where the history of the tables is."""
    return MigrationSource("variables", "cometa_variables:migrations", ("variables_",))


@hookimpl
def cometa_seed(session: Session, fresh: bool, runtime: Runtime) -> None:  # noqa: FBT001 - hook arguments are passed by name
    """Read what the steps of features name that were there before the plugin."""
    if fresh:
        index_all(session, runtime)


@hookimpl
def cometa_resource_changing(change: ResourceChange, scope: Scope) -> None:
    """Keep environments that have variables, and follow the features that name them."""
    if change.kind == "environment" and change.action == "delete":
        refuse_removal_of_environment(change, scope)
    elif change.kind == "feature" and change.action != "delete" and isinstance(change.row, Feature):
        follow_feature(scope, change.row)
        index_feature(scope.session, scope.runtime, change.row.id)


@hookimpl
def cometa_run_variables(run: RunInfo, plan: Mapping[str, object], scope: Scope) -> Iterable[VariableLayer]:
    """Give runs the stored variables, and open what is encrypted in their steps."""
    return [layer_of(scope, run, plan)]


@hookimpl
def cometa_variable_set(run: RunInfo, variable: RunVariable, scope: Scope) -> None:
    """Keep what a step set for the environment."""
    keep_variable(scope, run, variable)


@hookimpl
def cometa_exchange_parts() -> Iterable[ExchangePart]:
    """Export and import variables with features, without secrets."""
    return [VariablesPart()]


@hookimpl
def cometa_includeme(config: Configurator) -> None:
    """Add the routes."""
    config.scan("cometa_variables.views")
