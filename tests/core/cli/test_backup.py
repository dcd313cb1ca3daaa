"""A backup is one file that is looked at closely before it replaces anything."""

import fcntl
import hashlib
import io
import json
import shutil
import sqlite3
import tarfile
from contextlib import closing
from datetime import UTC, datetime

import pytest

from cometa_core.artifacts import FolderStore
from cometa_core.cli.main import run
from cometa_core.embedded import made_once

PICTURE = b"picture" * 1000


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A migrated data folder with keys; to make one takes a second."""
    folder = tmp_path_factory.mktemp("backup") / "data"
    assert run(["--data", str(folder), "init", "--json"]) == 0
    made_once(folder, "encryption")
    return folder


@pytest.fixture
def initialised(cometa, template):
    """The command line with an initialised data folder."""
    shutil.copytree(template, cometa.data)
    return cometa


@pytest.fixture
def store(initialised):
    """The artifact store of an installation with one file."""
    store = FolderStore(initialised.data / "artifacts")
    store.put(1, io.BytesIO(PICTURE))
    return store


@pytest.fixture
def made(initialised, store):
    """A backup with keys, and what the command said."""
    return initialised.answer("backup", "b.tar.gz", "--with-keys")


@pytest.fixture
def other(initialised, monkeypatch):
    """An empty data folder elsewhere, which is the one that commands use from now on."""
    folder = initialised.folder / "other"
    monkeypatch.setenv("COMETA_DATA", str(folder))
    return folder


def members(path):
    with tarfile.open(path) as archive:
        return {member.name: (member, archive.extractfile(member).read()) for member in archive}


def rewrite(path, changes=(), extra=()):
    """Write an archive anew with other contents and further members."""
    found = {name: content for name, (_, content) in members(path).items()} | dict(changes)
    with tarfile.open(path, "w:gz") as archive:
        for name, content in found.items():
            if content is not None:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        for member in extra:
            archive.addfile(member, io.BytesIO(b"x" * member.size))


def manifest_with(path, **values):
    return {"manifest.json": json.dumps(json.loads(members(path)["manifest.json"][1]) | values).encode()}


def departments(database):
    with closing(sqlite3.connect(database)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM accounts_department")]


def test_a_backup_is_restored_elsewhere(initialised, made, other):
    assert (made["objects"], made["bytes"], made["keys"]) == (1, len(PICTURE), True)
    assert made["database"]["rows"]["accounts_department"] == 1
    assert set(made["revisions"]) >= {"core", "executions"}
    restored = initialised.answer("restore", "b.tar.gz")
    assert restored["data"] == str(other)
    assert departments(other / "cometa.sqlite3") == ["Default"]
    (found,) = FolderStore(other / "artifacts").stored()
    assert FolderStore(other / "artifacts").place_of(found).read_bytes() == PICTURE
    assert (other / "secrets.json").read_text() == (initialised.data / "secrets.json").read_text()
    assert not list(other.glob(".restore-*"))
    assert all(row["state"] == "current" for row in initialised.answer("db", "state"))


def test_keys_and_queue_are_left_out(initialised, store):
    status, out, _ = initialised("backup", "b.tar.gz")
    assert status == 0
    assert "keys of stored secrets are not in it" in out
    assert sorted(name.partition("/")[0] for name in members("b.tar.gz")) == [
        "artifacts", "cometa.sqlite3", "manifest.json",
    ]  # fmt: skip


def test_only_its_owner_may_read_a_backup(initialised, made):
    assert (initialised.folder / "b.tar.gz").stat().st_mode & 0o777 == 0o600


def test_the_manifest_tells_settings_but_no_secrets(cometa):
    ini = cometa.ini("cometa.port = 8123", "cometa.encryption_key = k1:0123456789abcdef0123456789abcdef")
    cometa.answer("-c", ini, "init")
    made = cometa.answer("-c", ini, "backup", "b.tar.gz")
    assert made["settings"]["cometa.port"] == "8123"
    assert "0123456789abcdef" not in json.dumps(made)


def test_a_file_that_exists_is_not_replaced(initialised, made):
    assert "exists" in initialised.refusal("backup", "b.tar.gz")


def test_a_filled_folder_is_replaced_only_by_force(initialised, made):
    assert "There is something already" in initialised.refusal("restore", "b.tar.gz")
    with closing(sqlite3.connect(initialised.data / "cometa.sqlite3")) as connection:
        connection.execute("UPDATE accounts_department SET name = 'Changed'")
        connection.commit()
    initialised.answer("restore", "b.tar.gz", "--force")
    assert departments(initialised.data / "cometa.sqlite3") == ["Default"]


def test_a_running_worker_is_not_robbed_of_its_data(initialised, made):
    with (initialised.data / "worker-one.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "The worker one is running" in initialised.refusal("restore", "b.tar.gz", "--force")


def test_a_newer_version_is_refused(initialised, made, other):
    rewrite("b.tar.gz", manifest_with("b.tar.gz", version="999.0.0"))
    assert "made by version 999.0.0" in initialised.refusal("restore", "b.tar.gz")
    assert not (other / "cometa.sqlite3").exists()


def test_a_newer_database_is_refused(initialised, made, other):
    changed = initialised.folder / "changed.sqlite3"
    changed.write_bytes(members("b.tar.gz")["cometa.sqlite3"][1])
    with closing(sqlite3.connect(changed)) as connection:
        connection.execute("UPDATE cometa_version_core SET version_num = 'core_9999_future'")
        connection.commit()
    content = changed.read_bytes()
    described = made["database"] | {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    rewrite("b.tar.gz", {**manifest_with("b.tar.gz", database=described), "cometa.sqlite3": content})
    assert "core core_9999_future" in initialised.refusal("restore", "b.tar.gz")
    assert not (other / "cometa.sqlite3").exists()


def test_another_format_is_refused(initialised, made, other):
    rewrite("b.tar.gz", manifest_with("b.tar.gz", format=2))
    assert "format 2" in initialised.refusal("restore", "b.tar.gz")


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "artifacts/1/../../evil", "artifacts/x/" + "0" * 64, "evil"])
def test_names_that_lead_elsewhere_are_refused(initialised, made, other, name):
    member = tarfile.TarInfo(name)
    member.size = 1
    rewrite("b.tar.gz", extra=[member])
    assert "which no backup does" in initialised.refusal("restore", "b.tar.gz")
    assert not (other / "cometa.sqlite3").exists()
    assert not list(initialised.folder.rglob("evil"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
def test_links_and_devices_are_refused(initialised, made, other, kind):
    member = tarfile.TarInfo("secrets.json")
    member.type, member.linkname = kind, "/etc/passwd"
    rewrite("b.tar.gz", extra=[member])
    assert "which no backup does" in initialised.refusal("restore", "b.tar.gz")
    assert not (other / "cometa.sqlite3").exists()


def test_changed_contents_are_refused(initialised, made, other):
    picture = next(name for name in members("b.tar.gz") if name.startswith("artifacts/"))
    rewrite("b.tar.gz", {picture: b"another"})
    assert "is another one" in initialised.refusal("restore", "b.tar.gz")
    assert not (other / "cometa.sqlite3").exists()


def test_a_changed_database_is_refused(initialised, made, other):
    rewrite("b.tar.gz", {"cometa.sqlite3": b"another"})
    assert "not what the manifest says" in initialised.refusal("restore", "b.tar.gz")


@pytest.mark.parametrize("kept", ["objects", "database"])
def test_missing_members_are_refused(initialised, made, other, kept):
    gone = [name for name in members("b.tar.gz") if name.startswith("artifacts/" if kept == "database" else "cometa.")]
    rewrite("b.tar.gz", dict.fromkeys(gone))
    assert "it holds" in initialised.refusal("restore", "b.tar.gz")
    assert not (other / "cometa.sqlite3").exists()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x1f\x8b\x08\x00cut off"])
def test_what_is_no_backup_is_refused(initialised, other, content):
    (initialised.folder / "b.tar.gz").write_bytes(content)
    assert "no backup" in initialised.refusal("restore", "b.tar.gz")


def test_a_backup_that_was_cut_off_is_refused(initialised, made, other):
    path = initialised.folder / "b.tar.gz"
    path.write_bytes(path.read_bytes()[:-2000])
    assert "no backup" in initialised.refusal("restore", "b.tar.gz")
    assert not (other / "cometa.sqlite3").exists()


def test_a_missing_file_is_refused(initialised):
    assert "There is no backup" in initialised.refusal("restore", "nothing.tar.gz")


def test_nothing_is_removed_from_the_store_meanwhile(store):
    """X-133: what rows of the copy name is in the copy."""
    future = datetime(2100, 1, 1, tzinfo=UTC)
    (found,) = store.stored()
    with store.keeping_all():
        assert store.delete_old(1, found.digest, future) == 0
    assert store.delete_old(1, found.digest, future) == len(PICTURE)


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_postgresql_has_tools_of_its_own(initialised, store, made, command):
    ini = initialised.ini("sqlalchemy.url = postgresql://cometa:secret@db.example.org/cometa")
    refusal = initialised.refusal("-c", ini, command, "c.tar.gz" if command == "backup" else "b.tar.gz")
    assert "secret" not in refusal.replace("secrets", "")
    assert "pg_dump" in refusal


def test_the_files_of_results_are_saved_beside_a_dump(initialised, store, other, monkeypatch):
    monkeypatch.setenv("COMETA_DATA", str(initialised.data))
    ini = initialised.ini("sqlalchemy.url = postgresql://cometa:secret@db.example.org/cometa")
    made = initialised.answer("-c", ini, "backup", "c.tar.gz", "--artifacts-only")
    assert (made["objects"], made["database"]) == (1, {})
    monkeypatch.setenv("COMETA_DATA", str(other))
    assert initialised.answer("-c", ini, "restore", "c.tar.gz")["objects"] == 1
    assert len(list(FolderStore(other / "artifacts").stored())) == 1
