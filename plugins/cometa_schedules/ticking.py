"""The thread that looks for due schedules.  Contract: runner J.4."""

import logging
import threading

from cometa_core.runtime import Runtime
from cometa_schedules.services.firing import fire_due, next_planned

logger = logging.getLogger(__name__)

LONGEST_WAIT_S = 5.0
SHORTEST_WAIT_S = 0.05
STOP_LIMIT_S = 10.0


class Ticker:
    """Looks at every planned time, and every five seconds for schedules that others changed.

    Any number of processes may have one: a planned time is taken by the first.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="schedules", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End after the fire that is under way."""
        self._stopping.set()
        self._thread.join(STOP_LIMIT_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self._tick())

    def _tick(self) -> float:
        """Fire what is due; returns the seconds until the next look."""
        try:
            fire_due(self._runtime)
            planned = next_planned(self._runtime)
        except Exception:  # the database may be away for a while; the next look finds what is due then
            logger.exception("Due schedules were not looked for")
            return LONGEST_WAIT_S
        if planned is None:
            return LONGEST_WAIT_S
        ahead = (planned - self._runtime.clock.now()).total_seconds()
        # What is still due could not be fired; trying again at once would only load the machine.
        return LONGEST_WAIT_S if ahead < -LONGEST_WAIT_S else min(max(ahead, SHORTEST_WAIT_S), LONGEST_WAIT_S)
