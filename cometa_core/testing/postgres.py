"""A private PostgreSQL server for tests: a new cluster in a temporary folder, on a free port of 127.0.0.1.

It writes without waiting for the disk, so that a database costs a tenth of a second; a crash of the machine would
destroy it, which is all right for tests.
"""

import itertools
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import LiteralString, Self

import psycopg
from psycopg import sql

from cometa_core.testing.server_process import ServerFailedError, ServerMissingError, ServerProcess, free_port

DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")
OWNER = "cometa"
SYSTEM_ACCOUNT = "postgres"
# Not synchronous_commit=off: it would lose the last commits at a restart of the server.
FAST_AND_FORGETFUL = ("fsync=off", "full_page_writes=off", "max_connections=200")


def find_programs(debian: Path = DEBIAN_PROGRAMS) -> Path:
    """Return the folder with ``initdb`` and ``postgres``: the newest version of Debian's, else the one on the path.

    Raises:
        ServerMissingError: PostgreSQL is not installed.
    """
    versions = sorted(debian.glob("*/bin/initdb"), key=lambda found: _version(found.parent.parent.name))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    if found is None:
        raise ServerMissingError("PostgreSQL is not installed: install the Debian package postgresql (make services).")
    return Path(found).resolve().parent


class PostgresServer:
    """Runs PostgreSQL while it is entered as a context and makes databases in it.

    Root may not run PostgreSQL; for root the server runs as the account ``postgres``.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self._password = secrets.token_urlsafe(16)
        self._user = SYSTEM_ACCOUNT if os.getuid() == 0 else None
        self._folder: Path | None = None
        self._process: ServerProcess | None = None
        self._templates: set[str] = set()
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        """Make the cluster and start the server.

        Raises:
            ServerMissingError: PostgreSQL is not installed.
            ServerFailedError: it does not start.
        """
        programs = find_programs()
        self._folder = Path(tempfile.mkdtemp(prefix="cometa-postgres-"))
        try:
            self._make_cluster(programs, self._folder)
            self._process = self._server(programs, self._folder)
            self._process.start(self._answers)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, database: str) -> str:
        """Return the address of a database as SQLAlchemy writes it."""
        return f"postgresql+psycopg://{OWNER}:{self._password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, template: str | None = None) -> str:
        """Make a database and return its address.

        Args:
            template: name given to `add_template`; None = an empty database.
        """
        name = f"test_{next(self._numbers)}"
        self._copy("template1" if template is None else template, name)
        return self.url(name)

    def add_template(self, name: str, prepare: Callable[[str], None]) -> None:
        """Prepare a database once, of which `create_database` then makes copies; a known name is left as it is.

        Args:
            name: name of the template.
            prepare: gets the address of an empty database and fills it, for instance with all tables.
        """
        if name in self._templates:
            return
        self._copy("template1", name)
        prepare(self.url(name))
        # A database somebody is connected to cannot be copied, and a pool may still hold a connection.
        self._execute("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true", name)
        with self._connection() as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        self._templates.add(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, also when somebody is still connected to it."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", url.rpartition("/")[2])

    def restart(self) -> None:
        """Cut all connections off and start the server again on the same port; committed data is kept."""
        assert self._process is not None
        self._process.stop()
        self._process.start(self._answers)

    def stop(self) -> None:
        """End the server and remove the cluster; does nothing when it is not running."""
        if self._process is not None:
            self._process.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._process = self._folder = None

    def _make_cluster(self, programs: Path, folder: Path) -> None:
        password = folder / "password"
        password.write_text(self._password)
        if self._user is not None:
            account = _account(self._user)
            for path in (folder, password):
                os.chown(path, account.pw_uid, account.pw_gid)
        options = ["--pgdata", str(folder / "data"), "--no-sync", "--no-instructions", "--username", OWNER]
        options += ["--pwfile", str(password), "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8"]
        made = subprocess.run(
            [programs / "initdb", *options],
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise ServerFailedError(f"initdb ended with status {made.returncode}:\n{made.stderr}")

    def _server(self, programs: Path, folder: Path) -> ServerProcess:
        settings = ["listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", *FAST_AND_FORGETFUL]
        options = [word for setting in settings for word in ("-c", setting)]
        arguments = [str(programs / "postgres"), "-p", str(self.port), *options, "-D", str(folder / "data")]
        return ServerProcess(arguments, folder / "server.log", signal.SIGQUIT, self._user)

    def _answers(self) -> bool:
        try:
            self._connection().close()
        except psycopg.OperationalError:
            return False
        return True

    def _copy(self, template: str, name: str) -> None:
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)

    def _execute(self, statement: LiteralString, *names: str) -> None:
        with self._connection() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _connection(self) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=OWNER,
            password=self._password,
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split(".") if part.isdigit())


def _account(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError as error:
        raise ServerMissingError(
            f"Root may not run PostgreSQL and the account {name} does not exist: install the Debian package postgresql."
        ) from error
