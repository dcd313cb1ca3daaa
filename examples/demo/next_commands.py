"""Three command lines to try after the demonstration, made to be copied as they are."""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from cometa_core.cli.context import CommandContext
from cometa_demo.catalogue import FEATURES

TRIED_FILE = FEATURES / "orders_table.feature"
SHOP_PORT = 8765


@dataclass(frozen=True)
class NextCommand:
    """A command line and what it is good for."""

    purpose: str
    command: str


@dataclass(frozen=True)
class Surroundings:
    """Where the demonstration leaves its user.

    Attributes:
        context: options of the command line that name the installation.
        url: address at which the server answers then, without closing slash.
        key: API key.
        port: port that was asked for; 0 = none.
        shop_url: address of the shop when it stays open, else empty.
    """

    context: CommandContext
    url: str
    key: str
    port: int = 0
    shop_url: str = ""


def next_commands(here: Surroundings) -> tuple[NextCommand, ...]:
    """Return what to try next; each works in the folder and environment of the demonstration."""
    features = ["curl", "-H", f"Authorization: Bearer {here.key}", f"{here.url}/api/features/"]
    return (
        _own_key(here) if here.shop_url else _server_again(here),
        NextCommand("read the sample features through the API of this server", shlex.join(features)),
        _run_a_file(here),
    )


def _server_again(here: Surroundings) -> NextCommand:
    port = ["--port", str(here.port)] if here.port else []
    command = shlex.join([*_cometa(here.context), "up", *port])
    return NextCommand("start the server again, with the features and results of the demonstration", command)


def _own_key(here: Surroundings) -> NextCommand:
    arguments = ["api-key", "create", "--email", "you@example.org", "--role", "DEVOPS"]
    return NextCommand("make an API key of your own", shlex.join([*_cometa(here.context), *arguments]))


def _run_a_file(here: Surroundings) -> NextCommand:
    shop_url = here.shop_url or f"http://127.0.0.1:{SHOP_PORT}"
    purpose = "run a feature file, this one or your own, without storing it"
    if not here.shop_url:
        opened = shlex.join([_shown(Path(sys.executable)), "-m", "cometa_demo.server", "--port", str(SHOP_PORT)])
        purpose += f"; before, open the shop in another terminal: {opened}"
    arguments = ["run", _shown(TRIED_FILE), "--var", f"shop={shop_url}"]
    return NextCommand(purpose, shlex.join([*_cometa(here.context), *arguments]))


def _cometa(context: CommandContext) -> list[str]:
    """Return the words that start ``cometa`` for the same installation."""
    program = Path(sys.argv[0])
    words = [_shown(program)] if program.name == "cometa" else [_shown(Path(sys.executable)), "-m", "cometa_core.cli"]
    if context.ini is not None:
        words += ["--config", str(context.ini)]
    if context.data is not None:
        words += ["--data", str(context.data)]
    return words


def _shown(path: Path) -> str:
    """Return a path as people type it: relative when it lies in the present folder."""
    path, here = path.absolute(), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
