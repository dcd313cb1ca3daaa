"""``cometa token``: service tokens for runners that report over the API."""

import click

from cometa_core.cli.context import CommandContext
from cometa_core.db.migrations import check_current
from cometa_core.web.fields import moment_text
from cometa_executions.services.tokens import issue_token


@click.command()
@click.argument("result_id", type=click.IntRange(1))
@click.pass_obj
def token(context: CommandContext, result_id: int) -> None:
    """Make a service token with which an external runner reports about a result, and print it once."""
    with context.runtime() as runtime:
        check_current(runtime.engine, runtime.histories)
        with runtime.unit_of_work() as scope:
            made = issue_token(scope, result_id)
    document = {"feature_result_id": made.result_id, "token": made.text, "expires_on": moment_text(made.expires_at)}
    context.answer(document, lambda console: console.print(made.text))
