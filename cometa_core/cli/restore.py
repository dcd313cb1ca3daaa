"""``cometa restore``: put the file of ``cometa backup`` in place.  Contract: runner I.4.

Everything is checked before anything is changed, and the database is put in place last.  Objects go
through the artifact store, which names them by their content; those that nobody needs go by themselves after a day.
"""

import fcntl
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import URL

from cometa_core import __version__
from cometa_core.cli.archive import DATABASE, KEYS, LARGEST_KEYS, OBJECT, ArchiveReader, Manifest, copied, read_archive
from cometa_core.cli.context import CommandContext
from cometa_core.db.engine import database_file, make_engine
from cometa_core.db.migrations import state_of
from cometa_core.embedded import SECRETS_FILE, private_folder
from cometa_core.errors import ConfigurationError
from cometa_core.runtime import Runtime

BESIDE_DATABASE = ("", "-wal", "-shm", "-journal")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace what is in the data folder.")
@click.pass_obj
def restore(context: CommandContext, file: Path, *, force: bool) -> None:
    """Put a backup FILE into the data folder of an installation that is not running."""
    with context.runtime() as runtime, context.progress() as progress:
        manifest, target = look_at(runtime, file, force=force)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=runtime.locations.data) as folder:
            check(runtime, file, Path(folder), progress)
            store_objects(runtime, file, progress)
            put_in_place(runtime, Path(folder), target)
    document = {"success": True, "data": str(runtime.locations.data), **manifest.document()}

    def show(console: Console) -> None:
        console.print(f"The backup of {manifest.made_at} is in {runtime.locations.data}: {manifest.objects} files.")
        if manifest.database and not manifest.keys:
            place = runtime.locations.data / SECRETS_FILE
            console.print(f"It had no keys of stored secrets: put yours to {place} before the start.")
        for key, text in sorted(manifest.settings.items()):
            console.print(f"It was made with {key} = {text}", markup=False)

    context.answer(document, show)


def look_at(runtime: Runtime, file: Path, *, force: bool) -> tuple[Manifest, Path | None]:
    """Refuse at once what the manifest and the data folder refuse; returns the manifest and the file of the database.

    Raises:
        ConfigurationError: the sentence says what to do.
    """
    with read_archive(file) as archive:
        manifest = archive.manifest
    refuse_newer_version(manifest)
    target = target_of(runtime, manifest)
    data = private_folder(runtime.locations.data)
    refuse_running(data)
    refuse_filled(runtime, manifest, target, force=force)
    return manifest, target


def refuse_newer_version(manifest: Manifest) -> None:
    """Refuse what a newer version wrote.

    Raises:
        ConfigurationError: says which version is needed.
    """
    if numbers_of(manifest.version) > numbers_of(__version__):
        raise ConfigurationError(
            f"The backup was made by version {manifest.version}, this is {__version__}. Install that version first."
        )


def numbers_of(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version, to be compared."""
    return tuple(int(number) for number in re.findall(r"[0-9]{1,9}", version)[:3])


def target_of(runtime: Runtime, manifest: Manifest) -> Path | None:
    """Return the file that the database becomes; None for an archive without database.

    Raises:
        ConfigurationError: the installation has its database elsewhere.
    """
    if not manifest.database:
        return None
    target = database_file(runtime.engine)
    if target is None:
        raise ConfigurationError(
            "The backup holds an SQLite database, but sqlalchemy.url names a server. Restore with an ini without"
            " sqlalchemy.url; what pg_dump wrote is restored with pg_restore."
        )
    return target


def refuse_running(data: Path) -> None:
    """Refuse to replace what a running worker uses.

    Raises:
        ConfigurationError: names the worker.
    """
    for path in data.glob("worker-*.lock"):
        with path.open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                name = path.stem.removeprefix("worker-")
                raise ConfigurationError(f"The worker {name} is running on {data}. Stop everything first.") from error


def refuse_filled(runtime: Runtime, manifest: Manifest, target: Path | None, *, force: bool) -> None:
    """Refuse to replace a database, keys or files unless that is wanted.

    Raises:
        ConfigurationError: names what is there.
    """
    if force:
        return
    keys = runtime.locations.data / SECRETS_FILE
    there = [str(path) for path in (target, keys if manifest.keys else None) if path and path.exists()]
    if next(iter(runtime.artifacts.stored()), None) is not None:
        there.append("files in the artifact store")
    if there:
        raise ConfigurationError(
            f"There is something already: {', '.join(there)}. Restore into an empty folder (--data), or use --force."
        )


def check(runtime: Runtime, file: Path, folder: Path, progress: Progress) -> None:
    """Read everything once before anything is changed; database and keys are unpacked into a folder.

    Raises:
        ConfigurationError: something is missing, damaged or newer than the code.
    """
    with read_archive(file) as archive:
        manifest = archive.manifest
        bar = progress.add_task("Checking", total=manifest.objects)
        objects, unpacked = 0, set()
        for member in archive.members():
            if found := OBJECT.fullmatch(member.name):
                if copied(archive.content(member), None) != found["digest"]:
                    raise archive.damaged(f"the content of {member.name} is another one")
                objects += 1
                progress.update(bar, completed=objects)
            else:
                unpack_head(runtime, archive, member, folder)
                unpacked.add(member.name)
        wanted = {name for name, is_there in ((DATABASE, manifest.database), (KEYS, manifest.keys)) if is_there}
        if unpacked != wanted or objects != manifest.objects:
            raise archive.damaged(f"it holds {objects} of {manifest.objects} files, and {sorted(unpacked)}")


def store_objects(runtime: Runtime, file: Path, progress: Progress) -> None:
    """Put the objects of a checked archive into the store."""
    with read_archive(file) as archive:
        bar = progress.add_task("Files of results", total=archive.manifest.objects)
        for member in archive.members():
            if found := OBJECT.fullmatch(member.name):
                runtime.artifacts.put(int(found["department"]), archive.content(member))
                progress.advance(bar)


def unpack_head(runtime: Runtime, archive: ArchiveReader, member: tarfile.TarInfo, folder: Path) -> None:
    """Unpack database or keys into a folder and check them.

    Raises:
        ConfigurationError: they are damaged, or the database is newer than the code.
    """
    if member.name == KEYS and member.size > LARGEST_KEYS:
        raise archive.damaged("its keys are too large")
    target = folder / member.name
    target.touch(mode=0o600)
    with target.open("wb") as stream:
        digest = copied(archive.content(member), stream)
        stream.flush()
        os.fsync(stream.fileno())
    if member.name == DATABASE:
        if digest != archive.manifest.database.get("sha256"):
            raise archive.damaged("its database is not what the manifest says")
        check_database(runtime, archive, target)


def check_database(runtime: Runtime, archive: ArchiveReader, path: Path) -> None:
    """Look whether a copy of the database is whole and known to the code.

    Raises:
        ConfigurationError: it is damaged or newer.
    """
    try:
        with closing(sqlite3.connect(path)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise archive.damaged(f"its database cannot be opened ({error})") from error
    if found != "ok":
        raise archive.damaged(f"its database is damaged ({found})")
    engine = make_engine(URL.create("sqlite", database=str(path)).render_as_string())
    try:
        with engine.connect() as connection:
            states = [state_of(connection, source) for source in runtime.histories]
    finally:
        engine.dispose()
    newer = [f"{state.source.plugin} {state.current}" for state in states if not state.known]
    if newer:
        raise ConfigurationError(
            f"The database of the backup is newer than this version: {', '.join(newer)}. Install the version that made"
            f" it ({archive.manifest.version}). Nothing was restored."
        )


def put_in_place(runtime: Runtime, folder: Path, target: Path | None) -> None:
    """Put database and keys in place of what was there; messages of the old queue are of no use any more."""
    if target is None:
        return
    scheme, _, queue = runtime.locations.queue_url.partition(":///")
    if scheme == "sqlite":
        for ending in BESIDE_DATABASE:
            Path(f"{queue}{ending}").unlink(missing_ok=True)
    if (folder / KEYS).exists():
        (folder / KEYS).replace(runtime.locations.data / SECRETS_FILE)
    for ending in BESIDE_DATABASE[1:]:
        Path(f"{target}{ending}").unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.parent.stat().st_dev == folder.stat().st_dev:
        (folder / DATABASE).replace(target)
        return
    # A database elsewhere: it is copied next to its place first, so that it appears there whole.
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=target.parent) as near:
        shutil.copy(folder / DATABASE, Path(near) / DATABASE)
        (Path(near) / DATABASE).replace(target)


COMMANDS = (restore,)
