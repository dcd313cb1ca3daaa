"""The two pipes of a runner."""

import contextlib
import json
import os
import threading
import time

import pytest

from cometa_runner.channel import ControlChannel, EventChannel


class Worker:
    """The worker's end of a control pipe, and the runner's side of it."""

    def __init__(self, silence_seconds=20.0):
        self._reading, self._writing = os.pipe()
        self.control = ControlChannel(self._reading, silence_seconds)
        # The run counts as ended, so that the loss of the worker does not kill the tests.
        self.control.end()
        self._thread = None

    def listen(self):
        self._thread = self.control.listen()

    def say(self, text):
        os.write(self._writing, text)

    def leave(self):
        with contextlib.suppress(OSError):
            os.close(self._writing)
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def close(self):
        self.leave()
        os.close(self._reading)


@pytest.fixture
def workers():
    made = []

    def make(**options):
        made.append(Worker(**options))
        return made[-1]

    yield make
    for worker in made:
        worker.close()


def test_events_of_many_threads_are_whole_lines_numbered_without_gaps(pipe):
    """X-039."""
    reading, writing = pipe
    channel = EventChannel(writing)

    def talk():
        for _ in range(50):
            channel.emit("log", {"text": "x" * 90})

    threads = [threading.Thread(target=talk) for _ in range(4)]
    for thread in threads:
        thread.start()
    with os.fdopen(os.dup(reading), "rb") as stream:
        lines = [json.loads(stream.readline()) for _ in range(200)]
    assert [event["n"] for event in lines] == list(range(1, 201))
    assert all(event["v"] == 1 and event["type"] == "log" for event in lines)


def test_an_event_nobody_reads_is_no_error(pipe):
    reading, writing = pipe
    os.close(reading)
    assert EventChannel(writing).emit("log", {"text": "into the void"}) == 1


def test_the_plan_line_is_read_before_the_lines_after_it(workers):
    worker = workers()
    worker.say(b'{"type":"plan"}\n{"type":"cancel","by":"ann"}\n')
    assert worker.control.read_line() == b'{"type":"plan"}\n'
    worker.listen()
    assert worker.control.stop.wait(5)
    assert worker.control.cancelled_by == "ann"


def test_a_line_that_is_no_message_is_ignored(workers):
    worker = workers()
    worker.listen()
    worker.say(b'garbage\n\n{"type":"cancel","by":"bob"}\n')
    assert worker.control.stop.wait(5)
    assert worker.control.cancelled_by == "bob"


def test_the_end_of_the_pipe_stops_the_run(workers):
    """X-040."""
    worker = workers()
    worker.listen()
    worker.leave()
    assert worker.control.stop.is_set()
    assert "closed" in worker.control.lost
    assert not worker.control.cancelled_by


def test_silence_after_the_first_tick_stops_the_run(workers):
    """X-026: a runner whose worker is stopped quits by itself."""
    worker = workers(silence_seconds=0.3)
    worker.listen()
    assert not worker.control.stop.wait(0.6), "before the first tick nothing is expected"
    worker.say(b'{"type":"tick"}\n')
    begin = time.monotonic()
    assert worker.control.stop.wait(5)
    assert time.monotonic() - begin == pytest.approx(0.3, abs=0.2)
    assert "silent" in worker.control.lost


def test_other_lines_do_not_count_as_ticks(workers):
    worker = workers(silence_seconds=0.4)
    worker.listen()
    worker.say(b'{"type":"tick"}\n')
    assert not worker.control.stop.wait(0.25)
    worker.say(b'{"type":"reply","id":1}\n')
    assert worker.control.stop.wait(0.3)


def test_a_verdict_is_given_to_the_one_who_waits_for_it(workers):
    worker = workers()
    worker.listen()
    worker.say(b'{"type":"verdict","n":4,"verdict":"equal"}\n')
    answer = worker.control.verdict(4, 5)
    assert answer is not None
    assert answer["verdict"] == "equal"
    assert worker.control.verdict(5, 0.01) is None


def test_waiting_for_a_verdict_ends_with_the_run(workers):
    worker = workers()
    worker.listen()
    threading.Timer(0.1, worker.say, (b'{"type":"cancel","by":"ann"}\n',)).start()
    begin = time.monotonic()
    assert worker.control.verdict(1, 10) is None
    assert time.monotonic() - begin < 5


def test_the_time_in_which_nobody_takes_events_does_not_count_against_steps():
    """X-048."""
    reading, writing = os.pipe()
    channel = EventChannel(writing)
    begin = channel.step_clock()
    large = {"text": "x" * 200_000}
    thread = threading.Thread(target=channel.emit, args=("log", large))
    thread.start()
    thread.join(0.5)
    assert thread.is_alive()
    taken = 0
    while taken < 200_000:
        taken += len(os.read(reading, 1 << 16))
    thread.join(5)
    assert channel.blocked_seconds >= 0.5
    assert channel.step_clock() - begin < 0.4
    for descriptor in (reading, writing):
        os.close(descriptor)
