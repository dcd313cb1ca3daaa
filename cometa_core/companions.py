"""Owner of the processes that an embedded installation runs beside the web process.

Each companion is restarted when it dies.  Its standard input is a pipe that only the owner holds: when the owner is
gone, however it died, the pipe closes and the companion ends by itself.
"""

import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable

from cometa_core.contracts.process import CompanionProcess
from cometa_core.errors import ConfigurationError
from cometa_core.runtime import Runtime

logger = logging.getLogger(__name__)

READY_VARIABLE = "COMETA_READY_FD"
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
HEALTHY_AFTER_S = 60.0
STOP_LIMIT_S = 45.0


class Companion:
    """One companion process and the thread that keeps it running."""

    def __init__(self, process: CompanionProcess, environment: dict[str, str]) -> None:
        self.name = process.name
        self._arguments = [sys.executable, "-m", "cometa_core.cli", *process.arguments]
        self._environment = environment
        self._starting = threading.Lock()
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running, name=f"companion-{self.name}", daemon=True)

    def start(self) -> None:
        """Start the process and keep it running."""
        self._thread.start()

    def wait_until_ready(self, seconds: float) -> bool:
        """Wait until the process said that it is ready."""
        return self._ready.wait(seconds)

    def stop(self) -> None:
        """Let the process finish what it is doing, then make sure that it is gone."""
        with self._starting:
            self._stopping.set()
            child = self._child
        if child is not None and child.stdin is not None:
            child.stdin.close()
        if self._thread.is_alive():
            self._thread.join(STOP_LIMIT_S)
        if child is not None and child.poll() is None:
            logger.error("The %s did not end in time and is killed", self.name)
            child.kill()
            child.wait()

    def _keep_running(self) -> None:
        pause = FIRST_PAUSE_S
        while not self._stopping.is_set():
            begun = time.monotonic()
            status = self._run_once()
            if self._stopping.is_set():
                return
            pause = FIRST_PAUSE_S if time.monotonic() - begun > HEALTHY_AFTER_S else min(pause * 2, LONGEST_PAUSE_S)
            logger.error("The %s ended with status %s and is started again in %.1f s", self.name, status, pause)
            self._stopping.wait(pause)

    def _run_once(self) -> int | None:
        """Run the process to its end; returns its status, or None when it was not started."""
        reader, writer = os.pipe()
        try:
            child = self._spawn(writer)
        finally:
            os.close(writer)
        with os.fdopen(reader, "rb", buffering=0) as said:
            # A byte: it is ready.  The end of the pipe: it ended, or it never says so.
            if child is not None and said.read(1):
                self._ready.set()
        if child is None:
            return None
        status = child.wait()
        if child.stdin is not None:
            child.stdin.close()
        return status

    def _spawn(self, writer: int) -> "subprocess.Popen[bytes] | None":
        environment = {**self._environment, READY_VARIABLE: str(writer)}
        # Under the lock, so that a stop sees every process that was started.
        with self._starting:
            if self._stopping.is_set():
                return None
            try:
                self._child = subprocess.Popen(
                    self._arguments, stdin=subprocess.PIPE, env=environment, pass_fds=(writer,)
                )
            except OSError as error:
                logger.error("The %s cannot be started: %s", self.name, error)  # noqa: TRY400 - the trace tells nothing
                return None
            return self._child


class Companions:
    """All companions of a runtime."""

    def __init__(self, runtime: Runtime, processes: Iterable[CompanionProcess]) -> None:
        environment = child_environment(runtime)
        self._companions = [Companion(process, environment) for process in processes]

    def start(self) -> None:
        """Start all."""
        for companion in self._companions:
            companion.start()

    def wait_until_ready(self, seconds: float) -> None:
        """Wait until all are ready.

        Raises:
            ConfigurationError: one is not ready in time.
        """
        for companion in self._companions:
            if not companion.wait_until_ready(seconds):
                raise ConfigurationError(f"The {companion.name} is not ready after {seconds:.0f} s; see its log above.")

    def stop(self) -> None:
        """Stop all, the last one first."""
        for companion in reversed(self._companions):
            companion.stop()


def child_environment(runtime: Runtime) -> dict[str, str]:
    """Return an environment in which a child finds the same installation.

    What the command line decided reaches the child as environment variables, which override the ini there.
    """
    environment = dict(os.environ)
    if runtime.settings.ini_path is not None:
        environment["COMETA_INI"] = str(runtime.settings.ini_path)
    for value in runtime.settings:
        if value.origin == "command line":
            environment[value.setting.variable] = str(value.value)
    return environment


def companions_of(runtime: Runtime) -> Companions:
    """Return the companions that the settings switch on."""
    found = runtime.plugins.dispatch.collect("cometa_processes")
    return Companions(runtime, [process for _, process in found.values() if runtime.settings.flag(process.enabled_by)])


def say_ready() -> None:
    """Tell the owner of this process that it is ready; does nothing for a process without owner."""
    descriptor = os.environ.pop(READY_VARIABLE, None)
    if descriptor is not None:
        # An owner that is gone already is noticed by the end of standard input.
        with contextlib.suppress(BrokenPipeError), os.fdopen(int(descriptor), "wb", buffering=0) as said:
            said.write(b"1")
