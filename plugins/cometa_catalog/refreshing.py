"""When browsers are looked for: at the start of a worker, and once a day.  Contract: runner H.4."""

from dataclasses import dataclass

from cometa_catalog.services.refresh import refresh_browsers
from cometa_core.runtime import Runtime

REFRESH_TASK = "catalog.refresh_browsers"
REFRESH_SECONDS = 24 * 3600.0


@dataclass
class LastLook:
    """Moment of the last search of this process on its monotonic clock; None before the first one."""

    moment: float | None = None


def refresh_daily(runtime: Runtime) -> None:
    """Refresh the table of browsers unless this process did so within a day.

    Each worker does it for its own machine, so that nothing is shared between them.
    """
    last = runtime.once("catalog.last_look", LastLook)
    moment = runtime.clock.monotonic()
    if last.moment is not None and moment - last.moment < REFRESH_SECONDS:
        return
    last.moment = moment
    refresh_browsers(runtime)
