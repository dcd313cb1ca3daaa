"""The thread that keeps the limits of an attempt, whatever its writer waits for.  Contract: runner B.3, B.5, X-048."""

import logging
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Self

from cometa_executions.api import Ending
from cometa_worker.launch import RunnerProcess
from cometa_worker.watch import Watch

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.25
TICK_SECONDS: Final = 5.0

SUSPENDED_SECONDS: Final = 2.0
"""A pause between two looks from which on this process itself is thought to have stood still."""

Check = Callable[[float], Ending | None]
"""Gets monotonic seconds and returns how the attempt ends; None while all is well."""


class Guard:
    """Sends ticks and ends a runner that breaks a limit, while it is entered as a context.

    Args:
        process: the runner.
        watch: deadlines of the attempt; they are put off while the runner is held back.
        checks: what else may end the attempt.
        is_held: tells whether the runner is held back, because nothing more can be kept.
        end: ends the runner and all it started.
        monotonic: seconds of a clock that nobody sets.

    Attributes:
        ending: how the attempt ends, since the runner was ended; None when it was not.
    """

    def __init__(
        self,
        process: RunnerProcess,
        watch: Watch,
        checks: Sequence[Check],
        is_held: Callable[[], bool],
        end: Callable[[], object],
        monotonic: Callable[[], float],
    ) -> None:
        self._process = process
        self._watch = watch
        self._checks = (watch.violation, *checks)
        self._is_held = is_held
        self._end = end
        self._monotonic = monotonic
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="guard", daemon=True)
        self.ending: Ending | None = None

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop; a kill that is under way is waited for."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        last = next_tick = self._monotonic()
        while not self._stopped.is_set():
            moment = self._monotonic()
            if moment - last > SUSPENDED_SECONDS or self._is_held():
                self._watch.put_off(moment - last)
            last = moment
            if moment >= next_tick:
                next_tick = moment + TICK_SECONDS
                self._process.send({"type": "tick"})
            found = self._violation(moment)
            if found is not None:
                self._end()
                self.ending = found
                return
            self._stopped.wait(LOOK_SECONDS)

    def _violation(self, moment: float) -> Ending | None:
        return next((found for found in (check(moment) for check in self._checks) if found is not None), None)
