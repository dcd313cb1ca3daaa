"""Sentences that scroll and size the window."""

import pytest

pytestmark = pytest.mark.browser

LONG = "<style>html {scroll-behavior: smooth}</style><p style='height:3000px'></p><p id=end>end</p>"


def test_the_page_scrolls_to_a_position_or_as_far_as_it_goes(show, say, fails, js) -> None:
    show(LONG)
    say('Scroll to "800"px')
    assert js("scrollY") == 800
    say('Scroll to "999999"px')
    assert 800 < js("scrollY") < 4000
    failure = fails('Scroll to "down"px')
    assert (failure.code, failure.found) == ("bad-value", '"down"')


def test_an_element_is_scrolled_to_the_middle(show, say, fails, js) -> None:
    show(LONG + LONG.replace("end", "later"))
    say('Scroll to element with css selector "#end"')
    box = js("document.getElementById('end').getBoundingClientRect().toJSON()")
    assert abs(box["top"] + box["height"] / 2 - js("innerHeight") / 2) < 20
    assert fails('Scroll to element with css selector "#none"').code == "not-found"


def test_without_a_screen_maximising_sets_the_configured_size(show, say, run, js) -> None:
    show("x")
    run.driver.set_window_size(800, 600)
    say("Maximize the browser")
    assert js("[outerWidth, outerHeight]") == [1300, 900]


RESIZE = ['I resize the browser to "{}" x "{}"', 'I can resize the browser to "{}" x "{}"']


@pytest.mark.parametrize("sentence", RESIZE)
def test_the_window_gets_another_size(show, say, run, js, sentence) -> None:
    show("x")
    say(sentence.format("900", "700"))
    assert js("[outerWidth, outerHeight]") == [900, 700]
    assert run.warnings == []
    run.driver.set_window_size(1300, 900)


@pytest.mark.parametrize("sentence", RESIZE)
@pytest.mark.parametrize(
    ("x", "y", "expected", "found"),
    [
        ("wide", "700", "x to be a whole number", '"wide"'),
        ("900", "70.5", "y to be a whole number", '"70.5"'),
        ("0", "700", "x to be from 1 to 20000 px", "0"),
        ("900", "-1", "y to be from 1 to 20000 px", "-1"),
        ("900", "1000000", "y to be from 1 to 20000 px", "1000000"),
    ],
)
def test_a_size_that_is_none_changes_nothing(fails, run, *, sentence, x, y, expected, found) -> None:
    before = run.driver.get_window_size()
    failure = fails(sentence.format(x, y))
    assert (failure.code, failure.expected, failure.found) == ("bad-value", expected, found)
    assert run.driver.get_window_size() == before
