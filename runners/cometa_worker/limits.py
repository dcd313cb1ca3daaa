"""What the processes and files of an attempt may take of the machine.  Contract: runner B.5, X-044, X-045."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import psutil

from cometa_core.settings import Settings
from cometa_executions.api import Ending, Reason, State
from cometa_worker.cleanup import marked_processes

SAMPLE_SECONDS: Final = 1.0
"""How often memory and disk are measured."""

MEGABYTE: Final = 1 << 20
BLOCK_BYTES: Final = 512
"""Unit in which the system tells what a file takes of the disk."""

EXPENDABLE: Final = 500
"""Score by which the kernel ends processes of attempts before the worker when the machine has no memory left."""


class Usage:
    """Memory and disk of one attempt.

    Args:
        settings: where the limits come from.
        mark: mark of the attempt's processes.
        folder: work folder of the attempt.
        moment: monotonic seconds from which on it is measured.
    """

    def __init__(self, settings: Settings, mark: str, folder: Path, moment: float) -> None:
        self._memory_mb = settings.integer("cometa.limit.memory_mb")
        self._disk_mb = settings.integer("cometa.limit.artifact_mb")
        self._mark = mark
        self._folder = folder
        self._next_sample = moment

    def violation(self, moment: float) -> Ending | None:
        """Return how the attempt ends because it takes too much; None while it does not or was just measured."""
        if moment < self._next_sample:
            return None
        self._next_sample = moment + SAMPLE_SECONDS
        if memory_above(self._mark, self._memory_mb * MEGABYTE):
            text = f"The browser and all other processes of the run took more than {self._memory_mb} MB of memory."
            return Ending(State.ERROR, Reason.MEMORY_LIMIT, text)
        if disk_above((self._folder, self._folder / "tmp"), self._disk_mb * MEGABYTE):
            text = f"The files of the run took more than {self._disk_mb} MB."
            return Ending(State.ERROR, Reason.DISK_LIMIT, text)
        return None


def memory_above(mark: str, limit: int) -> bool:
    """Tell whether the processes with a mark take more than ``limit`` bytes of memory together.

    Resident memory counts shared pages once for each process, so it is never too small and cheap to ask for; only where
    it is above the limit the exact share of each process is asked for.
    """
    processes = [process for process, carried in marked_processes() if carried == mark]
    return sum(_resident(processes)) > limit and sum(_shares(processes)) > limit


def _resident(processes: Iterable[psutil.Process]) -> Iterator[int]:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            yield process.memory_info().rss


def _shares(processes: Iterable[psutil.Process]) -> Iterator[int]:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            found = process.memory_full_info()
            # Other systems than Linux tell only what a process has for itself.
            yield getattr(found, "pss", found.uss)


def disk_above(folders: Iterable[Path], limit: int) -> bool:
    """Tell whether what is in folders takes more than ``limit`` bytes of the disk; links inside are not followed."""
    taken = 0
    for folder in folders:
        for size in _sizes(folder):
            taken += size
            if taken > limit:
                return True
    return False


def _sizes(folder: Path) -> Iterator[int]:
    for path, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                yield os.lstat(os.path.join(path, name)).st_blocks * BLOCK_BYTES  # noqa: PTH118 - many files, each second


def make_expendable(pid: int) -> None:
    """Let the kernel end a runner and what it starts before anything else when memory runs out; best effort."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/oom_score_adj").write_text(str(EXPENDABLE), encoding="ascii")
