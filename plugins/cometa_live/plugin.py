"""What live events add: settings, the live server as a companion process, where it is, and commands."""

from collections.abc import Iterable

from pyramid.config import Configurator

from cometa_core import PluginInfo, hookimpl
from cometa_core.cli.group import CommandGroup
from cometa_core.contracts.process import CompanionProcess
from cometa_core.settings import Setting, as_boolean, as_integer, as_words
from cometa_live.commands import live
from cometa_live.watch_command import watch

PLUGIN = PluginInfo("live", "Live events over websockets, and `cometa watch`", requires=("executions",))


@hookimpl
def cometa_settings() -> Iterable[Setting]:
    """Declare where the live server listens and who may connect."""
    return [
        Setting("cometa.live.enabled", False, "Start the live server beside the web process.", as_boolean),
        Setting("cometa.live.host", "127.0.0.1", "Address that `cometa live` listens on."),
        Setting("cometa.live.port", 8002, "Port that `cometa live` listens on; 0 = a free one.", as_integer),
        Setting("cometa.live.url", None, "Address of the live server for clients, where a proxy stands before it."),
        Setting("cometa.live.origins", (), "Further origins whose pages may connect.", as_words),
        Setting("cometa.live.connections", 2000, "Most clients of one live server.", as_integer),
    ]


@hookimpl
def cometa_processes() -> Iterable[CompanionProcess]:
    """Let an embedded installation run the live server."""
    return [CompanionProcess("live server", ("live", "--owned"), "cometa.live.enabled")]


@hookimpl
def cometa_includeme(config: Configurator) -> None:
    """Add the route."""
    config.scan("cometa_live.views")


@hookimpl
def cometa_commands(group: CommandGroup) -> None:
    """Add ``cometa live`` and ``cometa watch``."""
    group.add(live)
    group.add(watch)
