"""The worker process: two Huey consumers, the sweep, and an orderly end.  Contract: runner A.4, A.7."""

import fcntl
import logging
import os
import platform
import secrets
import select
import signal
import sys
import threading
from collections.abc import Callable
from typing import IO, Any

from huey.consumer import Consumer
from sqlalchemy.exc import DBAPIError

from cometa_core.companions import say_ready
from cometa_core.embedded import private_folder
from cometa_core.errors import ConfigurationError
from cometa_core.runtime import Runtime
from cometa_executions.api import (
    LeaseWatch,
    WorkerIdentity,
    claim_next,
    library_modules,
    recover_own,
    remember_worker,
    sweep,
)
from cometa_worker.attempt import Attempt
from cometa_worker.cleanup import kill_marked
from cometa_worker.launch import ColdLauncher, Launcher, ZygoteLauncher
from cometa_worker.preparation import mark_of, remove_folder, work_folder
from cometa_worker.room import room_of
from cometa_worker.work import SERVICE, WORK_TASK

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 5.0
SERVICE_THREADS = 2
POLL_SECONDS = 0.25


class WorkerService:
    """One worker: claims results for its slots until it is told to stop."""

    def __init__(self, runtime: Runtime) -> None:
        settings = runtime.settings
        self._runtime = runtime
        self._identity = WorkerIdentity(
            settings.text("cometa.worker.name"),
            secrets.token_hex(8),
            settings.words("cometa.worker.queues"),
            settings.words("cometa.worker.browsers"),
        )
        self._slots = settings.integer("cometa.worker.slots")
        self._draining = threading.Event()
        self._stopped = threading.Event()
        self._hurry = threading.Event()
        self._watch = LeaseWatch()
        self._lock: IO[str] | None = None
        self._launcher = self._make_launcher()

    def run(self, *, owned: bool) -> None:
        """Work until SIGTERM, SIGINT or, when owned, the end of standard input; then drain.

        Raises:
            ConfigurationError: another worker of this name lives on this machine.
        """
        runtime = self._runtime
        self._take_name()
        runtime.once(SERVICE, lambda: self)
        runtime.at_exit(self._launcher.close)
        self._remember()
        self._recover()
        consumers = self._start_consumers()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _signal, _frame: self._draining.set())
        sweeper = threading.Thread(target=self._sweep_until_stopped, name="sweep")
        sweeper.start()
        say_ready()
        self._wait(owned=owned)
        self._drain(consumers)
        self._stopped.set()
        sweeper.join()

    def execute_admissible(self) -> None:
        """Claim and execute results until none is admissible or the worker drains."""
        while not self._draining.is_set() and room_of(self._runtime).is_there():
            with self._runtime.unit_of_work() as scope:
                claim = claim_next(scope, self._identity)
            if claim is None:
                return
            Attempt(self._runtime, self._launcher, claim, self._hurry).execute()

    def _make_launcher(self) -> Launcher:
        """Choose how runners are started; the zygote imports the step libraries once for all of them."""
        if not self._runtime.settings.flag("cometa.runner.zygote"):
            return ColdLauncher()
        return ZygoteLauncher([library["module"] for library in library_modules(self._runtime)])

    def _take_name(self) -> None:
        """Hold a lock for the life of the process, so that a second worker of this name refuses to start."""
        folder = private_folder(self._runtime.locations.data)
        name = self._identity.name.replace("/", "_")
        self._lock = (folder / f"worker-{name}.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigurationError(
                f"A worker named {self._identity.name} is already running on {folder}. "
                "Stop it, or set cometa.worker.name to another name."
            ) from error

    def _remember(self) -> None:
        with self._runtime.unit_of_work() as scope:
            remember_worker(scope, self._identity, platform.node(), os.getpid(), self._slots)

    def _recover(self) -> None:
        """End what an earlier life left: its processes, its folders, its leases."""
        folder = work_folder(self._runtime)
        for left in folder.iterdir():
            result_id, _, fence = left.name.partition("-")
            kill_marked(mark_of(self._runtime, int(result_id), int(fence)))
            remove_folder(left)
        count = recover_own(self._runtime, self._identity.name, self._identity.incarnation)
        if count:
            logger.warning("%d results of an earlier life of this worker were recovered", count)

    def _start_consumers(self) -> list[Consumer]:
        threads = {"runs": self._slots, "service": SERVICE_THREADS}
        consumers = [
            Consumer(
                self._runtime.tasks.hueys[queue],
                workers=count,
                worker_type="thread",
                check_worker_health=False,
                initial_delay=0.05,
                max_delay=0.5,
            )
            for queue, count in threads.items()
        ]
        for consumer in consumers:
            consumer.start()
        return consumers

    def _wait(self, *, owned: bool) -> None:
        """Wait for the signal to drain; an owned worker also watches its standard input."""
        while not self._draining.is_set():
            if not owned:
                self._draining.wait(POLL_SECONDS)
            elif select.select([sys.stdin], [], [], POLL_SECONDS)[0] and not os.read(sys.stdin.fileno(), 1):
                self._draining.set()

    def _drain(self, consumers: list[Consumer]) -> None:
        """Let running attempts finish for a while, then end them.  Contract: runner A.7, X-021."""
        limit = self._runtime.settings.seconds("cometa.worker.drain_seconds")
        timer = threading.Timer(limit, self._hurry.set)
        timer.start()
        for consumer in consumers:
            consumer.stop(graceful=True)
        timer.cancel()

    def _sweep_until_stopped(self) -> None:
        while not self._stopped.wait(SWEEP_SECONDS):
            self._guarded(self._sweep)

    def _sweep(self) -> None:
        self._remember()
        sweep(self._runtime, self._watch, self._ring)

    def _ring(self) -> None:
        if not self._draining.is_set():
            self._runtime.tasks.enqueue(WORK_TASK)

    def _guarded(self, action: Callable[[], Any]) -> None:
        try:
            action()
        except DBAPIError as error:
            # While the database is away nothing can be observed, so nothing can be called lost afterwards.
            self._watch.forget()
            logger.warning("The sweep cannot reach the database: %s", error.orig)
