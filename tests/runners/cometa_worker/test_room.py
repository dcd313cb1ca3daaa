"""A worker takes no results while the disk of the artifact store is full."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from cometa_core.artifacts import FolderStore
from cometa_worker.room import room_of
from cometa_worker.service import WorkerService

LONG = 'Sleep "20" seconds'


@pytest.fixture
def disk(monkeypatch):
    """Set how much of the disk is free, from 0 to 1."""
    share = [0.01]
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(total=100, free=100 * share[0]))
    return share


def block(bench):
    """Let the store take nothing."""
    root = Path(bench.runtime.artifacts.root)
    shutil.rmtree(root, ignore_errors=True)
    root.parent.mkdir(exist_ok=True)
    root.write_text("a file where a folder should be")


def test_after_a_refused_file_nothing_is_taken_until_there_is_room(attempt, disk, caplog):
    """runner M: the attempt ends as store_failed, the worker stops claiming until 5 % is free."""
    tried = attempt('Write "a.txt" to the downloads', LONG)
    room = room_of(tried.bench.runtime)
    assert room.is_there(), "a disk that is nearly full is no reason by itself"
    block(tried.bench)
    result = tried.end()
    assert (result.state, result.reason) == ("Error", "store_failed")
    assert not room.is_there()
    assert "1.0 % of the artifact store's disk is free, 5 % is needed" in caplog.text
    disk[0] = 0.05
    assert room.is_there()
    disk[0] = 0.01
    assert room.is_there(), "only the next refusal stops it again"


def test_the_worker_leaves_results_in_the_queue(bench, disk):
    """runner M: no accepted result is lost."""
    service = WorkerService(bench.runtime)
    accepted = bench.accept(bench.feature("Pass"))
    room_of(bench.runtime).note_refusal()
    service.execute_admissible()
    assert bench.result(accepted.result_ids[0]).state == "Queued"


def test_the_free_share_is_that_of_the_disk_of_the_store(tmp_path):
    usage = shutil.disk_usage(tmp_path)
    assert FolderStore(tmp_path / "not" / "there").free_share() == pytest.approx(usage.free / usage.total, abs=0.01)
