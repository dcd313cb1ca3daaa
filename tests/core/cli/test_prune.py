"""``cometa prune`` removes what is not needed, and says before what that would be."""

import io
import os

import pytest

from cometa_core.artifacts import FolderStore


@pytest.fixture
def left(initialised):
    """An old object of the artifact store that no row names."""
    store = FolderStore(initialised.data / "artifacts")
    store.put(1, io.BytesIO(b"picture"))
    (found,) = store.stored()
    place = store.place_of(found)
    os.utime(place, (0, 0))
    return place


def test_it_says_first_what_it_would_remove_and_then_removes_it(initialised, left):
    """runner I.4."""
    looked = initialised.answer("prune", "--dry-run")
    assert (looked["dry_run"], looked["objects"], looked["bytes"]) == (True, 1, 7)
    assert left.exists()
    removed = initialised.answer("prune")
    assert (removed["dry_run"], removed["objects"], removed["bytes"]) == (False, 1, 7)
    assert not left.exists()
    status, out, _ = initialised("prune")
    assert status == 0
    assert "Removed" in out


def test_without_a_database_it_says_what_to_do(cometa):
    assert "cometa init" in cometa.refusal("prune")
