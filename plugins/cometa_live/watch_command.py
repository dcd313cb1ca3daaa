"""``cometa watch``: follow one run in the terminal until it ends."""

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click
from rich.console import Console

from cometa_core.cli.context import CommandContext

if TYPE_CHECKING:
    from cometa_executions.api import EventOut


@click.command()
@click.argument("run_id", metavar="RUN", type=click.IntRange(1))
@click.pass_obj
def watch(context: CommandContext, run_id: int) -> int:
    """Follow a run until it ends: exit 0 all results succeeded, 1 some did not, 2 there is no such run.

    With --json every event is a line, in the form of /events/.  It reads the database of the installation, so it needs
    neither server nor key.
    """
    from cometa_live.watching import follow, succeeded  # noqa: PLC0415 - other commands must not pay for its imports

    with context.runtime() as runtime:
        runtime.check_database()
        pages = follow(runtime, run_id)
        if context.json:
            write_lines(pages)
        else:
            show(context.console, pages)
        return 0 if succeeded(runtime, run_id) else 1


def write_lines(pages: "Iterable[Sequence[EventOut]]") -> None:
    """Write each event as a line of JSON."""
    for events in pages:
        sys.stdout.writelines(f"{event.model_dump_json()}\n" for event in events)
        sys.stdout.flush()


def show(console: Console, pages: "Iterable[Sequence[EventOut]]") -> None:
    """Draw the results while they go on, and at the end once with all steps; in files and pipes only the latter."""
    from rich.live import Live  # noqa: PLC0415 - as above

    from cometa_live.board import Board  # noqa: PLC0415 - as above

    board = Board()
    if not console.is_terminal:
        for events in pages:
            for event in events:
                board.take(event)
    else:
        with Live(console=console, transient=True) as drawing:
            for events in pages:
                for event in events:
                    board.take(event)
                drawing.update(board.table())
    console.print(board.table(most=None))
