"""Sentences that scroll inside elements and in lists that grow."""

import pytest

pytestmark = pytest.mark.browser

BOX = """<div id=box style="width:200px;height:100px;overflow:auto;scroll-behavior:smooth;margin-top:1500px">
<p style="width:900px;height:900px">p</p></div>"""
TO, BY = 'Scroll to "{}"px on element "{}"', 'Scroll element "{}" by "{}"px on x-axis and "{}"px on y-axis'


def test_an_element_is_scrolled_inside(show, say, js) -> None:
    show(BOX)
    say(TO.format("300", "#box"))
    assert js("[box.scrollLeft, box.scrollTop]") == [0, 300]
    say(BY.format("//div", "120", "-50"))
    assert js("[box.scrollLeft, box.scrollTop]") == [120, 250]


@pytest.mark.parametrize(
    ("sentence", "code", "found"),
    [
        (TO.format("down", "#box"), "bad-value", '"down"'),
        (TO.format("1", "#none"), "not-found", "no match"),
        (BY.format("#box", "1", ""), "bad-value", '""'),
        (BY.format("#none", "1", "1"), "not-found", "no match"),
    ],
)
def test_what_cannot_be_scrolled_fails(show, fails, sentence, code, found) -> None:
    show(BOX)
    failure = fails(sentence)
    assert (failure.code, failure.found) == (code, found)


# Draws only the rows that can be seen, as grids do.
VIRTUAL = """<div id=view style="height:200px;overflow:auto">
<div id=all style="position:relative;height:2000px"></div></div>
<script>
function draw() {
  const first = Math.floor(view.scrollTop / 20), rows = [];
  for (let row = first; row < Math.min(100, first + 11); row++)
    rows.push(`<div style="position:absolute;top:${row * 20}px">Row ${row}</div>`);
  all.innerHTML = rows.join("");
}
view.addEventListener("scroll", () => setTimeout(draw, 20)); draw(); view.scrollTop = 900;
</script>"""
IN_LIST = 'Scroll to element with "{}" in AG Grid table "{}"'


@pytest.mark.parametrize("row", [2, 60])
def test_a_row_of_a_virtual_list_is_scrolled_to(show, run, say, js, row) -> None:
    show(VIRTUAL)
    run.timeout = 8
    say(IN_LIST.format(f"text=Row {row}", "#view"))
    assert js(f"[...all.children].some((child) => child.textContent === 'Row {row}')")


def test_a_row_that_a_virtual_list_has_not_fails_at_its_end(show, fails) -> None:
    """X-070, X-081."""
    show(VIRTUAL.replace("2000px", "500px").replace("100, first", "25, first"))
    failure = fails(IN_LIST.format("text=Row 999", "#view"), timeout=5)
    assert failure.expected == 'element "text=Row 999" in the list "#view"'
    assert failure.found == "none on 3 pages up to its end"
    assert fails(IN_LIST.format("x", "#none")).code == "not-found"


GROWING = """<style>li {height: 300px}</style><ul><li>1</ul><script>
const list = document.querySelector("ul");
list.innerHTML = "<li>x".repeat(4);
addEventListener("scroll", () => setTimeout(() => {
  const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 50;
  if (atEnd && list.children.length < 12) list.insertAdjacentHTML("beforeend", "<li>x".repeat(4));
}, 50));
</script>"""
LAST = (
    'Scroll to the last position of the desired element identified by "{}" with maximum number of scrolls "{}" '
    'and maximum time of  "{}"'
)


@pytest.mark.parametrize(
    ("scrolls", "rows", "detail"), [("30", 12, "12 matches after 3 scrolls."), ("1", 8, "8 matches after 1 scrolls.")]
)
def test_a_growing_page_is_scrolled_to_its_end_or_a_limit(show, say, run, js, *, scrolls, rows, detail) -> None:
    show(GROWING)
    say(LAST.format("//li", scrolls, "20"))
    assert js("list.children.length") == rows
    assert run.details == [detail]


def test_a_page_without_a_match_or_with_bad_limits_fails(show, fails) -> None:
    show(GROWING)
    assert fails(LAST.format("//b", "3", "0.2")).found == "no match"
    assert fails(LAST.format("//li", "few", "2")).code == "bad-value"
    assert fails(LAST.format("//li", "-1", "2")).code == "bad-value"
    assert fails(LAST.format("//li", "3", "soon")).code == "bad-value"
