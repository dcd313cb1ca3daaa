"""``cometa report``: a run as a file."""

import sys
from pathlib import Path

import click

from cometa_core.cli.context import CommandContext
from cometa_core.db.migrations import check_current
from cometa_core.errors import ConfigurationError
from cometa_reports.formats import FORMATS
from cometa_reports.reading import any_report

STANDARD_OUTPUT = "-"


@click.command()
@click.argument("run_id", metavar="RUN", type=click.IntRange(1))
@click.option("--format", "name", type=click.Choice(list(FORMATS)), default="html", show_default=True)
@click.option("--output", metavar="FILE", help="File to write, - for standard output; default: named after the run.")
@click.pass_obj
def report(context: CommandContext, run_id: int, name: str, output: str | None) -> None:
    """Write a run as a file that people or other tools read."""
    with context.runtime() as runtime:
        check_current(runtime.engine, runtime.histories)
        with runtime.reading() as session:
            found = any_report(runtime, session, run_id)
        content = FORMATS[name].write(found)
    if output == STANDARD_OUTPUT:
        sys.stdout.buffer.write(content)
        return
    path = Path(output or f"{found.stem}{FORMATS[name].ending}")
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}.") from error
    document = {"run_id": run_id, "format": name, "file": str(path), "bytes": len(content)}
    context.answer(document, lambda console: console.print(f"The report of run {run_id} is {path}."))
