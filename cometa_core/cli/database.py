"""``cometa init`` and ``cometa db``: migrations and seed rows."""

import click
from rich.console import Console
from rich.table import Table

from cometa_core.cli.context import CommandContext
from cometa_core.db.migrations import HistoryState, state_of, upgrade
from cometa_core.embedded import private_folder
from cometa_core.runtime import Runtime


def initialise(runtime: Runtime, context: CommandContext) -> list[str]:
    """Migrate every history and seed every plugin; safe to repeat.

    Returns:
        Names of the histories that were changed.

    Raises:
        ConfigurationError: the database cannot be reached, or it is newer than the code.
    """
    if not runtime.settings.is_set("sqlalchemy.url"):
        private_folder(runtime.locations.data)
    changed = []
    with context.progress() as progress:
        bar = progress.add_task("Migrating", total=len(runtime.histories))
        for state, was_changed in upgrade(runtime.engine, runtime.histories):
            progress.advance(bar)
            if was_changed:
                changed.append((state.source.plugin, state.current is None))
    seed(runtime, {plugin for plugin, fresh in changed if fresh})
    return [plugin for plugin, _ in changed]


def seed(runtime: Runtime, fresh: set[str]) -> None:
    """Let each plugin put its rows, one transaction each."""
    for plugin, function in runtime.plugins.dispatch.implementations("cometa_seed"):
        with runtime.sessions() as session, session.begin():
            function(session=session, fresh=plugin in fresh, runtime=runtime)


@click.command()
@click.pass_obj
def init(context: CommandContext) -> None:
    """Create or migrate the database and put the rows that everything needs."""
    with context.runtime() as runtime:
        changed = initialise(runtime, context)
        place = runtime.engine.url.render_as_string(hide_password=True)

    def show(console: Console) -> None:
        console.print(f"The database {place} is ready" + (f" (migrated: {', '.join(changed)})." if changed else "."))

    context.answer({"success": True, "database": place, "migrated": changed}, show)


@click.group()
def db() -> None:
    """Look at and change the database's migrations."""


@db.command("state")
@click.pass_obj
def db_state(context: CommandContext) -> None:
    """Show where the database stands in every history."""
    with context.runtime() as runtime, runtime.engine.connect() as connection:
        states = [state_of(connection, source) for source in runtime.histories]
    context.answer([_row(state) for state in states], lambda console: console.print(_table(states)))


@db.command("upgrade")
@click.pass_obj
def db_upgrade(context: CommandContext) -> None:
    """Bring every history to its newest revision; the same as ``cometa init``."""
    with context.runtime() as runtime:
        changed = initialise(runtime, context)
    context.answer({"success": True, "migrated": changed}, lambda console: console.print(f"Migrated: {changed or '-'}"))


def _row(state: HistoryState) -> dict[str, object]:
    return {
        "plugin": state.source.plugin,
        "current": state.current,
        "head": state.head,
        "state": "newer" if not state.known else "current" if state.is_current else "behind",
    }


def _table(states: list[HistoryState]) -> Table:
    table = Table("History", "Database", "Code", "State")
    for state in states:
        row = _row(state)
        table.add_row(str(row["plugin"]), str(row["current"] or "-"), str(row["head"] or "-"), str(row["state"]))
    return table


COMMANDS = (init, db)
