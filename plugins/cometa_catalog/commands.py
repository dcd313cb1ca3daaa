"""``cometa browsers`` and ``cometa clouds``."""

import click
from rich.console import Console
from rich.table import Table

from cometa_catalog.services.clouds import cloud_states, configure_cloud
from cometa_catalog.services.refresh import refresh_browsers
from cometa_core.cli.context import CommandContext


@click.group()
def browsers() -> None:
    """Look for browsers."""


@browsers.command("refresh")
@click.pass_obj
def browsers_refresh(context: CommandContext) -> None:
    """Look for the browsers of this machine and of the Grids, and store what was found."""
    with context.runtime() as runtime:
        search = refresh_browsers(runtime)
    found = [
        {"place": source.place, "browser": browser.spec["browser"], "version": browser.spec["browser_version"]}
        for source in search.sources
        for browser in source.found
    ]

    def show(console: Console) -> None:
        table = Table("Place", "Browser", "Version")
        for row in found:
            table.add_row(*(str(cell) for cell in row.values()))
        console.print(table)
        for place, reason in search.failures.items():
            console.print(f"{place} stays as it was: {reason}", style="yellow", markup=False)

    context.answer({"found": found, "failures": search.failures}, show)


@click.group()
def clouds() -> None:
    """Look at the places that browsers come from."""


@clouds.command("list")
@click.pass_obj
def clouds_list(context: CommandContext) -> None:
    """Show every cloud: whether it is active, and how many results it executes at once."""
    with context.runtime() as runtime, runtime.unit_of_work() as scope:
        rows = cloud_states(scope)
    context.answer(rows, lambda console: _show(console, rows))


@clouds.command("set")
@click.argument("name")
@click.option("--active/--inactive", default=None, help="Whether features may use it.")
@click.option("--max-concurrency", "most", type=click.IntRange(0, 1000), help="Most results of one entry; 0 = one.")
@click.pass_obj
def clouds_set(context: CommandContext, name: str, *, active: bool | None, most: int | None) -> None:
    """Switch a cloud on or off, and set how many results it executes at once."""
    with context.runtime() as runtime, runtime.unit_of_work() as scope:
        configure_cloud(scope, name, active=active, most=most)
        rows = [row for row in cloud_states(scope) if row["name"] == name]
    context.answer(rows, lambda console: _show(console, rows))


def _show(console: Console, rows: list[dict[str, object]]) -> None:
    table = Table("Cloud", "Active", "Most at once")
    for row in rows:
        table.add_row(str(row["name"]), "yes" if row["active"] else "no", str(row["max_concurrency"] or ""))
    console.print(table)
