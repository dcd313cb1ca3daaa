"""Installations inside of the test process: a real runtime over a real database, called through WSGI.

Accounts and keys are made by the commands that an operator uses, so nothing here knows a plugin.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from webtest import TestApp, TestResponse  # type: ignore[import-untyped]  # it ships no types

from cometa_core.app import build_app
from cometa_core.cli import database
from cometa_core.cli.context import CommandContext
from cometa_core.cli.group import CommandGroup
from cometa_core.runtime import Runtime, make_runtime

EVERY_PERSONAL_SCOPE = ("read", "run", "write", "admin")


class Client:
    """Calls the API with the key of one account.

    Attributes:
        key: full text of the key.
        account_id: id of the account.
    """

    def __init__(self, app: TestApp, key: str, account_id: int) -> None:
        self._app = app
        self.key = key
        self.account_id = account_id

    def call(
        self, method: str, path: str, body: object = None, *, status: int = 200, **headers: str
    ) -> TestResponse:  # fmt: skip
        """Send a request and expect a status.

        Args:
            method: HTTP verb.
            path: path with its query.
            body: sent as JSON; None = no body.
            status: status that the answer must have.
            headers: further headers, ``If_Match`` for ``If-Match``.
        """
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Authorization"] = f"Bearer {self.key}"
        if body is None:
            return self._app.request(path, method=method, headers=sent, status=status)
        sent["Content-Type"] = "application/json"
        return self._app.request(path, method=method, headers=sent, body=json.dumps(body).encode(), status=status)

    def get(self, path: str, *, status: int = 200, **headers: str) -> TestResponse:
        """Read something."""
        return self.call("GET", path, status=status, **headers)

    def post(self, path: str, body: object, *, status: int = 200, **headers: str) -> TestResponse:
        """Send a new thing or an order; 201 is the status of a new row."""
        return self.call("POST", path, body, status=status, **headers)

    def patch(self, path: str, body: object, *, status: int = 200, **headers: str) -> TestResponse:
        """Change something that exists."""
        return self.call("PATCH", path, body, status=status, **headers)

    def delete(self, path: str, *, status: int = 200, **headers: str) -> TestResponse:
        """Remove something that exists."""
        return self.call("DELETE", path, status=status, **headers)


class Installation:
    """A migrated and seeded installation with some plugins; close it at the end.

    Attributes:
        runtime: its runtime; ``runtime.start(Role.WEB)`` begins the background work of plugins.
    """

    def __init__(self, folder: Path, plugins: Iterable[str], settings: Mapping[str, str] | None = None) -> None:
        """Make an installation.

        Args:
            folder: where its data is.
            plugins: names of the active plugins; what they require is added.
            settings: further keys and texts of the ini, for instance ``{"sqlalchemy.url": server.create_database()}``.

        Raises:
            ConfigurationError: settings or plugins that cannot work.
        """
        keys = {"cometa.data": str(folder), "cometa.plugins": "\n".join(plugins), **(settings or {})}
        self.runtime = make_runtime(keys, environment={})
        self._clients: dict[tuple[object, ...], Client] = {}
        self.command("init")

    @cached_property
    def app(self) -> TestApp:
        """The web application, called without a server."""
        return TestApp(build_app(self.runtime))

    def command(self, *arguments: str) -> Any:
        """Carry out a command of ``cometa`` and return its answer as with ``--json``.

        Raises:
            CometaError: the command refuses.
        """
        context = _OpenContext(self.runtime)
        name, *others = arguments
        self._commands[name].main(args=others, prog_name=name, obj=context, standalone_mode=False)
        return context.document

    def client(
        self,
        role: str = "SUPERUSER",
        departments: Iterable[str] = ("Default",),
        scopes: Iterable[str] = EVERY_PERSONAL_SCOPE,
        *,
        email: str = "",
    ) -> Client:
        """Return a client with an account of its own; asked again with the same arguments, the same client.

        Args:
            role: name of its role.
            departments: departments that it is a member of; created when they are missing.
            scopes: scopes of its key.
            email: its address; without one it gets an address of its own.
        """
        wanted = (role, tuple(departments), tuple(scopes), email)
        if wanted not in self._clients:
            options = ["--email", email or f"account-{len(self._clients)}@example.org", "--role", role]
            for option, values in (("--department", wanted[1]), ("--scope", wanted[2])):
                options += [word for value in values for word in (option, value)]
            made = self.command("api-key", "create", *options)
            self._clients[wanted] = Client(self.app, made["key"], made["user_id"])
        return self._clients[wanted]

    def close(self) -> None:
        """End what was begun."""
        self.runtime.close()

    @cached_property
    def _commands(self) -> dict[str, click.Command]:
        found: dict[str, tuple[str, click.Command]] = {}
        for command in database.COMMANDS:
            CommandGroup("core", found).add(command)
        self.runtime.plugins.dispatch.register("cometa_commands", lambda plugin: {"group": CommandGroup(plugin, found)})
        return {name: command for name, (_, command) in found.items()}


class _OpenContext(CommandContext):
    """Gives commands the open runtime, and keeps what they answer."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(json=True)
        self._runtime = runtime
        self.document: Any = None

    @contextmanager
    def runtime(self, **_overrides: str) -> Iterator[Runtime]:
        """Lend the open runtime."""
        yield self._runtime

    def answer(self, document: object, show: Callable[[Console], object]) -> None:  # noqa: ARG002 - nothing is shown
        """Keep the document in the form that a reader of the JSON gets."""
        self.document = json.loads(json.dumps(document, default=str))
