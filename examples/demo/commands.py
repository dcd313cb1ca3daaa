"""``cometa demo``: the sample shop, a server with its worker, and every sample feature in a real browser."""

import click

from cometa_core.cli.context import CommandContext


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the server; default: a free one.")
@click.option("--keep", is_flag=True, help="Leave server and shop open until Ctrl-C.")
@click.pass_obj
def demo(context: CommandContext, *, port: int, keep: bool) -> int:
    """Run the sample features against the sample shop; exit status 0 = each ended as intended."""
    from cometa_demo.demonstration import demonstrate  # noqa: PLC0415 - other commands must not pay for its imports

    return demonstrate(context, port=port, keep=keep)
