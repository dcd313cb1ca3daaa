"""Waiting for the end of a run on behalf of a caller.  Contract: rest-api A6.1, R-055, R-056."""

import threading

from cometa_core.runtime import Runtime
from cometa_executions.services.reading import is_finished

FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 0.5


def may_wait(runtime: Runtime) -> threading.Semaphore:
    """Return the places for waiting callers: each holds a thread, and half of them stay free for everybody else."""
    places = max(1, runtime.settings.integer("cometa.web.threads") // 2)
    return runtime.once("executions.waiting", lambda: threading.Semaphore(places))


def wait_for_caller(runtime: Runtime, run_id: int) -> bool:
    """Wait for the end of a run up to the configured limit; not at all when too many callers wait already.

    Returns:
        Whether the run is finished.
    """
    places = may_wait(runtime)
    if not places.acquire(blocking=False):
        return wait_until_finished(runtime, run_id, 0)
    try:
        return wait_until_finished(runtime, run_id, runtime.settings.seconds("cometa.exectest_wait_limit"))
    finally:
        places.release()


def wait_until_finished(runtime: Runtime, run_id: int, seconds: float) -> bool:
    """Look at short, growing intervals whether a run is finished; no transaction is open in between.

    Returns:
        Whether it was finished in time.
    """
    clock = runtime.clock
    end = clock.monotonic() + seconds
    pause = FIRST_PAUSE_S
    never = threading.Event()
    while True:
        with runtime.reading() as session:
            if is_finished(session, run_id):
                return True
        left = end - clock.monotonic()
        if left <= 0:
            return False
        never.wait(min(pause, left))
        pause = min(pause * 1.3, LONGEST_PAUSE_S)
