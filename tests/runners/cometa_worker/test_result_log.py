"""The log keeps its first and last half."""

from cometa_worker.result_log import ResultLog


def test_a_short_log_is_kept_whole():
    log = ResultLog(1000)
    for number in range(5):
        log.add(f"line {number}")
    assert log.content() == b"line 0\nline 1\nline 2\nline 3\nline 4\n"


def test_a_long_log_keeps_both_ends_with_a_marker():
    """X-131: memory stays bounded whatever is written."""
    log = ResultLog(1000)
    for number in range(10_000):
        log.add(f"line {number:05d}")
    content = log.content()
    assert content.startswith(b"line 00000\n")
    assert content.endswith(b"line 09999\n")
    assert b"bytes left out" in content
    assert len(content) < 1100


def test_a_marker_counts_what_was_left_out():
    log = ResultLog(100)
    for _ in range(100):
        log.add("x" * 9)
    kept = log.content()
    left_out = int(kept.split(b"... ")[1].split(b" ")[0])
    assert left_out + len([line for line in kept.splitlines() if line.startswith(b"x")]) * 10 == 1000
