"""Alembic with one linear history and one version table a plugin.

A shared version table would break every command as soon as a plugin is disabled: its revisions could not be found.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect

from cometa_core.contracts.migration import MigrationSource
from cometa_core.db.engine import database_file
from cometa_core.errors import ConfigurationError

CORE_SOURCE = MigrationSource("core", "cometa_migrations:versions", ("core_",))


@dataclass(frozen=True)
class HistoryState:
    """Where the database stands in one history.

    Attributes:
        source: the history.
        current: revision of the database, None before the first.
        head: newest revision of the code.
        known: False when the code does not know the revision of the database.
    """

    source: MigrationSource
    current: str | None
    head: str | None
    known: bool

    @property
    def is_current(self) -> bool:
        """Tell whether the database is at the newest revision."""
        return self.current == self.head


def folder_of(source: MigrationSource) -> Path:
    """Return the folder of the revisions of one history."""
    package, _, folder = source.folder.partition(":")
    return package_folder(package) / folder


def package_folder(package: str) -> Path:
    """Return the folder of an installed package.

    ``importlib.resources`` cannot open a package without ``__init__.py`` that is installed editable, and
    ``cometa_migrations`` is one.
    """
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec is not None else None
    return next(path for place in places or () if (path := Path(place)).is_dir())


def alembic_config(source: MigrationSource, connection: Connection | None = None) -> Config:
    """Build Alembic's configuration for one history.

    ``env.py`` of ``cometa_migrations`` reads the connection and the history from ``attributes``.
    """
    config = Config()
    config.set_main_option("script_location", str(package_folder("cometa_migrations")))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(folder_of(source)))
    config.attributes["source"] = source
    config.attributes["connection"] = connection
    return config


VERSION_PREFIX = "cometa_version_"


def version_table(source: MigrationSource) -> str:
    """Return the name of the version table of one history."""
    return f"{VERSION_PREFIX}{source.plugin}"


def inactive_histories(engine: Engine, sources: Sequence[MigrationSource]) -> list[str]:
    """Name the plugins that have tables in the database and are not active: their data is kept for their return."""
    active = {version_table(source) for source in sources}
    tables = inspect(engine).get_table_names()
    return sorted(
        name.removeprefix(VERSION_PREFIX) for name in tables if name.startswith(VERSION_PREFIX) and name not in active
    )


def state_of(connection: Connection, source: MigrationSource) -> HistoryState:
    """Read where the database stands in one history."""
    scripts = ScriptDirectory.from_config(alembic_config(source))
    context = MigrationContext.configure(connection, opts={"version_table": version_table(source)})
    current = context.get_current_revision()
    try:
        known = current is None or scripts.get_revision(current) is not None
    except CommandError:
        known = False
    return HistoryState(source, current, scripts.get_current_head(), known)


def upgrade(engine: Engine, sources: Sequence[MigrationSource]) -> Iterator[tuple[HistoryState, bool]]:
    """Bring every history to its newest revision, in order, one transaction each.

    Yields:
        The state before, and whether anything was changed, for progress.

    Raises:
        ConfigurationError: the database is newer than the code.
    """
    make_folder(engine)
    for source in sources:
        with _migrating(engine) as connection:
            state = state_of(connection, source)
            refuse_newer(state)
            if not state.is_current:
                command.upgrade(alembic_config(source, connection), "head")
        yield state, not state.is_current


def make_folder(engine: Engine) -> None:
    """Make the folder of an SQLite database, which SQLite does not.

    Raises:
        ConfigurationError: it cannot be made.
    """
    file = database_file(engine)
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The folder {file.parent} of the database cannot be created ({error.strerror}). Choose another with "
            "--data, cometa.data or sqlalchemy.url."
        ) from error


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """Open a connection with a transaction for migrations.

    SQLite changes a table by writing it anew and dropping the old one, which with foreign keys switched on would
    delete the rows that refer to it.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def refuse_newer(state: HistoryState) -> None:
    """Refuse a database that was migrated by a newer version of the code."""
    if not state.known:
        raise ConfigurationError(
            "The database is newer than this version of Cometa Core: "
            f"revision {state.current} of {state.source.plugin} is unknown here. "
            "Install the newer version, or restore a backup that fits this one."
        )


def check_current(engine: Engine, sources: Sequence[MigrationSource]) -> None:
    """Refuse to work on a database that is not at the newest revisions.

    Raises:
        ConfigurationError: not migrated, or newer than the code; the sentence says what to run.
    """
    file = database_file(engine)
    if file is not None and not file.exists():
        # To connect would make an empty file.
        raise ConfigurationError(f"There is no database {file}. Run `cometa init` with the same ini first.")
    with engine.connect() as connection:
        empty = not inspect(connection).get_table_names()
        for source in sources:
            state = state_of(connection, source)
            refuse_newer(state)
            if not state.is_current:
                what = "The database is empty" if empty else f"The database is not migrated for {source.plugin}"
                raise ConfigurationError(f"{what}. Run `cometa init` with the same ini first.")
