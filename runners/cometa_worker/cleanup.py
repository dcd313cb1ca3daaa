"""Ending everything that belongs to an attempt.

Contract: runner B.6.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from typing import Final

import psutil

from cometa_runner.protocol import MARK_VARIABLE
from cometa_worker.launch import RunnerProcess, ends_within

KILL_ROUNDS: Final = 20
"""How often marked processes are looked for: each round can find what the last one's victims had just started."""

_DEATH_SECONDS = 1.0


def end_attempt(process: RunnerProcess, mark: str, grace: float = 2.0) -> list[int]:
    """End a runner and all it started: TERM to the group, after ``grace`` seconds KILL, then KILL by mark.

    Returns:
        Ids of the processes that had to be killed.  Contract: X-046.
    """
    process.close_control()
    group = _group(process.pid)
    _signal_group(process.pid, signal.SIGTERM)
    alive = _alive_after(group, grace)
    _signal_group(process.pid, signal.SIGKILL)
    _alive_after(alive, _DEATH_SECONDS)
    process.wait(_DEATH_SECONDS)
    return alive + kill_marked(mark)


def kill_marked(mark: str) -> list[int]:
    """Kill every process on this machine that carries a mark, until none is left.

    Returns:
        Their process ids.
    """
    killed: list[int] = []
    for _ in range(KILL_ROUNDS):
        found = [process for process, carried in marked_processes() if carried == mark]
        if not found:
            break
        for process in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
                killed.append(process.pid)
        _alive_after([process.pid for process in found], _DEATH_SECONDS)
    return killed


def marked_processes() -> Iterator[tuple[psutil.Process, str]]:
    """Find all processes that belong to an attempt, with their marks; this process is never one of them."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            mark = process.environ().get(MARK_VARIABLE, "").strip()
            if mark and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                yield process, mark


def _group(group: int) -> list[int]:
    members = []
    for pid in psutil.pids():
        with contextlib.suppress(OSError):
            if os.getpgid(pid) == group:
                members.append(pid)
    return members


def _alive_after(pids: list[int], seconds: float) -> list[int]:
    end = time.monotonic() + seconds
    return [pid for pid in pids if not ends_within(pid, max(0.0, end - time.monotonic()))]


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
