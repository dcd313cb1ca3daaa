"""Sentences that mark something for a picture."""

import pytest

pytestmark = pytest.mark.browser

PAGE = """<p style="margin: 1800px 0 0 40px">Sum</p><p id=total>The <b>Total
 amount</b> is (42) EUR</p><input id=f value="Ada">"""
MARKS = """[...document.querySelectorAll("cometa-mark")].map((mark) => {
  const box = mark.getBoundingClientRect(), style = getComputedStyle(mark);
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return [style.outlineColor, box.width > 5 && box.top >= 0 && box.bottom <= innerHeight, hit.id || hit.tagName];
})"""


@pytest.mark.parametrize(
    ("sentence", "under"),
    [
        ('Highlight element with "#total"', "total"),
        ('Highlight element with "text=Sum"', "P"),
        ('Highlight "Total amount" on the page', "B"),
        ('Highlight "(42)" on the page', "total"),
        ('Highlight "Ada" on the page', "f"),
    ],
)
def test_something_is_marked_until_the_next_step(show, say, js, sentence, under) -> None:
    show(PAGE)
    before = js("document.body.outerHTML")
    say(sentence)
    marks = js(MARKS)
    assert marks[0] == ["rgb(255, 0, 0)", True, under]
    assert js("document.body.outerHTML") == before
    say('BrowserTitle is "Test page"')
    assert js(MARKS) == []


@pytest.mark.parametrize(
    ("sentence", "code", "found"),
    [
        ('Highlight element with "#none"', "not-found", "no match"),
        ('Highlight "Totel" on the page', "assertion", "no such text; the page begins with "),
        ('Highlight "" on the page', "bad-value", "an empty text"),
    ],
)
def test_what_is_not_there_cannot_be_marked(show, fails, js, sentence, code, found) -> None:
    """X-070, X-081."""
    show(PAGE)
    failure = fails(sentence)
    assert failure.code == code
    assert failure.found.startswith(found)
    assert js(MARKS) == []


def test_a_mark_of_a_page_that_has_gone_troubles_nobody(show, say, run, js) -> None:
    show(PAGE)
    say('Highlight element with "#total"')
    run.driver.get("about:blank")
    say('Run Javascript function "return 1"')
