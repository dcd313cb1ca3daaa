"""Where the migrations of a plugin are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MigrationSource:
    """The Alembic history of one plugin (or of the core).

    Attributes:
        plugin: name of the plugin; also the name of its version table, ``cometa_version_<plugin>``.
        folder: package and folder of the revisions, for instance ``cometa_catalog:migrations``.
        prefixes: prefixes of the names of its tables.
    """

    plugin: str
    folder: str
    prefixes: tuple[str, ...]
