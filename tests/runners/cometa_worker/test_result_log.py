"""The log keeps its first and last half."""

import resource
from contextlib import closing

import pytest

from cometa_worker.result_log import IN_MEMORY, ResultLog


@pytest.fixture
def log_of():
    """Make logs of a limit and give up their files at the end."""
    made = []

    def make(limit):
        made.append(ResultLog(limit))
        return made[-1]

    yield make
    for log in made:
        log.close()


def test_a_short_log_is_kept_whole(log_of):
    log = log_of(1000)
    for number in range(5):
        log.add(f"line {number}")
    assert log.content() == b"line 0\nline 1\nline 2\nline 3\nline 4\n"


def test_lines_that_come_together_are_kept_whole_on_both_sides_of_the_border(log_of):
    log = log_of(100)
    log.add("\n".join(f"line {number}" for number in range(10)))
    assert log.content() == b"".join(b"line %d\n" % number for number in range(10))


def test_a_long_log_keeps_both_ends_with_a_marker(log_of):
    """X-131."""
    log = log_of(1000)
    for number in range(10_000):
        log.add(f"line {number:05d}")
    content = log.content()
    assert content.startswith(b"line 00000\n")
    assert content.endswith(b"line 09999\n")
    assert b"bytes left out" in content
    assert len(content) < 1100


@pytest.mark.parametrize("together", [1, 7, 100])
def test_a_marker_counts_what_was_left_out_and_half_lines_are_none(log_of, together):
    log = log_of(105)
    for _ in range(700 // together):
        log.add("\n".join(["x" * 9] * together))
    kept = log.content().splitlines()
    left_out = next(int(line.split()[1]) for line in kept if b"left out" in line)
    whole = [line for line in kept if line == b"x" * 9]
    assert len(whole) == len(kept) - 1
    assert left_out + len(whole) * 10 == 700 // together * together * 10


def test_a_line_longer_than_half_the_log_is_kept_as_far_as_possible(log_of):
    log = log_of(100)
    log.add("short")
    log.add("y" * 1000)
    content = log.content()
    assert content.startswith(b"short\n")
    assert content.endswith(b"y\n")
    assert len(content) < 150


def test_a_log_of_100_mb_needs_no_more_memory_than_a_small_one():
    """X-131: it is kept on disk."""
    with closing(ResultLog(50 * IN_MEMORY)) as log:
        lines = "\n".join(f"{number:07d} something that a step said" for number in range(10_000))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(100 * IN_MEMORY // len(lines)):
            log.add(lines)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 20_000
