"""The sentence that reads a list of values from the page."""

import pytest

from cometa_runner.steps.variables import Variables

pytestmark = pytest.mark.browser

PAGE = """
<ul><li class=n> Ada </li><li class=n hidden>Hidden</li><li class=n>Grace<br>Hopper</li><li class=n>Ada</li>
<li class=n></li></ul><input class=f value='a b'><input class=f value=''><textarea class=f>one
two</textarea>
"""


@pytest.fixture
def run(opened):
    """The shared run with a browser."""
    opened.variables = Variables(warn=opened.warn)
    opened.timeout = 4
    return opened


@pytest.mark.parametrize(
    ("selector", "name", "text"),
    [
        ("li.n", "names", "Ada;Hidden;Grace Hopper;Ada;"),
        ("li.n", "unique_names", "Ada;Hidden;Grace Hopper;"),
        ("//input | //textarea", "fields", "a b;;one two"),
    ],
)
def test_the_texts_of_all_matches_are_kept_in_the_order_of_the_page(show, say, run, selector, name, text) -> None:
    show(PAGE)
    say(f'Save list values in selector "{selector}" and save them to variable "{name}"')
    assert run.variables.expand(f"${name}") == text
    assert run.warnings == []


def test_the_list_waits_for_its_first_element(show, say, run) -> None:
    """Steps 7.3."""
    show("<script>setTimeout(() => document.body.insertAdjacentHTML('beforeend', '<b>late</b>'), 150)</script>")
    say('Save list values in selector "b" and save them to variable "found"')
    assert run.variables.expand("$found") == "late"


def test_a_text_with_a_semicolon_is_a_warning(show, say, run) -> None:
    show("<b>a;b</b><b>c</b>")
    say('Save list values in selector "b" and save them to variable "found"')
    assert run.variables.expand("$found") == "a;b;c"
    assert 'The text "a;b" holds a semicolon' in run.warnings[0]


def test_a_list_without_elements_fails(show, fails) -> None:
    """X-081."""
    show(PAGE)
    failure = fails('Save list values in selector "td.name" and save them to variable "found"', timeout=0.2)
    assert (failure.code, failure.expected, failure.found) == ("not-found", 'elements "td.name"', "no match")
    assert "css 0" in failure.tried
    assert fails('Save list values in selector "li" and save them to variable "a b"').code == "bad-value"
