"""Listens to runs: a feature gets a point for every result that finishes."""

from cometa_core.contracts.run import RunEvent, RunInfo
from cometa_core.runtime import Runtime

from cometa_scoreboard.services import add_points


def count_finished(run: RunInfo, event: RunEvent, runtime: Runtime) -> None:
    """Take note of an event.  It was committed already: whatever happens here changes nothing of the run."""
    if event.type == "result.finished":
        with runtime.unit_of_work() as scope:
            add_points(scope, run.department_id, run.feature_name, 1)
