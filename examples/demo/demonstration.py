"""The demonstration from beginning to end: open shop and server, store, run, show, close."""

import signal
import threading
from collections.abc import Sequence

import click
from rich.console import Console

from cometa_core.cli.context import CommandContext
from cometa_core.companions import child_environment
from cometa_core.embedded import private_folder
from cometa_core.runtime import Runtime
from cometa_demo.catalogue import sample_features, sample_variables
from cometa_demo.client import ApiClient
from cometa_demo.installation import Installation
from cometa_demo.next_commands import Surroundings, next_commands
from cometa_demo.outcomes import FeatureOutcome, exit_status
from cometa_demo.report import show_end, show_outcome
from cometa_demo.running import PARALLEL, run_features
from cometa_demo.server import SampleShop
from cometa_demo.storing import store_features

LOG_FILE = "demo.log"
KEY_REQUEST = (
    "api-key", "create", "--email", "demo@example.org", "--role", "SUPERUSER", "--department", "Default",
    "--name", "cometa demo",
)  # fmt: skip
ANSWER_MARGIN_S = 30.0


def demonstrate(context: CommandContext, *, port: int, keep: bool) -> int:
    """Run every sample feature and show what came out.

    Args:
        context: which installation, and how to answer.
        port: port of the server; 0 = a free one.
        keep: leave shop and server open until Ctrl-C.

    Returns:
        Exit status: 0 exactly when every feature ended as intended, else 1.

    Raises:
        CometaError: it cannot be run at all; the sentence says why.
    """
    # Whoever ends the demonstration ends it in order: the server is a child that has to be waited for.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with context.runtime() as runtime:
        log = private_folder(runtime.locations.data) / LOG_FILE
        with SampleShop() as shop, Installation(server_environment(runtime), log, port) as server:
            key = str(server.command(*KEY_REQUEST)["key"])
            patience_s = runtime.settings.seconds("cometa.exectest_wait_limit") + ANSWER_MARGIN_S
            with ApiClient(server.url, key, patience_s) as client:
                outcomes = _store_and_run(context, client, shop.url)
            here = Surroundings(
                context,
                server.url if keep or port else configured_url(runtime) or server.url,
                key,
                port,
                shop.url if keep else "",
            )
            answer(here, outcomes)
            if keep:
                _wait_for_interrupt(server.url, shop.url)
    return exit_status(outcomes)


def server_environment(runtime: Runtime) -> dict[str, str]:
    """Return the environment of the server: the same installation, with room for two features at a time."""
    environment = {**child_environment(runtime), "COMETA_WORKER_EMBEDDED": "true"}
    if not runtime.settings.is_set("cometa.worker.slots"):
        environment["COMETA_WORKER_SLOTS"] = str(PARALLEL)
    return environment


def _store_and_run(context: CommandContext, client: ApiClient, shop_url: str) -> list[FeatureOutcome]:
    features = store_features(client, sample_features())
    with context.progress() as progress:
        bar = progress.add_task("Running the sample features", total=len(features))
        return run_features(client, features, sample_variables(shop_url), lambda _: progress.advance(bar))


def configured_url(runtime: Runtime) -> str:
    """Return where ``cometa up`` will answer after the demonstration; empty when it takes a free port each time."""
    host, port = runtime.settings.text("cometa.host"), runtime.settings.integer("cometa.port")
    return (f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}") if port else ""


def answer(here: Surroundings, outcomes: Sequence[FeatureOutcome]) -> None:
    """Print outcomes and next commands, as document or as tables."""
    commands = next_commands(here)

    def show(console: Console) -> None:
        for outcome in outcomes:
            show_outcome(console, outcome, here.url)
        show_end(console, outcomes, commands)

    document = {
        "success": exit_status(outcomes) == 0,
        "url": here.url,
        "features": [outcome.document(here.url) for outcome in outcomes],
        "next": [vars(command) for command in commands],
    }
    here.context.answer(document, show)


def _wait_for_interrupt(server_url: str, shop_url: str) -> None:
    click.echo(f"The server is open at {server_url}/, the shop at {shop_url}/ - press Ctrl-C to close both.", err=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("Closed.", err=True)
