"""``cometa backup``: one file with everything of an embedded installation, made while it runs."""

import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from cometa_core import __version__
from cometa_core.cli.archive import DATABASE, KEYS, MANIFEST, ArchiveWriter, Manifest, written_archive
from cometa_core.cli.context import CommandContext
from cometa_core.cli.inspection import shown
from cometa_core.db.engine import database_file
from cometa_core.db.migrations import state_of
from cometa_core.embedded import SECRETS_FILE
from cometa_core.errors import ConfigurationError
from cometa_core.runtime import Runtime

CHUNK_BYTES = 1 << 20
WITHOUT_KEYS = (
    "The keys of stored secrets are not in it: keep {keys} in another safe place, or stored secrets cannot be"
    " read after a restore."
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--with-keys", is_flag=True, help="Include the keys of stored secrets; whoever has the file has them.")
@click.option("--artifacts-only", is_flag=True, help="Only the files of results, beside a dump of PostgreSQL.")
@click.pass_obj
def backup(context: CommandContext, file: Path, *, with_keys: bool, artifacts_only: bool) -> None:
    """Write database and files of results to one FILE (tar.gz) while everything goes on."""
    with context.runtime() as runtime:
        keys = runtime.locations.data / SECRETS_FILE
        if not artifacts_only:
            refuse_other_databases(runtime)
            runtime.check_database()
        if with_keys and runtime.settings.is_set("cometa.encryption_key"):
            raise ConfigurationError(
                "The keys are in cometa.encryption_key and not in the data folder. Keep them apart."
            )
        # Where none were made yet, nothing was sealed.
        with_keys = with_keys and keys.is_file()
        with context.progress() as progress, runtime.artifacts.keeping_all():
            manifest = write(runtime, file, keys if with_keys else None, progress, database=not artifacts_only)
    size = file.stat().st_size
    document = {"success": True, "file": str(file), "size": size, **manifest.document()}

    def show(console: Console) -> None:
        content = f"{'' if artifacts_only else 'the database and '}{manifest.objects} files of results"
        console.print(f"{file} ({size} bytes) holds {content}.")
        if not with_keys and not artifacts_only:
            console.print(WITHOUT_KEYS.format(keys=keys))

    context.answer(document, show)


def refuse_other_databases(runtime: Runtime) -> None:
    """Refuse to back up a database that is no file.

    Raises:
        ConfigurationError: names the command of the database.
    """
    if database_file(runtime.engine) is None:
        url = runtime.engine.url.set(drivername="postgresql").render_as_string(hide_password=True)
        raise ConfigurationError(
            f"The database is {url}, which has a tool of its own: run `pg_dump --format=custom --file=cometa.dump` on"
            " it first, then `cometa backup FILE --artifacts-only` for the files of results."
        )


def write(runtime: Runtime, file: Path, keys: Path | None, progress: Progress, *, database: bool) -> Manifest:
    """Write the archive; objects stay where they are until it is complete.

    Args:
        runtime: installation.
        file: archive to make.
        keys: file with the key ring to include; None: it is left out.
        progress: shows how many objects are written.
        database: whether the database is included.
    """
    with snapshot_of(runtime, wanted=database) as snapshot:
        # Listed after the snapshot: whatever a row of it names is in the store by now.
        objects = list(runtime.artifacts.stored())
        manifest = Manifest(
            version=__version__, made_at=runtime.clock.now().isoformat(), database=described(snapshot),
            revisions=revisions_of(runtime) if database else {}, objects=len(objects),
            bytes=sum(found.size for found in objects), keys=keys is not None,
            settings={
                one.setting.key: shown(one)
                for one in runtime.settings
                if one.origin != "default" and not one.setting.secret
            },
        )  # fmt: skip
        with written_archive(file) as archive:
            write_heads(archive, manifest, snapshot, keys)
            for found in progress.track(objects, description="Files of results"):
                with runtime.artifacts.open(found.department_id, found.digest) as stream:
                    name = f"artifacts/{found.department_id}/{found.digest}"
                    archive.add_stream(name, stream, found.size, found.put_at.timestamp())
    return manifest


def write_heads(archive: ArchiveWriter, manifest: Manifest, snapshot: Path | None, keys: Path | None) -> None:
    """Write manifest, database and keys, in this order."""
    archive.add_text(MANIFEST, json.dumps(manifest.document(), ensure_ascii=False, indent=1))
    if snapshot is not None:
        with snapshot.open("rb") as stream:
            archive.add_stream(DATABASE, stream, snapshot.stat().st_size)
    if keys is not None:
        archive.add_text(KEYS, keys.read_text())


@contextmanager
def snapshot_of(runtime: Runtime, *, wanted: bool) -> Iterator[Path | None]:
    """Copy the database as it is at one moment, while others write; None when it is not wanted."""
    source = database_file(runtime.engine)
    if source is None or not wanted:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=runtime.locations.data) as folder:
        target = Path(folder) / DATABASE
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            reading.backup(writing)
            # One file, without the companions of a write-ahead log.
            writing.execute("PRAGMA journal_mode=DELETE")
        yield target


def described(snapshot: Path | None) -> dict[str, Any]:
    """Return hash, size and rows by table of a copy of the database."""
    if snapshot is None:
        return {}
    digest = hashlib.sha256()
    with snapshot.open("rb") as stream:
        while block := stream.read(CHUNK_BYTES):
            digest.update(block)
    with closing(sqlite3.connect(f"{snapshot.as_uri()}?mode=ro", uri=True)) as reading:
        listed = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        tables = [name for (name,) in reading.execute(listed)]
        counts = {name: reading.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608 - names of our own tables
    return {"sha256": digest.hexdigest(), "size": snapshot.stat().st_size, "rows": counts}


def revisions_of(runtime: Runtime) -> dict[str, str | None]:
    """Return the revision of each history."""
    with runtime.readonly_engine.connect() as connection:
        return {source.plugin: state_of(connection, source).current for source in runtime.histories}


COMMANDS = (backup,)
