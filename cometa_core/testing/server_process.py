"""A server process that a test starts and that never outlives the test run."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

FIRST_PAUSE_S = 0.01
LONGEST_PAUSE_S = 0.1
SHOWN_LOG_LINES = 15


class ServerMissingError(Exception):
    """The programs of a server are not installed; the text names the Debian package."""


class ServerFailedError(Exception):
    """A server did not start or did not stop; the text holds the end of its log."""


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ServerProcess:
    """One process of a server.

    The kernel ends the process when the thread that started it is gone, however that came about, so that even a test
    run that is killed leaves no server behind.  Start it from the main thread, or from one that lives as long.

    Args:
        arguments: command line.
        log: file that takes standard output and standard error.
        end: signal that makes the server end at once, without waiting for its clients.
        user: account that the process runs as; None = the present one.
    """

    def __init__(self, arguments: Sequence[str], log: Path, end: signal.Signals, user: str | None = None) -> None:
        self._arguments = [*_bound_to_its_owner(end), *arguments]
        self._log = log
        self._end = end
        self._user = user
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id; None when it was not started."""
        return self._child.pid if self._child else None

    def start(self, answers: Callable[[], bool], limit_s: float = 30.0) -> None:
        """Start the process and wait until it answers.

        Args:
            answers: asks the server whether it is ready.
            limit_s: how long to wait, in seconds.

        Raises:
            ServerFailedError: it ended, or it does not answer in time.
        """
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                self._arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._user,
                group=self._user,
                extra_groups=None if self._user is None else [],
                # A Ctrl-C in the terminal is for the test run; the server ends when its fixture does.
                start_new_session=True,
            )
        if not self._wait_for(answers, limit_s):
            state = "ended" if self._child.poll() is not None else f"did not answer within {limit_s:.0f} s"
            self.stop()
            raise ServerFailedError(f"{self._arguments[-1]} {state}; the end of its log:\n{self._end_of_log()}")

    def stop(self, limit_s: float = 10.0) -> None:
        """End the process at once; does nothing when it is not running."""
        child, self._child = self._child, None
        if child is None or child.poll() is not None:
            return
        child.send_signal(self._end)
        try:
            child.wait(limit_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _wait_for(self, answers: Callable[[], bool], limit_s: float) -> bool:
        child = self._child
        assert child is not None
        until = time.monotonic() + limit_s
        pause = FIRST_PAUSE_S
        while time.monotonic() < until:
            if answers():
                return True
            try:
                child.wait(pause)
            except subprocess.TimeoutExpired:
                pause = min(pause * 2, LONGEST_PAUSE_S)
            else:
                return False
        return False

    def _end_of_log(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-SHOWN_LOG_LINES:])


def _bound_to_its_owner(end: signal.Signals) -> list[str]:
    """Return the command that ties the next one to its parent; empty where the system has none."""
    setpriv = shutil.which("setpriv")
    return [] if setpriv is None else [setpriv, "--pdeathsig", end.name.removeprefix("SIG"), "--"]
