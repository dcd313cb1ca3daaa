"""Regular expressions of testers, bounded in time and memory (runner X-088)."""

import threading
import time

import pytest

from cometa_runner.steps import Cancelled, Deadline, StepFailure, confined_work
from cometa_runner.steps.confined import RefusedWork, UnfinishedWork, confined
from cometa_runner.steps.expressions import LONGEST_PATTERN, finds, fits

SOON = 0.3


@pytest.mark.parametrize(
    ("pattern", "text", "whole", "part"),
    [
        (r"[A-Z]-\d+", "A-17", True, True),
        (r"[A-Z]-\d+", "xA-17x", False, True),
        ("", "", True, True),
        ("", "x", False, True),
        ("a.c", "a\nc", False, False),
        ("(?s)a.c", "a\nc", True, True),
        ("(?i)straße", "STRAßE", True, True),
        (r"(\w)\1", "oo", True, True),
        ("(?<=ab)c", "abc", False, True),
        ("漢+ñ", "漢漢ñ", True, True),
    ],
)
def test_whole_texts_and_parts_are_told_apart(pattern, text, whole, part) -> None:
    assert (fits(pattern, text), finds(pattern, text)) == (whole, part)


@pytest.mark.parametrize("pattern", ["(", "[a", "*", "(?P<1>a)", "(" * 5000, "a{99999999999}"])
def test_an_invalid_expression_is_a_bad_value(pattern) -> None:
    with pytest.raises(StepFailure, match="Expected a regular expression") as failure:
        fits(pattern, "a")
    assert failure.value.code == "bad-value"
    assert pattern[:50] in failure.value.found


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a+)+$", "a" * 60 + "b"),
        ("(a|aa)+$", "a" * 60 + "b"),
        (r"(.*)*x", "a" * 60),
        (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 60),
        (r"(\w+\s?)*$", "word " * 40 + "!"),
    ],
)
def test_an_expression_that_explodes_ends_by_its_time_limit(pattern, text) -> None:
    """X-088."""
    begin = time.monotonic()
    with pytest.raises(StepFailure) as failure:
        fits(pattern, text, Deadline(SOON))
    assert time.monotonic() - begin < SOON + 0.7
    assert failure.value.code == "limit"
    assert pattern in failure.value.expected
    assert "more time" in failure.value.found


def test_an_expression_that_fills_the_memory_is_ended() -> None:
    """X-088: neither compiling it nor matching a long text may take the machine down."""
    with pytest.raises(StepFailure, match="more memory") as failure:
        fits("(?:.|(x))*", "a" * 8_000_000)
    assert failure.value.code == "limit"
    assert not fits("(?:a{9999}){9999}", "a")


def test_an_expression_too_long_is_refused() -> None:
    with pytest.raises(StepFailure, match="at most 10,000 characters") as failure:
        finds("a" * (LONGEST_PATTERN + 1), "a")
    assert failure.value.code == "limit"


def test_a_cancel_ends_a_match_at_once() -> None:
    """Runner A.6."""
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    begin = time.monotonic()
    with pytest.raises(Cancelled):
        fits("(a+)+$", "a" * 60 + "b", Deadline(10, cancel))
    assert time.monotonic() - begin < 1.2


def test_the_process_may_neither_open_files_nor_fill_the_memory(tmp_path) -> None:
    """A filter could include a file, or build a list without end."""
    (tmp_path / "secret.json").write_text('"known"')
    with pytest.raises(RefusedWork):
        confined("filtered", {"query": f'import "{tmp_path}/secret" as $x; $x', "source": "1"}, Deadline(2))
    with pytest.raises(UnfinishedWork):
        confined("filtered", {"query": "[range(1e12)]", "source": "1"}, Deadline(SOON))
    environment = confined("filtered", {"query": "env | keys", "source": "1"}, Deadline(2))
    assert environment in (['["LC_CTYPE"]'], ["[]"])


def test_the_works_answer_the_same_outside_of_the_process() -> None:
    """Here they are seen by the measure of coverage."""
    assert confined_work.fits({"pattern": "a+", "text": "aa"})
    assert confined_work.finds({"pattern": "a", "text": "bab"})
    assert confined_work.filtered({"query": ".a", "source": '{"a":1.10}'}) == ["1.10"]
    assert len(confined_work.made({"pattern": "[ab]{3}c*", "seed": 1})) >= 3
    for work, given in (
        (confined_work.fits, {"pattern": "(", "text": ""}),
        (confined_work.filtered, {"query": "|", "source": "1"}),
        (confined_work.made, {"pattern": "(?=b)a", "seed": 1}),
        (confined_work.made, {"pattern": "(?>a)", "seed": 1}),
        (confined_work.made, {"pattern": "(a{999}){999}", "seed": 1}),
    ):
        with pytest.raises(confined_work.Refused):
            work(given)
