"""How numbers of results are written."""

import pytest

from cometa_executions.numbers import seconds_text, success_rate


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(0, "0.00"), (5567, "5.57"), (5565, "5.57"), (5564, "5.56"), (1, "0.00"), (5, "0.01")]
)
def test_seconds_have_two_decimals_rounded_half_up(milliseconds, text):
    """R-097."""
    assert seconds_text(milliseconds) == text


@pytest.mark.parametrize(("ok", "total", "rate"), [(1, 8, 13), (0, 0, 0), (5, 6, 83), (1, 200, 1), (6, 6, 100)])
def test_the_success_rate_is_rounded_half_up(ok, total, rate):
    """R-098."""
    assert success_rate(ok, total) == rate
