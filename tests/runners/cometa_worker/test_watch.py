"""The limits that the worker keeps over a runner."""

import pytest

from cometa_core.settings import Setting, as_seconds, load_settings
from cometa_executions.api import Reason, State
from cometa_worker.watch import Watch

LIMITS = {
    "cometa.limit.open_seconds": 60.0,
    "cometa.limit.feature_seconds": 100.0,
    "cometa.limit.idle_seconds": 30.0,
    "cometa.limit.step_grace_seconds": 5.0,
    "cometa.limit.cancel_grace_seconds": 5.0,
}


@pytest.fixture
def watch():
    declared = [Setting(key, value, key, as_seconds) for key, value in LIMITS.items()]
    return Watch(load_settings(declared, {}, environment={}), begun_at=0.0, heard_at=0.0)


def verdict(watch, moment):
    ending = watch.violation(moment)
    return None if ending is None else (ending.state, ending.reason)


def test_nothing_is_violated_at_the_beginning(watch):
    assert verdict(watch, 1.0) is None


def test_a_browser_that_does_not_open_ends_as_no_browser(watch):
    watch.hear({"type": "heartbeat"}, 59.0)
    assert verdict(watch, 59.5) is None
    assert verdict(watch, 60.5) == (State.ERROR, Reason.NO_BROWSER)


def test_a_step_beyond_its_deadline_and_grace_ends_as_step_limit(watch):
    """X-041."""
    watch.hear({"type": "started"}, 1.0)
    watch.hear({"type": "step_begin", "deadline_ms": 2000}, 10.0)
    watch.hear({"type": "heartbeat"}, 16.0)
    assert verdict(watch, 16.9) is None
    assert verdict(watch, 17.1) == (State.TIMEOUT, Reason.STEP_LIMIT)


def test_a_step_that_ended_has_no_deadline(watch):
    watch.hear({"type": "started"}, 1.0)
    watch.hear({"type": "step_begin", "deadline_ms": 2000}, 10.0)
    watch.hear({"type": "step_end"}, 11.0)
    watch.hear({"type": "heartbeat"}, 30.0)
    assert verdict(watch, 31.0) is None


def test_a_feature_of_many_short_steps_ends_at_the_feature_limit(watch):
    """X-042."""
    watch.hear({"type": "started"}, 1.0)
    watch.hear({"type": "step_end"}, 101.0)
    assert verdict(watch, 101.5) == (State.TIMEOUT, Reason.FEATURE_LIMIT)


def test_a_silent_runner_ends_by_the_idle_limit(watch):
    """X-043."""
    watch.hear({"type": "started"}, 1.0)
    assert verdict(watch, 30.9) is None
    assert verdict(watch, 31.1) == (State.TIMEOUT, Reason.IDLE_LIMIT)


def test_a_cancelled_runner_gets_its_grace_and_no_more(watch):
    """X-019."""
    watch.hear({"type": "started"}, 1.0)
    watch.cancelled_at = 10.0
    assert verdict(watch, 14.9) is None
    assert verdict(watch, 15.1) == (State.CANCELED, Reason.CANCELLED)


def test_time_in_which_a_runner_was_held_back_does_not_count(watch):
    """X-048."""
    watch.hear({"type": "started"}, 1.0)
    watch.hear({"type": "step_begin", "deadline_ms": 2000}, 10.0)
    watch.put_off(100.0)
    assert verdict(watch, 116.9) is None
    assert verdict(watch, 117.1) == (State.TIMEOUT, Reason.STEP_LIMIT)
    watch.hear({"type": "step_end"}, 118.0)
    watch.hear({"type": "heartbeat"}, 200.9)
    assert verdict(watch, 200.9) is None
    assert verdict(watch, 201.1) == (State.TIMEOUT, Reason.FEATURE_LIMIT)


def test_a_browser_may_take_longer_to_open_while_the_worker_stood_still(watch):
    """X-048."""
    watch.put_off(40.0)
    watch.hear({"type": "heartbeat"}, 99.0)
    assert verdict(watch, 99.5) is None
    assert verdict(watch, 100.5) == (State.ERROR, Reason.NO_BROWSER)
