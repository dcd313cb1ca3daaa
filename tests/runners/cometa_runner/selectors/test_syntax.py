"""The forms of a selector, without a browser (runner E.1, E.3)."""

import pytest

from cometa_runner.selectors import buttons, parse
from cometa_runner.steps import StepFailure

ALL = ("css", "id", "name", "link", "text")


@pytest.mark.parametrize(
    ("written", "strategies"),
    [
        ("#buy", ALL),
        ("(optional)", ALL),
        ("//button[1]", ("xpath",)),
        ("(//tr)[2]", ("xpath",)),
        ("( ./td)[1]", ("xpath",)),
        ("./td", ("xpath",)),
        ("text=Save", ("text",)),
        ("testid=x", ("testid",)),
        ("css@@.x > li", ("css",)),
        ("link_text@@a", ("link",)),
        ("partial_text@@a", ("partial",)),
        ("tag_name@@a", ("tag",)),
        ("accessibility_id@@Close", ("label",)),
        ("mail@@example", ALL),
        ("Text=Save", ALL),
    ],
)
def test_the_form_decides_about_the_strategies(written, strategies) -> None:
    """X-089."""
    query = parse(written)
    assert tuple(strategy for strategy, _value in query.strategies) == strategies
    assert query.fixed == (len(strategies) == 1)


def test_a_sentence_puts_its_strategy_first_and_excludes_none() -> None:
    assert [strategy for strategy, _value in parse("Save", "link").strategies] == ["link", "css", "id", "name", "text"]
    assert [strategy for strategy, _value in parse("Save", "xpath").strategies] == ["xpath", *ALL]
    assert [strategy for strategy, _value in parse("id=a", "css").strategies] == ["id"]


@pytest.mark.parametrize("written", ["", "  ", "css=", "text=  ", "css@@"])
def test_nothing_to_look_for_is_a_bad_value(written) -> None:
    """X-089, last row."""
    with pytest.raises(StepFailure) as failure:
        parse(written)
    assert failure.value.code == "bad-value"


def test_a_button_needs_a_label() -> None:
    with pytest.raises(StepFailure):
        buttons(" ")
