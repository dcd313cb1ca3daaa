"""``cometa prune``: make room now instead of within the hour.  Contract: runner I.4."""

import click
from rich.console import Console
from rich.table import Table

from cometa_core.cli.context import CommandContext
from cometa_executions.services.retention import look_for_room, make_room
from cometa_executions.services.retention_report import Removed

ROWS = (
    ("expired", "Results that expired"),
    ("results", "Results deleted with their steps"),
    ("runs", "Runs without results left"),
    ("artifacts", "Files of results"),
    ("events", "Events"),
    ("objects", "Objects of the artifact store"),
)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@click.pass_obj
def prune(context: CommandContext, *, dry_run: bool) -> None:
    """Remove expired and removed results with their files, old events and files that nobody needs."""
    with context.runtime() as runtime, context.progress() as progress:
        runtime.check_database()
        bar = progress.add_task("Making room", total=None)

        def tell(removed: Removed) -> None:
            progress.update(bar, completed=removed.results + removed.objects)

        removed = look_for_room(runtime) if dry_run else make_room(runtime, tell=tell)
    document = {"success": True, "dry_run": dry_run, **removed.document()}
    context.answer(document, lambda console: show(console, removed, dry_run=dry_run))


def show(console: Console, removed: Removed, *, dry_run: bool) -> None:
    """Print the counts as a table."""
    table = Table("", "Would be removed" if dry_run else "Removed")
    for name, title in ROWS:
        table.add_row(title, str(removed.document()[name]))
    table.add_row("MB of the artifact store", f"{removed.bytes / 1_000_000:.1f}")
    console.print(table)
