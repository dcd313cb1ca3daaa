"""Strict sentences about elements (steps 7.5)."""

import time

import pytest

pytestmark = pytest.mark.browser

BE = 'Element "{}" should be "{}"'
PAGE = """<button id=on>a</button><button id=off disabled>b</button><p id=hidden hidden>c</p>
<input type=checkbox id=ticked checked><input id=field><script>document.getElementById("field").focus()</script>"""


@pytest.mark.parametrize(
    ("selector", "holding", "failing", "found"),
    [
        ("#on", "present", "absent", '1 match, 1 visible: <button id="on">'),
        ("//button[@id='on']", "visible", "hidden", '1 match, 1 visible: <button id="on">'),
        ("text=a", "Clickable", "gone", '1 match, 1 visible: <button id="on">'),
        ("#off", "disabled", "enabled", '<button id="off">, disabled'),
        ("#on", "enabled", "disabled", '<button id="on">, enabled'),
        ("#hidden", "hidden", "visible", "1 match, none visible"),
        ("#none", "gone", "present", "no match"),
        ("//b", "absent", "hidden", "0 matches, none visible"),
        ("#ticked", "checked", "unchecked", '<input id="ticked">, enabled, checked'),
        ("#field", "focused", "checked", '<input id="field">, enabled, without anything to tick'),
        ("#field", "editable", "clickable-ish", None),
        ("#on", "stable", "editable", '<button id="on">, enabled, read-only or no field'),
    ],
)
def test_an_element_has_one_state_and_not_another(show, say, fails, *, selector, holding, failing, found) -> None:
    """X-070, X-077, X-079."""
    show(PAGE)
    say(BE.format(selector, holding))
    failure = fails(BE.format(selector, failing))
    if found is None:
        assert failure.code == "bad-value"
        assert '"clickable"' in failure.expected
        return
    assert failure.expected == f'element "{selector}" ' + (
        "not to be seen" if failing == "gone" else f"to be {failing}"
    )
    assert failure.found == found


@pytest.mark.parametrize("sentence", [BE, 'Wait at most "4" seconds until "{}" is "{}"'])
@pytest.mark.parametrize("state", ["absent", "gone", "hidden"])
@pytest.mark.parametrize("selector", [".{}", "//p[@class='{}']", "text={}"])
def test_absence_settles_and_fails_when_the_thing_stays(show, say, fails, sentence, state, selector) -> None:
    """X-077."""
    if state == "hidden" and selector == "text={}":
        selector = "css=.{}"  # what is hidden has no visible text
    fate = "p.hidden = true" if state == "hidden" else "p.remove()"
    show(f"""<p class=stays>stays</p><p class=goes>goes</p>
      <script>const p = document.querySelector('.goes'); {fate}</script>""")
    begin = time.monotonic()
    say(sentence.format(selector.format("goes"), state))
    assert time.monotonic() - begin >= 0.3
    short = sentence.replace('"4"', '"0.3"')
    assert fails(short.format(selector.format("stays"), state)).found == '1 match, 1 visible: <p class="stays">'


@pytest.mark.parametrize(
    "sentence",
    [
        BE.format("#late", "absent"),
        'Page should not show the text "late"',
        'I cannot see element with selector "#late"',
        'Number of elements "#late" should be "equal to" "0"',
        'Wait at most "1.2" seconds until "#late" is "gone"',
    ],
)
def test_absence_right_after_a_navigation_waits_for_the_document(show, site, fails, js, sentence) -> None:
    """X-078."""
    site.pages["/next"] = "<p id=late>late</p>"
    show("<p>first</p>")
    js("setTimeout(() => location.href = '/next', 150)")
    assert fails(sentence, timeout=1.2).code == "assertion"


TEXT = 'Element "{}" should have the text "{}"'
TEXTS = """<h1>  Your
  <b>basket</b></h1><p hidden>secret</p><input id=f value="a  value">
<select id=s><option>one<option selected>two</select>
<p id=upper style="text-transform:uppercase">loud</p><p id=empty></p><input type=submit value=Send id=send>
<label for=f>Label</label>"""


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        ("h1", "Your basket"),
        ("//h1", " Your  basket "),
        ("#f", "a value"),
        ("#s", "two"),
        ("#upper", "LOUD"),
        ("#send", "Send"),
        ("Label", "Label"),
    ],
)
def test_an_element_has_the_text_that_a_person_reads(show, say, selector, text) -> None:
    show(TEXTS)
    say(TEXT.format(selector, text))


def test_a_text_is_waited_for_and_the_last_one_is_shown(show, say, fails, js) -> None:
    """X-070, X-081."""
    show(TEXTS)
    js("setTimeout(() => document.querySelector('h1').textContent = 'Thank you', 200)")
    say(TEXT.format("h1", "Thank you"))
    failure = fails(TEXT.format("h1", "Thank"))
    assert (failure.code, failure.expected) == ("assertion", 'element "h1" to have the text "Thank"')
    assert failure.found == '"Thank you"'
    assert fails(TEXT.format("p[hidden]", "secret")).found == "1 match, none visible"
    assert fails(TEXT.format("#none", "x")).code == "not-found"


NUMBER = 'Number of elements "{}" should be "{}" "{}"'
ROWS = "<ul>" + "<li class=row>r</li>" * 3 + "<li class=row hidden>h</li></ul>"


@pytest.mark.parametrize("selector", [".row", "//li[@class='row']", "li"])
@pytest.mark.parametrize(
    ("operator", "count"),
    [("equal to", "3"), ("At Least", "3"), ("<", "4"), ("not equal to", "4"), ("greater than", "0")],
)
def test_visible_elements_are_counted(show, say, selector, operator, count) -> None:
    show(ROWS)
    say(NUMBER.format(selector, operator, count))


def test_a_number_is_waited_for_and_the_last_one_is_shown(show, say, fails, js) -> None:
    """X-070, X-081."""
    show(ROWS)
    js("setTimeout(() => document.querySelectorAll('.row').forEach((row) => row.hidden = false), 200)")
    say(NUMBER.format(".row", "equal to", "4"))
    js("document.querySelector('.row').hidden = true")
    failure = fails(NUMBER.format(".row", "equal to", "4"))
    assert (failure.code, failure.expected) == ("assertion", 'the number of visible elements ".row" to be equal to 4')
    assert failure.found == "3 (and 1 that cannot be seen)"


@pytest.mark.parametrize("selector", ["#x", "//p", "text=soon gone"])
def test_no_elements_is_an_absence(show, say, fails, selector) -> None:
    """Steps 7.4, X-077."""
    show(ROWS + "<p id=x>soon gone</p><script>setTimeout(() => x.remove(), 200)</script>")
    begin = time.monotonic()
    say(NUMBER.format(selector, "equal to", "0"))
    assert time.monotonic() - begin > 0.4
    assert fails(NUMBER.format(".row", "less than", "1")).found == "3 (and 1 that cannot be seen)"


@pytest.mark.parametrize(
    ("operator", "count", "found"),
    [
        ("about", "3", '"about"'),
        ("equal to", "three", '"three"'),
        ("equal to", "2.5", '"2.5"'),
        ("matching", "3", None),
    ],
)
def test_an_unknown_comparison_is_never_false(show, say, fails, operator, count, found) -> None:
    """X-079."""
    show(ROWS)
    if found is None:
        say(NUMBER.format(".row", operator, count))
        return
    failure = fails(NUMBER.format(".row", operator, count))
    assert (failure.code, failure.found) == ("bad-value", found)
