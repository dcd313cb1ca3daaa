"""What an attempt may take of the machine; the worker itself is not hurt."""

import os
from pathlib import Path

from waiting import eventually

from cometa_worker.limits import EXPENDABLE, disk_above, memory_above
from cometa_worker.preparation import work_folder


def test_a_memory_hog_ends_as_memory_limit(attempt_with):
    """X-044: all processes of the attempt count; the next result of the same worker is executed."""
    _bench, attempt = attempt_with(cometa__limit__memory_mb="400")
    hog = attempt("Pass", 'Take "500" MB of memory', "Pass")
    result = hog.end()
    assert (result.state, result.reason) == ("Error", "memory_limit")
    assert result.status_reason == "The browser and all other processes of the run took more than 400 MB of memory."
    assert hog.statuses == ["Success", "Failed", "Skipped"]
    assert not list(work_folder(hog.bench.runtime).iterdir())
    assert attempt("Pass").end().state == "Success"


def test_memory_within_the_limit_is_left_alone(attempt_with):
    """X-044."""
    _bench, attempt = attempt_with(cometa__limit__memory_mb="600")
    tried = attempt('Sleep "1.5" seconds')
    assert tried.end().state == "Success"


def test_a_disk_hog_ends_as_disk_limit(attempt_with):
    """X-045: also what is written to the folder for temporary files."""
    _bench, attempt = attempt_with(cometa__limit__artifact_mb="5")
    hog = attempt("Pass", 'Write "8" MB of files', "Pass")
    result = hog.end()
    assert (result.state, result.reason) == ("Error", "disk_limit")
    assert result.status_reason == "The files of the run took more than 5 MB."
    assert hog.statuses == ["Success", "Failed", "Skipped"]
    assert attempt("Pass").end().state == "Success"


def test_the_kernel_would_end_a_runner_before_its_worker(attempt):
    """X-044: where the machine itself has no memory left."""
    tried = attempt('Sleep "2" seconds')
    pid = eventually(lambda: tried.result.pid, 10, "the runner")
    assert int(Path(f"/proc/{pid}/oom_score_adj").read_text()) == EXPENDABLE
    tried.end()


def test_files_outside_that_links_lead_to_do_not_count(tmp_path):
    """runner B.5: the work folder alone."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "large").write_bytes(b"x" * 100_000)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(outside, target_is_directory=True)
    (folder / "small").write_bytes(b"x" * 5000)
    assert not disk_above([folder], 50_000)
    assert disk_above([folder], 4000)
    assert disk_above([outside], 50_000)


def test_processes_without_the_mark_do_not_count():
    """runner B.6."""
    assert not memory_above(f"no-such-mark-{os.getpid()}", 0)
