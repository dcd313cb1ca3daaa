"""``cometa worker``: claim and execute results until stopped."""

import click

from cometa_core.cli.context import CommandContext
from cometa_core.cli.server import log_to_standard_error
from cometa_core.runtime import Role


@click.command()
@click.option("--owned", is_flag=True, hidden=True, help="End when standard input closes.")
@click.pass_obj
def worker(context: CommandContext, *, owned: bool) -> None:
    """Execute queued features; SIGTERM lets running ones finish."""
    from cometa_worker.service import WorkerService  # noqa: PLC0415 - every other command would pay for its import

    log_to_standard_error()
    with context.runtime() as runtime:
        runtime.start(Role.WORKER)
        WorkerService(runtime).run(owned=owned)
