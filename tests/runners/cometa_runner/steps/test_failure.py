"""Errors for testers (runner D.5, D.6)."""

import pytest

from cometa_runner.steps import StepFailure
from cometa_runner.steps.failure import shortened


def test_the_text_says_wanted_found_tried_waited_and_where() -> None:
    """X-081: the example of runner D.5, word by word."""
    failure = StepFailure(
        "not-visible",
        expected='element ".basket .total" to be visible',
        found="2 matches, none visible",
        tried=["css 2 matches (both hidden)", "id 0", "name 0", "link 0", "text 0"],
        waited_ms=20_000,
        page="https://qa.shop.example/basket",
        frame="top",
    )
    assert str(failure) == (
        'Expected element ".basket .total" to be visible, found 2 matches, none visible.\n'
        "Tried: css 2 matches (both hidden), id 0, name 0, link 0, text 0. Waited 20.0 s.\n"
        "Page: https://qa.shop.example/basket  Frame: top  Code: not-visible"
    )


def test_a_message_of_the_browser_that_ends_with_a_full_stop_gets_no_second_one() -> None:
    failure = StepFailure("bad-selector", expected="a selector", found="'x[' is not a valid selector.")
    assert str(failure) == "Expected a selector, found 'x[' is not a valid selector.\nCode: bad-selector"


def test_what_is_not_known_is_left_out() -> None:
    assert str(StepFailure("file", "The file is gone.")) == "The file is gone.\nCode: file"


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(ValueError, match="not a code"):
        StepFailure("oops", "What?")


def test_long_texts_are_cut_with_a_note() -> None:
    failure = StepFailure("assertion", expected="x" * 5000, found="y")
    assert failure.expected == "x" * 4000 + "... (1,000 more characters)"
    assert shortened("short") == "short"
