"""``cometa plugins``, ``cometa config show`` and ``cometa doctor``."""

import platform
import sys
from importlib.metadata import version

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cometa_core import __version__
from cometa_core.cli.context import CommandContext
from cometa_core.contracts.health import Finding, HealthCheck
from cometa_core.errors import ConfigurationError
from cometa_core.runtime import Runtime
from cometa_core.settings import Value

LOW_DISK_SHARE = 0.05


@click.command()
@click.option("--hooks", is_flag=True, help="Show the hooks that each plugin implements.")
@click.pass_obj
def plugins(context: CommandContext, *, hooks: bool) -> None:
    """List the installed plugins with version, origin and state."""
    with context.runtime() as runtime:
        rows = plugin_rows(runtime)

    def show(console: Console) -> None:
        columns = ["Plugin", "Distribution", "State", "Purpose", *(["Hooks"] if hooks else [])]
        table = Table(*columns)
        for row in rows:
            cells = [row["name"], row["distribution"], row["state"], row["title"]]
            implemented = runtime.plugins.hooks_of(str(row["name"])) if hooks else []
            table.add_row(*map(str, cells), *(["\n".join(implemented)] if hooks else []))
        console.print(table)

    context.answer(rows, show)


def plugin_rows(runtime: Runtime) -> list[dict[str, object]]:
    """Describe every installed plugin: active ones in call order, then the others."""
    active = {plugin.name: plugin for plugin in runtime.plugins.active}
    names = [*active, *(name for name in sorted(runtime.plugins.installed) if name not in active)]
    return [
        {
            "name": name,
            "distribution": runtime.plugins.installed[name].distribution,
            "state": "active" if name in active else "not active",
            "title": active[name].info.title if name in active else "",
            "requires": list(active[name].info.requires) if name in active else [],
            "hooks": runtime.plugins.hooks_of(name) if name in active else [],
        }
        for name in names
    ]


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command("show")
@click.pass_obj
def config_show(context: CommandContext) -> None:
    """Show every setting: effective value and where it came from."""
    with context.runtime() as runtime:
        values = sorted(runtime.settings, key=lambda value: value.setting.key)

    def show(console: Console) -> None:
        table = Table("Setting", "Value", "From", "Meaning")
        for value in values:
            table.add_row(value.setting.key, escape(shown(value)), value.origin, value.setting.help)
        console.print(table)

    context.answer([value_row(value) for value in values], show)


def value_row(value: Value) -> dict[str, str]:
    """Describe one effective setting."""
    return {
        "key": value.setting.key,
        "value": shown(value),
        "origin": value.origin,
        "help": value.setting.help,
        "variable": value.setting.variable,
    }


def shown(value: Value) -> str:
    """Return a value as text; of a secret only whether it is set."""
    if value.value is None:
        return ""
    if value.setting.secret:
        return "(secret, set)"
    if isinstance(value.value, tuple):
        return " ".join(map(str, value.value))
    return str(value.value).lower() if isinstance(value.value, bool) else str(value.value)


@click.command()
@click.pass_obj
def doctor(context: CommandContext) -> int:
    """Check everything that an installation needs and say how to mend what is missing."""
    with context.runtime() as runtime:
        pluggable = runtime.plugins.dispatch.collect("cometa_health_checks").values()
        checks = [*CORE_CHECKS, *(check for _, check in pluggable)]
        findings = [(check.name, examine(check, runtime)) for check in checks]

    def show(console: Console) -> None:
        table = Table("Check", "", "Found")
        for name, finding in findings:
            text = escape(finding.text)
            if not finding.ok:
                text += f"\n[bold]{escape(finding.remedy)}[/bold]"
            table.add_row(name, "[green]ok[/green]" if finding.ok else "[red]missing[/red]", text)
        console.print(table)

    context.answer([finding_row(name, finding) for name, finding in findings], show)
    return 0 if all(finding.ok for _, finding in findings) else 1


def finding_row(name: str, finding: Finding) -> dict[str, object]:
    """Describe what one check found."""
    remedy = "" if finding.ok else finding.remedy
    return {"check": name, "ok": finding.ok, "found": finding.text, "remedy": remedy}


def examine(check: HealthCheck, runtime: Runtime) -> Finding:
    """Run one check; an exception is its finding."""
    try:
        return check.check(runtime)
    except Exception as error:  # whatever fails is what the doctor has to report
        return Finding(ok=False, text=f"{type(error).__name__}: {error}".strip(), remedy=f"Mend the {check.name}.")


def check_versions(_runtime: Runtime) -> Finding:
    """Say which versions are at work."""
    names = ("pyramid", "sqlalchemy", "huey", "selenium", "behave")
    return Finding(
        ok=sys.version_info >= (3, 11),
        text=f"Cometa Core {__version__}, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in names),
        remedy="Install Python 3.11 or newer.",
    )


def check_database(runtime: Runtime) -> Finding:
    """Look whether the database answers and is migrated."""
    try:
        runtime.check_database()
    except ConfigurationError as error:
        return Finding(ok=False, text=str(error), remedy="Run `cometa init` when it answers, or mend sqlalchemy.url.")
    return Finding(ok=True, text=runtime.engine.url.render_as_string(hide_password=True))


def check_queue(runtime: Runtime) -> Finding:
    """Look whether the queue answers."""
    runtime.tasks.check()
    return Finding(ok=True, text=runtime.locations.queue_url.split("@")[-1])


def check_disk(runtime: Runtime) -> Finding:
    """Look whether the artifact store has room."""
    share = runtime.artifacts.free_share()
    return Finding(
        ok=share > LOW_DISK_SHARE,
        text=f"{share:.0%} of {runtime.artifacts.root} is free",
        remedy="Free disk space, or move the artifact store with cometa.artifacts.",
    )


CORE_CHECKS = (
    HealthCheck("versions", check_versions),
    HealthCheck("database", check_database),
    HealthCheck("queue", check_queue),
    HealthCheck("disk", check_disk),
)

COMMANDS = (plugins, config, doctor)
