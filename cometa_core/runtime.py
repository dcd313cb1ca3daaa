"""The runtime of one process: settings, plugins, stores and sessions.  The only door for worker and command line."""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

from pyramid.paster import get_appsettings
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, configure_mappers, sessionmaker

from cometa_core.artifacts import FolderStore, make_store
from cometa_core.clock import Clock, SystemClock
from cometa_core.contracts.identity import Identity
from cometa_core.contracts.migration import MigrationSource
from cometa_core.db.engine import make_engine, unusable
from cometa_core.db.migrations import CORE_SOURCE, check_current
from cometa_core.declared import CORE_SETTINGS
from cometa_core.embedded import Locations, encryption_keys, locate, queue_secret
from cometa_core.errors import ConfigurationError
from cometa_core.plugin.registry import Plugins, load_plugins
from cometa_core.scope import Scope, unit_of_work
from cometa_core.security.permission import PermissionTable
from cometa_core.security.seals import KeyRing
from cometa_core.settings import Settings, load_settings
from cometa_core.tasks import TaskQueue

logger = logging.getLogger(__name__)

Made = TypeVar("Made")


class Role(StrEnum):
    """What a process is."""

    WEB = "web"
    WORKER = "worker"
    COMMAND = "command"


class Runtime:
    """Everything of an installation in one process; parts are made when first used.

    Attributes:
        settings: all effective settings.
        plugins: active plugins and their dispatcher.
        clock: time, replaceable in tests.
        locations: data folder and URLs.
    """

    def __init__(self, settings: Settings, plugins: Plugins, clock: Clock | None = None) -> None:
        self.settings = settings
        self.plugins = plugins
        self.clock: Clock = clock or SystemClock()
        self.locations: Locations = locate(settings)
        self._closers: list[Callable[[], object]] = []
        self._made: dict[str, object] = {}
        self._making = threading.RLock()
        # The import of their modules declares the tables; mappers are configured once all are known.
        list(plugins.dispatch.gather("cometa_models"))
        configure_mappers()

    @cached_property
    def engine(self) -> Engine:
        """The engine of the database."""
        engine = make_engine(self.locations.database_url)
        self.at_exit(engine.dispose)
        return engine

    @cached_property
    def sessions(self) -> "sessionmaker[Session]":
        """Make sessions outside of requests; rows stay readable after the commit."""
        return sessionmaker(self.engine, expire_on_commit=False)

    @cached_property
    def readonly_engine(self) -> Engine:
        """The engine for reading: on SQLite its transactions take no write lock."""
        return self.engine.execution_options(readonly=True)

    def reading(self) -> Session:
        """Open a session that only reads; to be used as a context manager."""
        return self.sessions(bind=self.readonly_engine)

    @cached_property
    def tasks(self) -> TaskQueue:
        """The queue with the tasks of all plugins."""
        tasks = {name: task for name, (_, task) in self.plugins.dispatch.collect("cometa_tasks").items()}
        secret = queue_secret(self.settings, self.locations.data)
        queue = TaskQueue(self, tasks, self.locations.queue_url, secret)
        self.at_exit(queue.close)
        return queue

    @cached_property
    def artifacts(self) -> FolderStore:
        """The artifact store."""
        return make_store(self.locations.artifacts_url)

    @cached_property
    def seals(self) -> KeyRing:
        """Keys of sealed secrets."""
        return KeyRing(encryption_keys(self.settings, self.locations.data))

    @cached_property
    def permissions(self) -> PermissionTable:
        """Permissions that the active plugins declare."""
        found = self.plugins.dispatch.collect("cometa_permissions")
        return PermissionTable({name: permission for name, (_, permission) in found.items()})

    @cached_property
    def histories(self) -> tuple[MigrationSource, ...]:
        """The migration histories of core and active plugins, in call order."""
        return (CORE_SOURCE, *(source for _, source in self.plugins.dispatch.gather("cometa_migrations")))

    def unit_of_work(self, actor: Identity | None = None) -> AbstractContextManager[Scope]:
        """Open a scope with a transaction of its own."""
        return unit_of_work(self, actor)

    def readiness(self) -> Mapping[str, Callable[[], None]]:
        """Return the checks of ``/ready`` by name; each raises when its part does not answer."""
        return {"database": self._check_database, "queue": self.tasks.check}

    def _check_database(self) -> None:
        with self.engine.connect() as connection:
            connection.execute(text("select 1"))

    def check_database(self) -> None:
        """Look at the database before anything is made that needs it.

        Raises:
            ConfigurationError: it cannot be used, is not migrated or newer than the code.
        """
        try:
            check_current(self.engine, self.histories)
        except DatabaseError as error:
            raise unusable(self.engine, error) from error

    def start(self, role: Role) -> None:
        """Check the database and let plugins begin their background work.

        Raises:
            ConfigurationError: database, keys or artifact store cannot be used as they are configured.
        """
        self.check_database()
        # Made now, so that keys or a store that cannot be used are noticed before they are needed.
        _ = self.seals, self.artifacts
        self.plugins.dispatch.inline("cometa_startup", runtime=self, role=role)

    def once(self, name: str, factory: "Callable[[], Made]") -> "Made":
        """Return a part that a plugin keeps for the life of the runtime, making it on the first call.

        Args:
            name: unique name, for instance ``catalog.vocabulary``.
            factory: makes the part; called once even when several threads ask.
        """
        with self._making:
            if name not in self._made:
                self._made[name] = factory()
            return cast("Made", self._made[name])

    def replace(self, name: str, part: object) -> None:
        """Replace a part that ``once`` keeps; who already has the old one goes on with it."""
        with self._making:
            self._made[name] = part

    def at_exit(self, closer: Callable[[], object]) -> None:
        """Remember what ends something that was begun; the last is called first."""
        self._closers.append(closer)

    def close(self) -> None:
        """End everything that was begun."""
        while self._closers:
            try:
                self._closers.pop()()
            except Exception:  # one part that cannot be closed must not keep the others open
                logger.exception("A part of the runtime could not be closed")


def read_ini(path: Path) -> dict[str, str]:
    """Read the application section of an ini file.

    Raises:
        ConfigurationError: the file is missing or cannot be read.
    """
    if not path.is_file():
        raise ConfigurationError(f"There is no ini file {path}. Name one with -c or COMETA_INI.")
    if not os.access(path, os.R_OK):
        raise ConfigurationError(f"The ini file {path} cannot be read: permission denied. Change its owner or mode.")
    try:
        found = get_appsettings(str(path), name="main")
    except Exception as error:  # plaster and PasteDeploy raise many kinds for a file that they cannot read
        raise ConfigurationError(f"The ini file {path} cannot be used: {' '.join(str(error).split())}") from error
    return {str(key): str(value) for key, value in found.items()}


def make_runtime(
    ini: Mapping[str, str],
    *,
    ini_path: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    clock: Clock | None = None,
) -> Runtime:
    """Load plugins and settings and build the runtime.

    Args:
        ini: keys and texts of the application section.
        ini_path: file that they were read from.
        overrides: keys and texts given on the command line.
        environment: environment variables; None = those of the process.
        clock: replaces the clock of the machine.

    Raises:
        ConfigurationError: settings or plugins that cannot work.
    """
    plugins = chosen_plugins(ini, environment=environment, overrides=overrides)
    declared = [*CORE_SETTINGS, *(setting for _, setting in plugins.dispatch.collect("cometa_settings").values())]
    settings = load_settings(declared, ini, environment=environment, overrides=overrides, ini_path=ini_path)
    return Runtime(settings, plugins, clock)


def chosen_plugins(
    ini: Mapping[str, str],
    *,
    environment: Mapping[str, str] | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Plugins:
    """Load the active plugins; of all settings only those that name plugins are read.

    Raises:
        PluginError: a plugin that cannot work.
    """
    declared = {setting.key: setting for setting in CORE_SETTINGS if setting.key.startswith("cometa.plugins")}
    chosen = load_settings(
        declared.values(),
        {key: value for key, value in ini.items() if key in declared},
        environment=environment,
        overrides={key: value for key, value in (overrides or {}).items() if key in declared},
    )
    return load_plugins(chosen.words("cometa.plugins"), chosen.words("cometa.plugins.disabled"))


def open_runtime(ini_path: Path | None, overrides: Mapping[str, str] | None = None) -> Runtime:
    """Build the runtime of an ini file; None = built-in defaults.

    Raises:
        ConfigurationError: the file, settings or plugins cannot work.
    """
    ini = read_ini(ini_path) if ini_path is not None else {}
    return make_runtime(ini, ini_path=ini_path, overrides=overrides)
