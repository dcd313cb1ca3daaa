"""Finding and ending the processes of an attempt."""

import os
import subprocess
import sys

import psutil
import pytest

from cometa_worker.cleanup import end_attempt, kill_marked, marked_processes

# Starts a detached child with the same environment, as drivers and browsers do, then says its id and sleeps.
DETACHING = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True);"
    "print(child.pid, flush=True); time.sleep(60)"
)


@pytest.fixture
def detached():
    started = []

    def start(mark):
        environment = {**os.environ, "COMETA_ATTEMPT": mark}
        process = subprocess.Popen(
            [sys.executable, "-c", DETACHING], env=environment, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process.pid, int(process.stdout.readline())

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def is_gone(pid):
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_detached_processes_are_found_by_the_mark_and_killed(detached):
    """X-046."""
    parent, child = detached(f"900001:{os.getpid()}")
    assert {process.pid for process, mark in marked_processes() if mark == f"900001:{os.getpid()}"} == {parent, child}
    assert set(kill_marked(f"900001:{os.getpid()}")) == {parent, child}
    assert is_gone(parent)
    assert is_gone(child)


def test_processes_of_other_attempts_are_left_alone(detached):
    parent, child = detached(f"900002:{os.getpid()}")
    assert kill_marked("900002:11") == []
    assert kill_marked("900002:2") == []
    assert not is_gone(parent)
    assert not is_gone(child)
    kill_marked(f"900002:{os.getpid()}")


def test_the_end_of_an_attempt_takes_what_left_the_group_too(detached, runners, maker):
    """runner B.6."""
    live = runners.start([maker.step('Sleep "{seconds}" seconds', seconds="60")])
    live.until("step_begin")
    _parent, child = detached(f"31:2:{os.getpid()}")
    assert child in end_attempt(live.process, f"31:2:{os.getpid()}")
    assert is_gone(child)
    assert live.process.poll() is not None


def test_ending_an_attempt_twice_is_no_error(runners, maker):
    live = runners.start([maker.step("Pass")])
    live.end()
    assert end_attempt(live.process, f"31:2:{os.getpid()}") == []
    assert end_attempt(live.process, f"31:2:{os.getpid()}") == []
