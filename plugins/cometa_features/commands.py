"""``cometa export`` and ``cometa import``: features as files, between installations and for version control."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from sqlalchemy import select

from cometa_accounts.api import Account, Department, Role, identity_of, name_key
from cometa_core.cli.context import CommandContext
from cometa_core.contracts.exchange import PartOutcome
from cometa_core.contracts.identity import Identity
from cometa_core.db.migrations import check_current
from cometa_core.errors import ConfigurationError, NotFound
from cometa_core.runtime import Runtime
from cometa_features.exchange_files import Draft, read_drafts, read_part, stem_of, write_files
from cometa_features.services.exchange_export import exported
from cometa_features.services.exchange_import import Importer, Outcome, Target, store_parts


class OnlyTried(Exception):
    """Takes back the transaction of an import that shall only tell what would happen."""


@click.command("export")
@click.option("--department", help="Only the features of this department.")
@click.option("--feature", "features", type=int, multiple=True, metavar="ID", help="Only this feature; repeatable.")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), help="Folder, or a file *.zip.")
@click.pass_obj
def export_features(context: CommandContext, department: str | None, features: Sequence[int], target: Path) -> None:
    """Write features as readable files."""
    with context.runtime() as runtime, context.progress() as progress:
        check_current(runtime.engine, runtime.histories)
        identity = owner_of(runtime)
        bar = progress.add_task("Export", total=len(features) or None)
        with runtime.unit_of_work(identity) as scope:
            number = None if department is None else department_named(runtime, department)
            export = exported(scope, number, features, lambda count: progress.advance(bar, count))
    try:
        write_files(export.files, target)
    except OSError as error:
        raise ConfigurationError(f"{target} cannot be written: {error.strerror}.") from error
    count = len(export.features)
    document = {"target": str(target), "features": count, "files": sorted(export.files)}
    context.answer(document, lambda console: console.print(f"{count} features were written to {target}."))


@click.command("import")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--department", help="Department of the features; default: the one that their files name.")
@click.option("--application", help="Application of the features; default: the one that their files name.")
@click.option("--environment", help="Environment of the features; default: the one that their files name.")
@click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
@click.pass_obj
def import_features(
    context: CommandContext, source: Path, department: str | None, application: str | None, environment: str | None,
    *, dry_run: bool,
) -> None:  # fmt: skip
    """Store features from files, all or none; those that are there already are updated."""
    drafts = read_drafts(source)
    with context.runtime() as runtime:
        check_current(runtime.engine, runtime.histories)
        names = runtime.plugins.dispatch.collect("cometa_exchange_parts")
        files = ImportFiles(source, drafts, {name: read_part(source, name) for name in names})
        target = Target(department, application, environment)
        outcomes, parts = stored(context, runtime, files, target, dry_run=dry_run)
    document = {
        "dry_run": dry_run,
        "features": [vars(outcome) for outcome in outcomes],
        **{name: vars(part) for name, part in parts.items()},
    }
    context.answer(document, lambda console: show(console, outcomes, parts, dry_run=dry_run))


@dataclass(frozen=True)
class ImportFiles:
    """What was read from files: features, and what plugins added to them, by name."""

    source: Path
    drafts: Sequence[Draft]
    parts: Mapping[str, Sequence[Mapping[str, Any]]]


def stored(
    context: CommandContext, runtime: Runtime, files: ImportFiles, target: Target, *, dry_run: bool
) -> tuple[list[Outcome], dict[str, PartOutcome]]:
    """Store what was read in one transaction, which is taken back when it shall only be tried.

    Raises:
        Invalid: something is refused; nothing is stored.
    """
    outcomes: list[Outcome] = []
    parts: dict[str, PartOutcome] = {}
    with (
        suppress(OnlyTried),
        context.progress() as progress,
        runtime.unit_of_work(owner_of(runtime)) as scope,
    ):
        bar = progress.add_task("Import", total=len(files.drafts))
        outcomes = Importer(scope, target).store(files.drafts, lambda count: progress.advance(bar, count))
        features = {stem_of(files.source, outcome.file): outcome for outcome in outcomes}
        parts = store_parts(scope, target, files.parts, features)
        if dry_run:
            raise OnlyTried
    return outcomes, parts


def show(console: Console, outcomes: Sequence[Outcome], parts: Mapping[str, PartOutcome], *, dry_run: bool) -> None:
    """Print what became of each file."""
    for outcome in outcomes:
        console.print(f"{outcome.action}: {outcome.feature_name} ({outcome.file})", markup=False)
    for name, part in parts.items():
        console.print(f"{name}: {part.stored}", markup=False)
        for note in part.notes:
            console.print(f"  {note}", markup=False)
    if dry_run:
        console.print("Nothing was stored.")


def owner_of(runtime: Runtime) -> Identity:
    """Return the first SUPERUSER, in whose name the machine of the server acts.

    Raises:
        NotFound: there is none yet.
    """
    query = select(Account.id).join(Role, Role.id == Account.role_id).where(Role.name == "SUPERUSER")
    with runtime.reading() as session:
        number = session.scalar(query.order_by(Account.id).limit(1))
        if number is None:
            raise NotFound("There is no SUPERUSER yet. Make one: cometa api-key create --email … --role SUPERUSER.")
        return identity_of(session, runtime.permissions, number)


def department_named(runtime: Runtime, name: str) -> int:
    """Return the key of a department.

    Raises:
        NotFound: there is none of that name.
    """
    with runtime.reading() as session:
        number = session.scalar(select(Department.id).where(Department.name_key == name_key(name.strip())))
    if number is None:
        raise NotFound(f"There is no department {name!r}.")
    return number
