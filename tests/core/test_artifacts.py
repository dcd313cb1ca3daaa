"""The folder store keeps bytes under the hash of their content."""

import hashlib
import io

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
