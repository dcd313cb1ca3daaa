"""Hooks around tables and rows."""

from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING

from cometa_core.contracts.change import ResourceChange
from cometa_core.contracts.migration import MigrationSource
from cometa_core.plugin.markers import hookspec

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from cometa_core.contracts.artifacts import ArtifactReferences
    from cometa_core.contracts.exchange import ExchangePart
    from cometa_core.runtime import Runtime
    from cometa_core.scope import Scope


@hookspec
def cometa_models() -> Iterable[ModuleType]:
    """Name the modules whose import declares a plugin's tables.

    Called in every process before mappers are configured, and in migrations.

    Returns the modules, already imported.  Tables must carry a prefix that ``cometa_migrations`` declares.
    An exception stops the start.

    Kind: collect.  Stability: stable.  Added in API 1.0.  Example: ``cometa_catalog.plugin``.
    """


@hookspec
def cometa_migrations() -> MigrationSource:
    """Say where a plugin's Alembic history is.

    Called by ``cometa init`` and ``cometa db``, and by every process that checks that the database is up to date.

    Returns one linear history with a version table of its own.  Histories are walked in call order.
    An exception stops the command.

    Kind: collect.  Stability: stable.  Added in API 1.0.  Example: ``cometa_catalog.plugin``.
    """


@hookspec
def cometa_seed(session: "Session", fresh: bool, runtime: "Runtime") -> None:  # noqa: FBT001 - hook arguments are passed by name
    """Put rows into the database that a plugin needs to work.

    Called by ``cometa init`` after the plugin's migrations, in one transaction a plugin; must be idempotent.

    Args:
        session: session of the transaction.
        fresh: True when this plugin's tables were created by the same command.
        runtime: gives settings and clock; its sessions must not be used.

    An exception rolls the transaction back and stops the command with the name of the plugin.

    Kind: inline.  Stability: stable.  Added in API 1.0.  Example: ``cometa_catalog.plugin``.
    """


@hookspec
def cometa_resource_changing(change: ResourceChange, scope: "Scope") -> None:
    """Take part in a change of a row of another plugin, or refuse it.

    Called inside the transaction of the change, in call order: for deletions before the row is deleted, for other
    changes after they were flushed.  In the web process and in workers.

    Args:
        change: what is changing.
        scope: the unit of work, with its session and identity.

    Raise a ``CometaError`` to refuse: the whole transaction is rolled back and the error is the answer.

    Kind: inline.  Stability: stable.  Added in API 1.0.  Example: ``cometa_features.plugin``.
    """


@hookspec
def cometa_exchange_parts() -> "Iterable[ExchangePart]":
    """Offer what ``cometa export`` writes beside features and ``cometa import`` stores with them.

    Called by these commands.

    Returns parts; each has a file of its own in the export.  Two of one name stop the command.  An exception takes the
    whole import back.

    Kind: collect.  Stability: provisional.  Added in API 1.0.  Example: ``cometa_variables.plugin``.
    """


@hookspec
def cometa_artifact_references() -> "Iterable[ArtifactReferences]":
    """Protect objects of the artifact store that rows of a plugin name.

    Called by retention, in workers and by ``cometa prune``, before objects are removed.

    Returns who names objects.  An object goes when nobody names it any more and it was last put more than a day ago; so
    a row must be committed within a day after its object was put, and a row that takes over an object of a result must
    hold that result.  While a plugin is not active nobody protects its objects.  An exception keeps all of them.

    Kind: collect.  Stability: provisional.  Added in API 1.0.  Example: ``cometa_screenshots.plugin``.
    """
