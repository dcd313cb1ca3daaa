"""A process that fires due schedules until it is killed, on a clock that a file shifts.

Arguments: data folder, URL of the database, file whose text is the present moment in ISO 8601.
"""

import sys
import threading
from datetime import datetime
from pathlib import Path

from run_bench import sentences

from cometa_core.runtime import make_runtime
from cometa_schedules.services.firing import fire_due

PLUGINS = ("accounts", "catalog", "features", "websteps", "executions", "worker", "schedules")
PAUSE_S = 0.01


class WrittenClock:
    """Tells the moment that a file names; tests move it at will."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        return datetime.fromisoformat(self._file.read_text())

    def monotonic(self) -> float:
        return 0.0


def main() -> None:
    folder, url, file = sys.argv[1:]
    settings = {"cometa.data": folder, "sqlalchemy.url": url, "cometa.browser.local": "false"}
    settings["cometa.plugins"] = "\n".join(PLUGINS)
    runtime = make_runtime(settings, environment={}, clock=WrittenClock(Path(file)))
    runtime.once("catalog.vocabulary", sentences)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    pause = threading.Event()
    while True:
        fire_due(runtime)
        pause.wait(PAUSE_S)


if __name__ == "__main__":
    main()
