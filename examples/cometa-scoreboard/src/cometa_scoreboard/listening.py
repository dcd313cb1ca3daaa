"""Listens to runs: a feature gets a point for every result that finishes."""

from cometa_core.contracts.run import RunEvent, RunInfo
from cometa_core.runtime import Runtime

from cometa_scoreboard.services import add_points


class Listener:
    """Counts finished results in the tables of the runtime that this process works for."""

    def __init__(self) -> None:
        self._runtime: Runtime | None = None

    def begin(self, runtime: Runtime) -> None:
        """Count in the tables of a runtime until it is closed."""
        self._runtime = runtime
        runtime.at_exit(self._end)

    def _end(self) -> None:
        self._runtime = None

    def hear(self, run: RunInfo, event: RunEvent) -> None:
        """Take note of an event.  It was committed already: whatever happens here changes nothing of the run."""
        if event.type == "result.finished" and self._runtime is not None:
            with self._runtime.unit_of_work() as scope:
                add_points(scope, run.department_id, run.feature_name, 1)


LISTENER = Listener()
"""The listener of this process.  The event does not say which runtime it comes from, so ``cometa_startup`` does; a
process that starts two runtimes counts for the one that was started last."""
