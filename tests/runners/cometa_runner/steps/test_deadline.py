"""The clock of a step (runner D.2, steps 7.1)."""

import threading
import time

import pytest

from cometa_runner.steps import Cancelled, Deadline, StepFailure


def test_a_poll_returns_the_first_answer() -> None:
    answers = iter([None, None, "yes", "never asked"])
    assert Deadline(5).poll(lambda: next(answers)) == "yes"


def test_a_poll_without_answer_ends_at_the_deadline_after_a_last_question() -> None:
    asked: list[float] = []
    begin = time.monotonic()
    assert Deadline(0.2).poll(lambda: asked.append(time.monotonic() - begin)) is None
    assert 0.2 <= asked[-1] < 0.4
    assert asked[1] - asked[0] < 0.1


def test_an_expired_deadline_still_asks_once() -> None:
    assert Deadline(0).poll(lambda: "seen") == "seen"


def test_pauses_between_polls_grow_to_a_quarter_second() -> None:
    waited: list[float] = []

    class Clockwork(threading.Event):
        def wait(self, timeout=None):
            waited.append(timeout)
            now[0] += timeout
            return False

    now = [0.0]
    Deadline(3, Clockwork(), clock=lambda: now[0]).poll(lambda: None)
    assert waited[0] == 0.05
    assert max(waited) == 0.25
    assert waited[:-1] == sorted(waited[:-1])


def test_a_cancel_ends_every_wait_at_once() -> None:
    """X-018, X-075."""
    cancel = threading.Event()
    deadline = Deadline(60, cancel)
    threading.Timer(0.1, cancel.set).start()
    begin = time.monotonic()
    with pytest.raises(Cancelled):
        deadline.pause(30)
    assert time.monotonic() - begin < 1
    with pytest.raises(Cancelled):
        deadline.check()
    with pytest.raises(Cancelled):
        deadline.within(1).poll(lambda: None)


def test_time_that_is_up_is_a_failure_with_code_timeout() -> None:
    with pytest.raises(StepFailure) as failure:
        Deadline(0.05).pause(10)
    assert failure.value.code == "timeout"
    assert "within 0.05 s" in str(failure.value)


def test_a_part_never_outlives_its_step() -> None:
    deadline = Deadline(1)
    assert deadline.within(60).remaining() <= 1
    assert deadline.within(0.5).remaining() <= 0.5
    assert not deadline.expired()
