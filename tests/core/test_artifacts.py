"""The folder store keeps bytes under the hash of their content."""

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from cometa_core.artifacts import FolderStore, make_store
from cometa_core.errors import ConfigurationError, NotFound


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / "artifacts")


def test_what_was_put_comes_back(store):
    digest, size = store.put(1, io.BytesIO(b"picture"))
    assert (digest, size) == (hashlib.sha256(b"picture").hexdigest(), 7)
    with store.open(1, digest) as stream:
        assert stream.read() == b"picture"


def test_the_same_content_is_stored_once_for_a_department(store):
    store.put(1, io.BytesIO(b"picture"))
    store.put(1, io.BytesIO(b"picture"))
    assert len([path for path in (store.root / "1").rglob("*") if path.is_file()]) == 1


def test_departments_do_not_share_objects(store):
    digest, _ = store.put(1, io.BytesIO(b"picture"))
    assert not store.exists(2, digest)
    with pytest.raises(NotFound):
        store.open(2, digest)


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "a" * 63, "A" * 64, "/etc/passwd"])
def test_anything_but_a_digest_touches_no_file(store, digest):
    with pytest.raises(NotFound):
        store.open(1, digest)


def test_a_stream_that_fails_leaves_nothing_behind(store):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        store.put(1, Broken())
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_deleting_twice_is_no_error(store):
    digest, _ = store.put(1, io.BytesIO(b"picture"))
    store.delete(1, digest)
    store.delete(1, digest)
    assert not store.exists(1, digest)


def test_only_folders_are_known(tmp_path):
    assert make_store(tmp_path.as_uri()).root == tmp_path
    with pytest.raises(ConfigurationError, match="file:///FOLDER"):
        make_store("s3://bucket")


def age(store, department_id, digest, moment):
    found = next(found for found in store.stored() if (found.department_id, found.digest) == (department_id, digest))
    os.utime(store.place_of(found), (moment.timestamp(), moment.timestamp()))


def test_only_what_was_put_before_a_moment_is_removed(store):
    """runner I.3: an object without a row goes after a day."""
    now = datetime.now(UTC)
    digest, size = store.put(1, io.BytesIO(b"picture"))
    assert store.delete_old(1, digest, now - timedelta(days=1)) == 0
    age(store, 1, digest, now - timedelta(days=2))
    assert store.delete_old(1, digest, now - timedelta(days=1)) == size
    assert store.delete_old(1, digest, now) == 0
    assert not store.exists(1, digest)


def test_removing_from_a_store_that_does_not_exist_yet_frees_nothing(store):
    assert store.delete_old(1, "a" * 64, datetime.now(UTC)) == 0
    assert list(store.stored()) == []
    assert store.clear_incoming(datetime.now(UTC)) == 0


def test_objects_are_listed_by_the_beginning_of_their_hash(store):
    stored = {store.put(department_id, io.BytesIO(bytes([number])))[0] for department_id in (1, 2) for number in (1, 2)}
    assert {(found.department_id, found.digest) for found in store.stored()} == {
        (department_id, digest) for department_id in (1, 2) for digest in stored
    }
    one = min(stored)
    assert {found.digest for found in store.stored({one[:2]})} == {one}


def test_what_killed_writers_left_is_removed_when_it_is_old(store):
    """X-133: a crash while an object is written leaves nothing."""
    store.put(1, io.BytesIO(b"picture"))
    left = store.root / "incoming" / "left"
    left.write_bytes(b"half")
    now = datetime.now(UTC)
    assert store.clear_incoming(now - timedelta(days=1)) == 0
    assert store.clear_incoming(now + timedelta(days=1)) == 4
    assert not left.exists()
    assert len(list(store.stored())) == 1


def test_what_was_just_put_again_survives_removers(store):
    """X-133: whoever puts an object finds it, though others remove it as an old one at the same moment."""
    digest, _ = store.put(1, io.BytesIO(b"picture"))
    long_ago = datetime.now(UTC) - timedelta(days=3)
    before = datetime.now(UTC) - timedelta(days=1)
    with ThreadPoolExecutor(4) as pool:
        for _ in range(50):
            age(store, 1, digest, long_ago)
            removers = [pool.submit(store.delete_old, 1, digest, before) for _ in range(3)]
            store.put(1, io.BytesIO(b"picture"))
            assert store.exists(1, digest)
            assert sum(remover.result() > 0 for remover in removers) <= 1
            assert store.exists(1, digest)
