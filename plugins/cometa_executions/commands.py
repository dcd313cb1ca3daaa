"""``cometa run``: execute anyone's feature files through the same engine, on a scratch database."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from cometa_accounts.api import ensure_account, identity_of
from cometa_catalog.api import local_browser_specs
from cometa_core.cli.context import CommandContext
from cometa_core.cli.database import initialise
from cometa_core.companions import companions_of
from cometa_core.contracts.identity import Identity
from cometa_core.errors import Invalid, NotFound
from cometa_core.runtime import Role, Runtime
from cometa_executions.command_reading import count_steps, report_of
from cometa_executions.command_report import exit_status, show_reports
from cometa_executions.services.accept import Parameter, RunOrder, accept_run
from cometa_executions.waiting import wait_until_finished
from cometa_features.api import FeatureFile, create_feature, parse_feature_file

COMPANION_LIMIT_S = 60.0
LOOK_SECONDS = 0.2
ASSIGNMENT = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_.\-]{0,99})=(?P<value>.*)", re.DOTALL)
OWNER_EMAIL = "run@localhost"


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--browser", help="Browser to use, for instance chrome or firefox; default: the first one found.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Variable for the steps; repeatable.")
@click.option("--screenshots", is_flag=True, help="Take a picture of every step, not only of failed ones.")
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="Folder for pictures; kept.")
@click.pass_obj
def run(
    context: CommandContext,
    files: Sequence[Path],
    browser: str | None,
    variables: Sequence[str],
    output: Path | None,
    *,
    screenshots: bool,
) -> int:
    """Run feature files and print a table of steps: exit 0 all passed, 1 something failed, 2 bad input."""
    parsed = [read_feature(path) for path in files]
    parameters = [parameter_of(text) for text in variables]
    pictures = output or Path(tempfile.mkdtemp(prefix="cometa-pictures-"))
    with scratch_installation(context) as runtime:
        identity = owner_of(runtime)
        ids = [store(runtime, identity, file, browser, screenshots=screenshots) for file in parsed]
        runs = [start(runtime, identity, feature_id, parameters) for feature_id in ids]
        wait_for(runtime, context, parsed, runs)
        reports = [report_of(runtime, run_id, pictures) for run_id in runs]
    context.answer(
        {"results": [report.document() for report in reports]}, lambda console: show_reports(console, reports)
    )
    remove_if_empty(pictures)
    return exit_status(reports)


def read_feature(path: Path) -> FeatureFile:
    """Read and parse one feature file.

    Raises:
        Invalid: it cannot be parsed; the sentence names file, line and sentence.
        NotFound: there is no such file, or it is not text.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} cannot be read as UTF-8 text: {error}.", code="bad_feature_file") from error
    return parse_feature_file(text, str(path))


def parameter_of(text: str) -> Parameter:
    """Read ``NAME=VALUE``.

    Raises:
        Invalid: it is not an assignment to a valid name.
    """
    found = ASSIGNMENT.fullmatch(text)
    if found is None:
        raise Invalid(f"--var {text!r} must be NAME=VALUE; a name has letters, digits, _, - and .")
    return Parameter(found["name"], found["value"])


@contextmanager
def scratch_installation(context: CommandContext) -> Iterator[Runtime]:
    """Set up an installation of its own in a temporary folder with a worker, and remove it afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cometa-run-")))
        overrides = {
            "cometa__data": str(folder),
            "sqlalchemy__url": f"sqlite:///{folder / 'cometa.sqlite3'}",
            "huey__url": f"sqlite:///{folder / 'queue.sqlite3'}",
            "cometa__artifacts": (folder / "artifacts").as_uri(),
            "cometa__production": "false",
            "cometa__worker__embedded": "true",
        }
        runtime = stack.enter_context(context.runtime(**overrides))
        initialise(runtime, context)
        runtime.start(Role.COMMAND)
        companions = companions_of(runtime)
        stack.callback(companions.stop)
        companions.start()
        companions.wait_until_ready(COMPANION_LIMIT_S)
        yield runtime


def owner_of(runtime: Runtime) -> Identity:
    """Make the account that owns everything of the scratch installation."""
    with runtime.unit_of_work() as scope:
        account = ensure_account(scope, OWNER_EMAIL, role="SUPERUSER", departments=("Default",))
        scope.session.flush()
        return identity_of(scope.session, runtime.permissions, account.id)


def store(runtime: Runtime, identity: Identity, file: FeatureFile, browser: str | None, *, screenshots: bool) -> int:
    """Store one parsed feature; returns its key.

    Raises:
        Invalid: no local browser of that name is known.
    """
    with runtime.unit_of_work(identity) as scope:
        specs = [spec for spec in local_browser_specs(scope.session) if browser in {None, spec["browser"]}]
        if not specs:
            wanted = f"browser {browser}" if browser else "local browser"
            raise Invalid(f"No {wanted} was found. `cometa doctor` says what to install.", code="unknown_browser")
        feature = create_feature(scope, file, browsers=specs[:1], screenshots=screenshots)
        scope.session.flush()
        return feature.id


def start(runtime: Runtime, identity: Identity, feature_id: int, parameters: Sequence[Parameter]) -> int:
    """Accept a run of one feature; returns its key."""
    with runtime.unit_of_work(identity) as scope:
        return accept_run(scope, RunOrder(feature_id, parameters=parameters)).run_id


def wait_for(runtime: Runtime, context: CommandContext, files: Sequence[FeatureFile], runs: Sequence[int]) -> None:
    """Wait until all runs are finished and show how far they are."""
    with context.progress() as progress:
        for file, run_id in zip(files, runs, strict=True):
            bar = progress.add_task(file.name, total=len(file.steps))
            while not wait_until_finished(runtime, run_id, LOOK_SECONDS):
                progress.update(bar, completed=count_steps(runtime, run_id))
            progress.update(bar, completed=len(file.steps))


def remove_if_empty(folder: Path) -> None:
    """Remove the folder of pictures when there are none."""
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
