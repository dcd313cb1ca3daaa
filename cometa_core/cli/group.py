"""The registry of commands: the core's own and those of plugins, added through one door."""

import click

from cometa_core.errors import PluginError


class CommandGroup:
    """Takes the commands of one plugin (or of the core) and knows whose they are."""

    def __init__(self, owner: str, commands: dict[str, tuple[str, click.Command]]) -> None:
        self._owner = owner
        self._commands = commands

    def add(self, command: click.Command) -> None:
        """Add a command; it gets the option ``--json`` when it has none.

        Raises:
            PluginError: another plugin has a command of this name.
        """
        name = command.name or ""
        if name in self._commands:
            raise PluginError(f"The plugins {self._commands[name][0]} and {self._owner} both add the command {name}.")
        with_json(command)
        self._commands[name] = (self._owner, command)


def with_json(command: click.Command) -> None:
    """Give a command and its subcommands the option ``--json``."""
    if isinstance(command, click.Group):
        for child in command.commands.values():
            with_json(child)
    elif not any(parameter.name == "json_output" for parameter in command.params):
        command.params.append(
            click.Option(
                ["--json", "json_output"], is_flag=True, expose_value=False, callback=_set_json, help="Answer in JSON."
            )
        )


def _set_json(context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if value:
        context.obj.json = True
