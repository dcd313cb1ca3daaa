"""Entry point of the command ``cometa``."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cometa_core import __version__
from cometa_core.cli import backup, database, inspection, restore, server
from cometa_core.cli.context import CommandContext, chosen_ini
from cometa_core.cli.group import CommandGroup
from cometa_core.errors import CometaError, ConfigurationError
from cometa_core.runtime import chosen_plugins, read_ini

EXIT_BAD_INPUT = 2


class PluggedGroup(click.Group):
    """A click group whose commands come from the core and from the active plugins of the chosen ini."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands, sorted."""
        return sorted(self._all(ctx))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name."""
        found = self._all(ctx).get(cmd_name)
        return found[1] if found else None

    def _all(self, ctx: click.Context) -> dict[str, tuple[str, click.Command]]:
        known: dict[str, tuple[str, click.Command]] | None = ctx.meta.get("cometa.commands")
        if known is None:
            known = all_commands(chosen_ini(ctx.params.get("ini")))
            ctx.meta["cometa.commands"] = known
        return known


def all_commands(ini: Path | None) -> dict[str, tuple[str, click.Command]]:
    """Collect the commands of the core and of the active plugins; name -> (owner, command)."""
    commands: dict[str, tuple[str, click.Command]] = {}
    core = CommandGroup("core", commands)
    for module in (database, server, inspection, backup, restore):
        for command in module.COMMANDS:
            core.add(command)
    # A command such as `doctor` must work with other faults in the ini.
    plugins = chosen_plugins({} if ini is None else read_ini(ini))
    plugins.dispatch.register("cometa_commands", lambda plugin: {"group": CommandGroup(plugin, commands)})
    return commands


@click.group(cls=PluggedGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-c", "--config", "ini", type=click.Path(path_type=Path, readable=False), envvar="COMETA_INI",
              is_eager=True, help="Ini file; default: development.ini when there is one.")  # fmt: skip
@click.option("--data", type=click.Path(path_type=Path, file_okay=False, readable=False), envvar="COMETA_DATA",
              help="Data folder of an embedded installation.")  # fmt: skip
@click.version_option(__version__, prog_name="Cometa Core")
@click.pass_context
def cometa(context: click.Context, ini: Path | None, data: Path | None) -> None:
    """Run browser tests that people write as sentences."""
    context.obj = CommandContext(chosen_ini(ini), data)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; refusals are one sentence on standard error and exit status 2."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit status."""
    try:
        result: Any = cometa.main(args=arguments, prog_name="cometa", standalone_mode=False)
    except CometaError as error:
        report(error, as_json="--json" in arguments)
        return EXIT_BAD_INPUT
    except PermissionError as error:
        refusal = f"{error.filename} cannot be used: permission denied. Change its owner or choose another place."
        report(ConfigurationError(refusal), as_json="--json" in arguments)
        return EXIT_BAD_INPUT
    except click.ClickException as error:
        error.show()
        return EXIT_BAD_INPUT
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # The reader went away (``cometa … | head``); the interpreter must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return result if isinstance(result, int) else 0


def report(error: CometaError, *, as_json: bool) -> None:
    """Print a refusal: one sentence, or the error body of the API with ``--json``."""
    if as_json:
        body = {"success": False, "error": str(error), "code": error.code, "fields": error.fields}
        sys.stdout.write(json.dumps(body, ensure_ascii=False) + "\n")
    else:
        sys.stderr.write(f"{error}\n")
        for name, texts in error.fields.items():
            sys.stderr.writelines(f"  {name}: {text}\n" for text in texts)
