"""The thread that keeps the limits of an attempt while its writer waits for something."""

import pytest
from waiting import eventually

from cometa_core.settings import Setting, as_seconds, load_settings
from cometa_executions.api import Ending, Reason, State
from cometa_worker.guard import Guard
from cometa_worker.watch import Watch

LIMITS = ("open_seconds", "feature_seconds", "idle_seconds", "step_grace_seconds", "cancel_grace_seconds")


class Runner:
    """Keeps what is sent to it."""

    def __init__(self):
        self.lines = []
        self.ends = 0

    def send(self, line):
        self.lines.append(line)

    def end(self):
        self.ends += 1


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def runner():
    return Runner()


@pytest.fixture
def watch():
    declared = [Setting(f"cometa.limit.{name}", 30.0, name, as_seconds) for name in LIMITS]
    return Watch(load_settings(declared, {}, environment={}), begun_at=0.0, heard_at=0.0)


@pytest.fixture
def guard(runner, watch, clock):
    """Make a guard with further checks."""

    def make(*checks, held=lambda: False):
        return Guard(runner, watch, checks, held, runner.end, clock)

    return make


def test_a_runner_gets_a_tick_at_once_and_every_five_seconds(guard, runner, clock):
    """runner B.3."""
    with guard():
        eventually(lambda: len(runner.lines) == 1, 5, "the first tick")
        clock.seconds = 5.1
        eventually(lambda: len(runner.lines) == 2, 5, "the second tick")
    assert runner.lines == [{"type": "tick"}] * 2


def test_a_broken_limit_ends_the_runner_once(guard, runner):
    """runner B.5: when its ending is known, everything is ended."""
    limit = Ending(State.ERROR, Reason.MEMORY_LIMIT)
    with guard(lambda _moment: limit) as watched:
        eventually(lambda: watched.ending is limit, 5, "the end")
        assert runner.ends == 1
    assert runner.ends == 1


def test_while_a_runner_is_held_back_no_time_passes_for_it(guard, watch, clock):
    """X-048."""
    with guard(held=lambda: True) as held:
        for _ in range(3):
            clock.seconds += 20.0
            eventually(lambda: watch.heard_at == clock.seconds, 5, "a look")
        assert held.ending is None


def test_a_worker_that_stood_still_does_not_blame_its_runner(guard, runner, watch, clock):
    """X-026, X-048: after a minute without a look."""
    with guard() as going:
        eventually(lambda: runner.lines, 5, "the first look")
        clock.seconds = 60.0
        eventually(lambda: watch.heard_at > 30, 5, "the look")
        assert going.ending is None


def test_a_silent_runner_is_ended(guard, runner, watch):
    """X-043."""
    with guard() as watched:
        eventually(lambda: runner.lines, 5, "the first look")
        watch.heard_at = -31.0
        eventually(lambda: watched.ending, 5, "the end")
    assert watched.ending.reason is Reason.IDLE_LIMIT
    assert runner.ends == 1
