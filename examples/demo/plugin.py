"""What the demonstration adds: one command."""

from cometa_core import PluginInfo, hookimpl
from cometa_core.cli.group import CommandGroup

PLUGIN = PluginInfo(
    "demo", "A sample shop, sample features and `cometa demo`", requires=("features", "executions", "worker")
)


@hookimpl
def cometa_commands(group: CommandGroup) -> None:
    """Add ``cometa demo``."""
    from cometa_demo.commands import demo  # noqa: PLC0415 - other commands must not pay for its imports

    group.add(demo)
