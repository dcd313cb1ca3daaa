"""``cometa live``: serve live events until stopped."""

import click

from cometa_core.cli.context import CommandContext
from cometa_core.cli.server import log_to_standard_error
from cometa_core.companions import say_ready


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 = a free one.")
@click.option("--owned", is_flag=True, hidden=True, help="End when standard input closes.")
@click.pass_obj
def live(context: CommandContext, port: int | None, *, owned: bool) -> None:
    """Tell websocket clients what happens as it happens; SIGTERM lets them resume elsewhere."""
    from cometa_live.serving import serve_live  # noqa: PLC0415 - every other command would pay for its import

    def ready(address: str) -> None:
        say_ready()
        if not owned:
            document = {"success": True, "url": address}
            context.answer(document, lambda console: console.print(f"Live events are at {address}"))

    log_to_standard_error()
    overrides = {} if port is None else {"cometa__live__port": str(port)}
    with context.runtime(**overrides) as runtime:
        serve_live(runtime, ready, owned=owned)
