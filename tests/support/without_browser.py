"""Workers whose runners are real processes but open no browser."""

import os
import sys
from pathlib import Path

from cometa_worker.launch import ZygoteLauncher

RUNNERS = Path(__file__).parents[1] / "runners"
LIBRARIES = [str(RUNNERS / "sample_library"), str(RUNNERS / "sample_plugin")]
PYTHONPATH = os.pathsep.join(LIBRARIES)
PLUGINS = ("accounts", "catalog", "features", "executions", "worker", "sample")


class WithoutBrowser:
    """A launcher that starts runners with another one and takes the browser out of their plans.

    Attributes:
        with_browser: the other launcher.
    """

    def __init__(self, launcher=None):
        modules = ["cometa_runner.steps", "sample_steps", "misusing_steps"]
        self.with_browser = launcher or ZygoteLauncher(modules, {"PYTHONPATH": PYTHONPATH})

    def start(self, mark, workdir, environment=None):
        process = self.with_browser.start(mark, workdir, environment)
        send = process.send
        process.send = lambda line: send({**line, "browser": None} if line["type"] == "plan" else line)
        return process

    def close(self):
        self.with_browser.close()


def use_libraries():
    """Make plugin and steps of the tests importable in this process."""
    sys.path[:0] = LIBRARIES
