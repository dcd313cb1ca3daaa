"""Sentences that keep what a page is like."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("selector", "number"), [("li", "3"), ("//li[2]", "1"), ("text=none", "0")])
def test_the_number_of_elements_is_kept_visible_or_not(show, say, run, selector, number) -> None:
    show("<ul><li>1<li hidden>2<li>3</ul>")
    say(f'Remember the number of elements "{selector}" as "$rows"')
    assert run.variables.expand("$rows") == number
    assert run.details == [f"rows is {number}."]


def test_the_address_is_kept(show, say, run, site) -> None:
    show("<iframe id=f src='/inner'></iframe>")
    say('Remember the page address as "landing"')
    assert run.variables.expand("$landing") == f"{site.url}/page"
    say('I can switch to iFrame with id "f"')
    say('Remember the page address as "inner"')
    assert run.variables.expand("$inner") == f"{site.url}/inner"


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ('Remember the number of elements "li" as "a b"', "bad-value"),
        ('Remember the number of elements "css=[" as "rows"', "bad-selector"),
        ('Remember the page address as ""', "bad-value"),
    ],
)
def test_what_cannot_be_kept_fails(show, fails, sentence, code) -> None:
    show("x")
    assert fails(sentence).code == code
