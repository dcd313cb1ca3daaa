"""Installations whose attempts run in real runner processes, without a browser."""

import sys
import threading

import pytest
from run_bench import Bench, make_template
from without_browser import LIBRARIES, PLUGINS, WithoutBrowser

from cometa_core.clock import SystemClock
from cometa_executions.services.log import log_text
from cometa_executions.services.reading import visible_result
from cometa_worker.attempt import Attempt


@pytest.fixture(scope="session")
def worker_template(tmp_path_factory):
    """A migrated data folder that tests copy."""
    folder = tmp_path_factory.mktemp("worker") / "template"
    make_template(folder)
    return folder


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    """A browser that says its version and a driver that fails."""
    folder = tmp_path_factory.mktemp("programs")
    for name, line in (("chromium", "echo Chromium 134.0"), ("chromedriver", "exit 1")):
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)
    return {f"cometa.browser.{name}": str(folder / name) for name in ("chromium", "chromedriver")}


@pytest.fixture(scope="session")
def sample_plugin():
    """Make the plugin of the tests importable; it comes last, so that it hides nothing."""
    sys.path.extend(LIBRARIES)
    yield
    for library in LIBRARIES:
        sys.path.remove(library)


@pytest.fixture
def make_bench(worker_template, tmp_path, programs, sample_plugin):
    """Make the installation of the test, with settings given with ``__`` for each dot."""
    made = []

    def make(**settings):
        keys = {"cometa.plugins": "\n".join(PLUGINS), "cometa.runner.zygote": "false", **programs}
        keys["cometa.browser.local"] = "true"
        keys.update({key.replace("__", "."): value for key, value in settings.items()})
        made.append(Bench(tmp_path / "data", worker_template, clock=SystemClock(), **keys))
        return made[0]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_bench):
    return make_bench()


@pytest.fixture(scope="session")
def without_browser():
    """Starts runners that open no browser."""
    launcher = WithoutBrowser()
    yield launcher
    launcher.close()


class Tried:
    """An attempt that is under way in a thread."""

    def __init__(self, bench, launcher, claim):
        self.bench = bench
        self.result_id = claim.lease.result_id
        self.run_id = claim.run.run_id
        self.hurry = threading.Event()
        attempt = Attempt(bench.runtime, launcher, claim, self.hurry)
        self._thread = threading.Thread(target=attempt.execute, name="attempt")
        self._thread.start()

    def end(self, seconds=20):
        """Wait for the end of the attempt and return its result."""
        self._thread.join(seconds)
        assert not self._thread.is_alive(), f"The attempt did not end within {seconds} s."
        return self.result

    @property
    def result(self):
        return self.bench.result(self.result_id)

    @property
    def steps(self):
        return self.bench.steps(self.result_id)

    @property
    def statuses(self):
        return [step.status for step in self.steps]

    @property
    def log(self):
        """The log as callers read it."""
        with self.bench.runtime.unit_of_work(self.bench.member) as scope:
            return log_text(scope, visible_result(scope, self.result_id), None)


@pytest.fixture
def attempt(bench, without_browser):
    """Begin an attempt to execute sentences: ``attempt("Pass", "Fail", parameters=[...])``."""
    return starter(bench, without_browser)


def starter(bench, launcher):
    begun = []

    def begin(*sentences, order=None, **fields):
        bench.accept(bench.feature(*sentences, **fields), **(order or {}))
        begun.append(Tried(bench, launcher, bench.claim()))
        return begun[-1]

    return begin


@pytest.fixture
def attempt_with(make_bench, without_browser):
    """Make an installation with settings and return it with its ``attempt``."""

    def make(**settings):
        bench = make_bench(**settings)
        return bench, starter(bench, without_browser)

    return make


@pytest.fixture
def begin_on():
    """Give what begins attempts of a bench with a launcher: ``begin_on(bench, launcher)("Pass")``."""
    return starter
