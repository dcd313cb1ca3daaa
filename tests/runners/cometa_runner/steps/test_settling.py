"""When a missing thing counts as absent (steps 7.4)."""

import pytest

from cometa_runner.steps import Deadline
from cometa_runner.steps.settling import Settling


@pytest.fixture
def clock():
    return [0.0]


def settling(clock, seconds: float = 1.0, deadline: float = 60) -> Settling:
    return Settling(seconds, Deadline(deadline, clock=lambda: clock[0]))


def test_a_thing_must_be_missing_for_the_settle_time(clock) -> None:
    """X-077."""
    check = settling(clock)
    assert not check.settled(1.0, missing=True, loaded=True)
    clock[0] = 0.9
    assert not check.settled(1.0, missing=True, loaded=True)
    clock[0] = 1.0
    assert check.settled(1.0, missing=True, loaded=True)


@pytest.mark.parametrize(
    "interruption",
    [
        {"document": 1.0, "missing": False, "loaded": True},
        {"document": 1.0, "missing": True, "loaded": False},
        {"document": 2.0, "missing": True, "loaded": True},
    ],
)
def test_seeing_it_loading_and_navigating_start_again(clock, interruption) -> None:
    """X-078."""
    check = settling(clock)
    check.settled(1.0, missing=True, loaded=True)
    clock[0] = 0.9
    assert not check.settled(**interruption)
    clock[0] = 1.5
    assert not check.settled(interruption["document"], missing=True, loaded=True)
    clock[0] = 2.5
    assert check.settled(interruption["document"], missing=True, loaded=True)


def test_a_short_deadline_shortens_the_settle_time(clock) -> None:
    check = settling(clock, seconds=10, deadline=1)
    check.settled(1.0, missing=True, loaded=True)
    clock[0] = 0.5
    assert check.settled(1.0, missing=True, loaded=True)
