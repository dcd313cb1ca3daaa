"""Whole workers as processes: they drain, recover, share the queue and refuse a second one of their name."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import without_browser
from waiting import eventually

from cometa_core.companions import READY_VARIABLE
from cometa_core.db.engine import make_engine
from cometa_executions.api import Result, Run
from cometa_worker.cleanup import marked_processes
from cometa_worker.preparation import mark_of

pytestmark = pytest.mark.timeout(90)

SUPPORT = Path(without_browser.__file__).parent
PROGRAM = SUPPORT / "worker_without_browser.py"
DRAIN_LIMIT_S = 35


class Workers:
    """Starts workers on one installation and leaves none behind."""

    def __init__(self, bench, folder):
        self.bench = bench
        self._folder = folder
        self._processes = []

    def start(self, name="one", **settings):
        """Start a worker and wait until it takes work."""
        process, ready = self.begin(name, **settings)
        with os.fdopen(ready) as pipe:
            assert pipe.read(1) == "1", self.log(name)
        return process

    def begin(self, name, **settings):
        """Start a worker; returns its process and the pipe that says when it is ready."""
        keys = {**self.bench.settings, "cometa.worker.name": name, "cometa.worker.slots": "1"}
        keys.update({key.replace("__", "."): value for key, value in settings.items()})
        file = self._folder / f"{name}.json"
        file.write_text(json.dumps(keys))
        reader, writer = os.pipe()
        with (self._folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-W", "ignore", str(PROGRAM), str(file)],
                env={**os.environ, READY_VARIABLE: str(writer)}, pass_fds=(writer,), stderr=log,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        os.close(writer)
        self._processes.append(process)
        return process, reader

    def log(self, name="one"):
        return (self._folder / f"{name}.log").read_text()

    def close(self):
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()


@pytest.fixture
def workers(bench, tmp_path):
    started = Workers(bench, tmp_path)
    yield started
    started.close()


def verdicts(bench, *runs):
    return [(result.state, result.reason) for run in runs for result in bench.results(run.run_id)]


def accept(bench, *sentences):
    return bench.accept(bench.feature(*sentences))


def wait_for_end(bench, *runs, seconds=20):
    eventually(lambda: all(bench.run(run.run_id).completed for run in runs), seconds, "the end of the runs")


def wait_for_step(bench, run):
    (result,) = bench.results(run.run_id)
    eventually(lambda: bench.steps(result.id), 20, "the first step")
    return bench.result(result.id)


def processes_of(bench, result):
    """Find the processes of the present attempt; other installations of this machine have other marks."""
    wanted = mark_of(bench.runtime, result.id, result.fence)
    return [process for process, mark in marked_processes() if mark == wanted]


def test_a_worker_told_to_end_finishes_what_runs_and_claims_nothing_more(bench, workers):
    """X-021."""
    running, waiting = accept(bench, 'Sleep "2" seconds', "Pass"), accept(bench, "Pass")
    worker = workers.start()
    wait_for_step(bench, running)
    begin = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(DRAIN_LIMIT_S) == 0, workers.log()
    assert time.monotonic() - begin < DRAIN_LIMIT_S
    assert verdicts(bench, running, waiting) == [("Success", ""), ("Queued", "")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_runs_longer_than_a_worker_may_drain_is_treated_as_lost(bench, workers, number):
    """X-021, runner A.7."""
    running = accept(bench, 'Sleep "60" seconds', "Pass")
    worker = workers.start(cometa__worker__drain_seconds="0.5")
    result = wait_for_step(bench, running)
    worker.send_signal(number)
    assert worker.wait(15) == 0, workers.log()
    assert verdicts(bench, running) == [("Error", "worker_lost")]
    assert processes_of(bench, result) == []
    assert [step.status for step in bench.steps(result.id)] == ["Failed", "Skipped"]


def test_a_second_worker_of_the_same_name_refuses_to_start(bench, workers):
    """X-033."""
    first = workers.start("twin")
    second, ready = workers.begin("twin")
    os.close(ready)
    assert second.wait(20) != 0
    assert "A worker named twin is already running" in workers.log("twin")
    assert first.poll() is None
    run = accept(bench, "Pass")
    wait_for_end(bench, run)


def test_a_worker_of_another_name_starts_beside_it(bench, workers):
    """X-033."""
    workers.start("one")
    workers.start("two")
    assert len({process.pid for process in workers._processes if process.poll() is None}) == 2


def test_a_killed_worker_leaves_no_runner_and_recovers_at_its_next_start(bench, workers):
    """X-029, X-032, X-040: the runner is gone within 5 s, the result ends at once after the restart."""
    running, waiting = accept(bench, 'Sleep "60" seconds', "Pass"), accept(bench, "Pass")
    worker = workers.start()
    result = wait_for_step(bench, running)
    assert processes_of(bench, result)
    worker.kill()
    worker.wait()
    eventually(lambda: not processes_of(bench, result), 5, "the end of the runner")
    assert verdicts(bench, running) == [("Running", "")]
    workers.start()
    assert verdicts(bench, running) == [("Error", "worker_lost")]
    wait_for_end(bench, running, waiting)
    assert verdicts(bench, waiting) == [("Success", "")]
    folder = Path(bench.settings["cometa.data"]) / "work"
    assert list(folder.glob("*/*")) == []


def test_another_worker_ends_what_a_killed_one_held(bench, workers):
    """X-029: after the length of a lease."""
    running = accept(bench, 'Sleep "60" seconds')
    lost = workers.start("lost", cometa__lease_seconds="1")
    wait_for_step(bench, running)
    lost.kill()
    workers.start("other", cometa__lease_seconds="1")
    wait_for_end(bench, running, seconds=25)
    assert verdicts(bench, running) == [("Error", "worker_lost")]


def test_a_stopped_worker_that_lost_its_lease_writes_nothing_when_it_goes_on(bench, workers):
    """X-026, runner M: its writes are refused by the fence, its runner is ended."""
    running = accept(bench, 'Sleep "60" seconds', "Pass")
    worker = workers.start()
    result = wait_for_step(bench, running)
    psutil.Process(worker.pid).suspend()
    bench.change(Result, result.id, fence=99, worker="other")
    psutil.Process(worker.pid).resume()
    eventually(lambda: not processes_of(bench, result), 10, "the end of the runner")
    assert verdicts(bench, running) == [("Running", "")]
    assert bench.result(result.id).fence == 99
    assert [step.status for step in bench.steps(result.id)] == [""]
    assert "nothing more is written" in workers.log()


def test_results_whose_wake_ups_were_lost_are_executed_nevertheless(bench, workers):
    """X-011, X-012: within 5 s while a slot is free."""
    runs = [accept(bench, "Pass") for _ in range(3)]
    bench.runtime.tasks.hueys["runs"].flush()
    workers.start()
    wait_for_end(bench, *runs, seconds=10)
    assert verdicts(bench, *runs) == [("Success", "")] * 3


def test_two_workers_with_two_slots_execute_each_result_once(bench, workers):
    """X-010."""
    runs = [accept(bench, "Pass") for _ in range(30)]
    for name in ("one", "two"):
        workers.start(name, cometa__worker__slots="2")
    wait_for_end(bench, *runs, seconds=40)
    results = [result for run in runs for result in bench.results(run.run_id)]
    assert {(result.state, result.attempt, result.total) for result in results} == {("Success", 1, 1)}
    assert {result.worker for result in results} <= {"one", "two"}
    for run in runs:
        kinds = [event.type for event in bench.events(run.run_id)]
        assert (kinds.count("step.end"), kinds.count("result.finished"), kinds.count("run.completed")) == (1, 1, 1)


def test_a_database_that_is_locked_for_a_while_loses_no_lease_and_no_event(bench, workers):
    """X-028, X-048: writes wait and are repeated."""
    running = accept(bench, *['Sleep "0.3" seconds'] * 6)
    workers.start()
    wait_for_step(bench, running)
    engine = make_engine(bench.settings.get("sqlalchemy.url", f"sqlite:///{bench.runtime.engine.url.database}"))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE executions_worker SET slots = slots")
        time.sleep(3)
    engine.dispose()
    wait_for_end(bench, running)
    assert verdicts(bench, running) == [("Success", "")]
    events = bench.events(running.run_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.type for event in events].count("step.end") == 6
    assert bench.count(Run) == [1]


def test_a_worker_is_seen_by_those_who_wait(bench, workers):
    """X-016."""
    worker = workers.start(cometa__worker__browsers="firefox")
    run = accept(bench, "Pass")
    with contextlib.suppress(subprocess.TimeoutExpired):
        worker.wait(0.5)
    assert verdicts(bench, run) == [("Queued", "")]
