"""What the reports plugin adds."""

from pyramid.config import Configurator

from cometa_core import PluginInfo, hookimpl
from cometa_core.cli.group import CommandGroup

PLUGIN = PluginInfo(
    "reports", "Results as files: HTML, JUnit, Cucumber, Allure", requires=("accounts", "features", "executions")
)


@hookimpl
def cometa_includeme(config: Configurator) -> None:
    """Add the routes."""
    config.scan("cometa_reports.views")


@hookimpl
def cometa_commands(group: CommandGroup) -> None:
    """Add ``cometa report``."""
    from cometa_reports.commands import report  # noqa: PLC0415 - other commands must not pay for its imports

    group.add(report)
