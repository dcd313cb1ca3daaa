"""Starting runners, as new Python processes or forked from a zygote.

Contract: runner B.1, B.6, B.7.
"""

import contextlib
import fcntl
import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

import psutil

from cometa_runner.protocol import EVENTS_DESCRIPTOR, MARK_VARIABLE, encode

INHERITED_VARIABLES: Final = ("PATH", "LANG", "TZ")
"""Environment variables that a runner gets from the worker.  Contract: X-036."""

FORKS_OF_A_ZYGOTE: Final = 500
"""Runners after which a zygote is replaced."""

UNKNOWN_STATUS: Final = -1
"""Exit status of a runner that ended unseen, for instance because its parent died before it."""

_RUNNER_MODULE = "cometa_runner"
_ZYGOTE_MODULE = "cometa_runner.zygote"
_ANSWER_SECONDS = 20.0
_CLOSE_SECONDS = 5.0
# Descriptors below this one are replaced in the child, so that none of the ends to be moved may be among them.
_FIRST_FREE_DESCRIPTOR = 10


class RunnerProcess:
    """A running runner, leader of its own process group.

    Args:
        pid: process id, also id of the process group.
        ends: the worker's ends of its pipes.

    Attributes:
        pid: process id.
        events: what it reports; the reader closes it.
        log: standard output and error; the reader closes it.
    """

    def __init__(self, pid: int, ends: "WorkerEnds") -> None:
        self.pid = pid
        self.events: BinaryIO = ends.events
        self.log: BinaryIO = ends.log
        self._control = ends.control
        self._control_lock = threading.Lock()

    def send(self, line: Mapping[str, Any]) -> None:
        """Send a control line; to a runner that is gone, which its events tell, nothing is sent."""
        with self._control_lock, contextlib.suppress(BrokenPipeError, ValueError):
            rest = memoryview(encode(line))
            while rest:
                rest = rest[self._control.write(rest) :]

    def close_control(self) -> None:
        """Tell the runner to quit now.  Contract: X-040."""
        with self._control_lock:
            self._control.close()

    def poll(self) -> int | None:
        """Give the exit status, negative for a signal; None while it runs."""
        return self.wait(0)

    def wait(self, timeout: float | None) -> int | None:
        """Wait for the end and give the exit status; None when it still runs after ``timeout`` seconds."""
        raise NotImplementedError


class Launcher(Protocol):
    """Starts runners; may be used by several threads."""

    def start(self, mark: str, workdir: Path, environment: Mapping[str, str] | None = None) -> RunnerProcess:
        """Start a runner that waits for its plan.

        Args:
            mark: ``<result id>:<fence>``, carried by all its processes.
            workdir: private folder of the attempt.
            environment: variables besides the allow-list, for instance ``PYTHONPATH``.

        Raises:
            OSError: it cannot be started.
        """

    def close(self) -> None:
        """Give up what the launcher itself keeps running; runners go on."""


@dataclass
class WorkerEnds:
    """The worker's ends of the pipes of a runner."""

    control: BinaryIO
    events: BinaryIO
    log: BinaryIO


@dataclass
class RunnerEnds:
    """The runner's ends: descriptors of standard input, of events and of the log."""

    control: int
    events: int
    log: int


class ColdLauncher:
    """Starts each runner as a new Python process.  Contract: X-053."""

    def start(self, mark: str, workdir: Path, environment: Mapping[str, str] | None = None) -> RunnerProcess:
        """Start a runner; see ``Launcher.start``."""
        with _pipes() as (worker, runner):
            pid = os.posix_spawn(
                sys.executable,
                [sys.executable, "-m", _RUNNER_MODULE],
                runner_environment(mark, workdir, environment),
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, runner.control, 0),
                    (os.POSIX_SPAWN_DUP2, runner.log, 1),
                    (os.POSIX_SPAWN_DUP2, runner.log, 2),
                    (os.POSIX_SPAWN_DUP2, runner.events, EVENTS_DESCRIPTOR),
                ],
                setsid=True,
            )
            return _ChildRunner(pid, worker)

    def close(self) -> None:
        """Do nothing: there is nothing to give up."""


class _ChildRunner(RunnerProcess):
    """A runner that is a child of this process."""

    def __init__(self, pid: int, ends: WorkerEnds) -> None:
        super().__init__(pid, ends)
        self._process = psutil.Process(pid)

    def wait(self, timeout: float | None) -> int | None:
        try:
            # psutil remembers the status and does not sleep where the system can wait for a process.
            status = self._process.wait(timeout)
        except psutil.TimeoutExpired:
            return None
        return UNKNOWN_STATUS if status is None else status


class ZygoteLauncher:
    """Forks runners from a process that has everything imported.  Contract: runner B.7.

    Args:
        modules: step library modules to import beforehand; others are imported by the runner.
        environment: variables of the zygote besides the allow-list, for instance ``PYTHONPATH``.
    """

    def __init__(self, modules: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> None:
        self._modules = tuple(modules)
        self._environment = dict(environment or {})
        self._lock = threading.Lock()
        self._zygote: _Zygote | None = None
        self._retired: list[_Zygote] = []

    def start(self, mark: str, workdir: Path, environment: Mapping[str, str] | None = None) -> RunnerProcess:
        """Fork a runner; see ``Launcher.start``.  A zygote that died is replaced once."""
        variables = runner_environment(mark, workdir, {**self._environment, **(environment or {})})
        zygote = self._current()
        try:
            return zygote.fork(variables)
        except OSError:
            self._retire(zygote)
            return self._current().fork(variables)

    def close(self) -> None:
        """End the zygotes."""
        with self._lock:
            zygotes = [*self._retired, *([self._zygote] if self._zygote else [])]
            self._zygote, self._retired = None, []
        for zygote in zygotes:
            zygote.close()

    def _current(self) -> "_Zygote":
        with self._lock:
            self._retired = [zygote for zygote in self._retired if not zygote.has_ended()]
            if self._zygote is not None and self._zygote.forks >= FORKS_OF_A_ZYGOTE:
                self._zygote.retire()
                self._retired.append(self._zygote)
                self._zygote = None
            if self._zygote is None:
                self._zygote = _Zygote(self._modules, self._environment)
            self._zygote.forks += 1
            return self._zygote

    def _retire(self, zygote: "_Zygote") -> None:
        with self._lock:
            if self._zygote is zygote:
                self._zygote = None
        zygote.close()


class _Zygote:
    """The worker's side of a zygote."""

    def __init__(self, modules: Sequence[str], environment: Mapping[str, str]) -> None:
        self.forks = 0
        self._socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with contextlib.ExitStack() as opened, other:
            opened.enter_context(self._socket)
            self._process = subprocess.Popen(
                [sys.executable, "-m", _ZYGOTE_MODULE, str(other.fileno()), *modules],
                # Room for the mark, which each fork writes over it.
                env={**_allowed(environment), MARK_VARIABLE: " " * 64},
                stdin=subprocess.DEVNULL,
                pass_fds=(other.fileno(),),
                start_new_session=True,
            )
            opened.pop_all()

    def fork(self, variables: Mapping[str, str]) -> RunnerProcess:
        """Ask for a runner; raises OSError when the zygote is gone."""
        status_read, status_write = os.pipe()
        with contextlib.ExitStack() as opened, _pipes() as (worker, runner):
            status = opened.enter_context(os.fdopen(status_read, "rb", buffering=0))
            try:
                request = json.dumps({"environment": variables}).encode()
                descriptors = [runner.control, runner.log, runner.events, status_write]
                socket.send_fds(self._socket, [request], descriptors)
            finally:
                os.close(status_write)
            line = _line_within(status, _ANSWER_SECONDS)
            if not line:
                raise ChildProcessError("The zygote gave no runner.")
            opened.pop_all()
            return _ForkedRunner(int(line), worker, status)

    def retire(self) -> None:
        """Let it end after its last runner."""
        self._socket.send(b'{"retire":true}')

    def has_ended(self) -> bool:
        """Tell whether a retired zygote is gone."""
        if self._process.poll() is None:
            return False
        self._socket.close()
        return True

    def close(self) -> None:
        """End it, whatever its runners do."""
        self._socket.close()
        try:
            self._process.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _ForkedRunner(RunnerProcess):
    """A runner that is a child of a zygote, which tells its exit status through a pipe."""

    def __init__(self, pid: int, ends: WorkerEnds, status: BinaryIO) -> None:
        super().__init__(pid, ends)
        self._pipe = status
        self._status: int | None = None
        self._status_lock = threading.Lock()

    def wait(self, timeout: float | None) -> int | None:
        with self._status_lock:
            if self._status is None:
                self._status = self._read_status(timeout)
            return self._status

    def _read_status(self, timeout: float | None) -> int | None:
        if not self._pipe.closed:
            line = _line_within(self._pipe, timeout)
            if line is None:
                return None
            self._pipe.close()
            if line:
                return int(line)
        # The zygote died first: the runner is nobody's child, and only its end can be seen.
        return UNKNOWN_STATUS if ends_within(self.pid, timeout) else None


def runner_environment(mark: str, workdir: Path, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Build the environment of a runner from the allow-list.  Contract: X-036."""
    # Browsers put sockets into TMPDIR, and the address of a socket is limited to 107 bytes: where the work folder has
    # a long name, its ``tmp`` is a link to a folder with a short one.
    own = {"HOME": str(workdir), "TMPDIR": str((workdir / "tmp").resolve()), MARK_VARIABLE: mark}
    return {**_allowed(environment or {}), **own}


def _allowed(environment: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ}
    return {**inherited, **environment}


def ends_within(pid: int, seconds: float | None) -> bool:
    """Wait for the end of any process; a zombie counts as ended, whoever fails to collect it."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)


@contextlib.contextmanager
def _pipes() -> Iterator[tuple[WorkerEnds, RunnerEnds]]:
    """Make the pipes of a runner; its ends are closed here afterwards, ours only when the start failed."""
    with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:

        def pipe() -> tuple[int, int]:
            reading, writing = os.pipe()
            return _moved(reading), _moved(writing)

        control_read, control_write = pipe()
        events_read, events_write = pipe()
        log_read, log_write = pipe()
        for descriptor in (control_read, events_write, log_write):
            theirs.callback(os.close, descriptor)
        worker = WorkerEnds(
            control=ours.enter_context(os.fdopen(control_write, "wb", buffering=0)),
            events=ours.enter_context(os.fdopen(events_read, "rb")),
            log=ours.enter_context(os.fdopen(log_read, "rb")),
        )
        yield worker, RunnerEnds(control_read, events_write, log_write)
        ours.pop_all()


def _moved(descriptor: int) -> int:
    """Give the descriptor a number that the child does not need for something else."""
    try:
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE_DESCRIPTOR)
    finally:
        os.close(descriptor)


def _line_within(stream: BinaryIO, seconds: float | None) -> bytes | None:
    """Read one short line, written at once; empty at the end of the pipe, None when nothing comes in time."""
    if not select.select([stream], [], [], seconds)[0]:
        return None
    return stream.readline()
