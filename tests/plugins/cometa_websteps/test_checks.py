"""Sentences that check pages and elements."""

import time
from dataclasses import replace

import pytest

from cometa_runner.selectors import Elements

pytestmark = pytest.mark.browser


@pytest.fixture
def seeing_means_visible(run):
    """The setting ``cometa.step.see = visible``."""
    settings, elements = run.settings, run.elements
    run.settings = replace(settings, see="visible")
    run.elements = Elements(lambda: run.driver, run.settings)
    yield
    run.settings, run.elements = settings, elements


def test_the_title_is_waited_for(show, say, fails, js) -> None:
    show("x")
    say('BrowserTitle is " Test page "')
    js("setTimeout(() => document.title = 'Later', 200)")
    say('BrowserTitle is "Later"')
    failure = fails('BrowserTitle is "later"')
    assert (failure.expected, failure.found) == ('the title "later"', '"Later"')


SEE_TEXT = ['I can see "{}"', 'I can see "{}" on page', 'wait until I can see "{}" on page']


@pytest.mark.parametrize("sentence", SEE_TEXT)
@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Order confirmed", "the text of the page"),
        ("Total 42", "the text of the page"),
        ("shadow text", "the text of the page"),
        ("hidden words", "the page source"),
        ('class="total"', "the page source"),
    ],
)
def test_text_is_seen_on_the_page_and_in_its_source(show, say, run, sentence, text, where) -> None:
    """Steps 7.5."""
    show("""<h1>Order confirmed</h1><div class="total">Total<p>42</p></div><p hidden>hidden words</p><div id=h></div>
      <script>h.attachShadow({mode: "open"}).innerHTML = "<p>" + ["shadow", "text"].join(" ") + "</p>"</script>""")
    say(sentence.format(text))
    assert run.details == [f"Found in {where}."]


@pytest.mark.parametrize("sentence", SEE_TEXT)
def test_text_is_waited_for_and_a_similar_one_is_named(show, say, fails, js, sentence) -> None:
    """X-070, X-081."""
    show("<p id=p>loading</p>")
    js("setTimeout(() => p.textContent = 'Order confirmed', 200)")
    say(sentence.format("confirmed"))
    failure = fails(sentence.format("Order confirmd"), timeout=0.3)
    assert failure.expected == '"Order confirmd" on the page'
    assert failure.found == 'the similar text "Order confirmed"'
    assert failure.tried == ("text of the page", "page source")
    assert "/page  Frame: top  Code: assertion" in str(failure)


def test_no_text_is_nothing_to_look_for(show, fails) -> None:
    show("x")
    assert fails('I can see ""').code == "bad-value"


def test_an_element_is_seen_when_it_is_there(show, say, fails, run) -> None:
    """Steps 7.5: present, with a warning when no match is visible."""
    show("<p id=a>a</p><p id=b hidden>b</p>")
    say('I can see element with css selector "#a"')
    assert run.warnings == []
    say('I can see element with css selector "#b"')
    assert run.warnings == ['1 match for "#b", but none is visible.']
    failure = fails('I can see element with css selector "#c"')
    assert (failure.expected, failure.found) == ('element "#c" to be present', "no match")


def test_an_element_is_seen_when_it_is_visible(show, say, fails, seeing_means_visible) -> None:
    """Steps 7.5."""
    show("<p id=a>a</p><p id=b hidden>b</p>")
    say('I can see element with css selector "#a"')
    assert fails('I can see element with css selector "#b"').code == "not-visible"
    say('I cannot see element with selector "#b"')
    assert fails('I cannot see element with selector "#a"').code == "assertion"


ABSENCES = ['I cannot see element with selector "{}"', 'There is no coincidence with css selector "{}"']


@pytest.mark.parametrize("sentence", ABSENCES)
@pytest.mark.parametrize("selector", [".{}", "//p[@class='{}']", "text={}"])
def test_absence_passes_after_the_settle_time_and_fails_when_the_thing_stays(
    show, say, fails, sentence, selector
) -> None:
    """X-077."""
    show("<p class=stays>stays</p><p class=goes>goes</p><script>document.querySelector('.goes').remove()</script>")
    begin = time.monotonic()
    say(sentence.format(selector.format("goes")))
    assert 0.3 <= time.monotonic() - begin < 2
    failure = fails(sentence.format(selector.format("stays")))
    assert failure.found == '1 match, 1 visible: <p class="stays">'


def test_absence_waits_for_a_thing_that_goes(show, say) -> None:
    show("<p id=x>x</p><script>setTimeout(() => x.remove(), 500)</script>")
    say('There is no coincidence with css selector "#x"')


def test_absence_right_after_a_navigation_waits_for_the_document(show, site, say, fails, js) -> None:
    """X-078."""
    site.pages["/next"] = "<p id=late>late</p>"
    show("<p>first</p>")
    js("setTimeout(() => location.href = '/next', 150)")
    assert fails('There is no coincidence with css selector "#late"', timeout=1.2).code == "assertion"


def test_a_property_contains_a_part(show, say, fails, js) -> None:
    show("<p id=p>none</p><input type=checkbox id=box checked>")
    js("setTimeout(() => p.textContent = 'Total: 42 EUR', 200)")
    say('Check if "#p" contains "42" in JS property "innerText"')
    say('Check if "#p" contains "caseInsensitive:total" in JS property "innerText"')
    say('Check if "#box" contains "true" in JS property "checked"')
    failure = fails('Check if "#p" contains "total" in JS property "innerText"')
    assert failure.expected == 'the property innerText of "#p" to contain "total"'
    assert failure.found == '"Total: 42 EUR"'
    assert fails('Check if "#p" contains "x" in JS property "nothing"').found == "no such property"
    assert fails('Check if "#none" contains "x" in JS property "innerText"').code == "not-found"


LATER = "<p id=a hidden>a</p><script>setTimeout(() => a.hidden = false, 300)</script>"


@pytest.mark.parametrize(
    ("word", "selector", "result"),
    [("present", "#a", "True"), ("appeared", "#a", "True"), ("present", "#b", "False"), ("appeared", "#b", "False")],
)
def test_what_was_seen_is_remembered(show, say, run, word, selector, result) -> None:
    show(LATER)
    say(f'Validate if "{selector}" {word} in the browser in "0.8" seconds and save result in "$seen"')
    assert run.variables.expand("$seen") == result


@pytest.mark.parametrize("word", ["present", "appeared"])
def test_what_cannot_be_remembered_fails_before_anything_is_looked_for(fails, run, word) -> None:
    """X-070."""
    sentence = 'Validate if "{}" {} in the browser in "{}" seconds and save result in "{}"'
    failure = fails(sentence.format("#a", word, "soon", "seen"))
    assert (failure.code, failure.found) == ("bad-value", '"soon"')
    failure = fails(sentence.format("#a", word, "1", "not a name"))
    assert (failure.code, failure.found) == ("bad-value", '"not a name"')
    assert fails(sentence.format("", word, "1", "seen")).expected == "a selector"
    assert run.variables.get("seen") is None


def test_appearance_is_more_than_presence(show, say, fails, run) -> None:
    show("<p id=a hidden>a</p>")
    say('Validate if "#a" appeared in the browser in "0.2" seconds and save result in "seen"')
    assert run.variables.expand("$seen") == "False"
    say('Assert if "#a" present in the browser in "1" seconds')
    failure = fails('Assert if "#a" appeared in the browser in "0.2" seconds')
    assert (failure.code, failure.found) == ("not-visible", "1 match, none visible")
    assert fails('Assert if "#b" present in the browser in "0.2" seconds').code == "not-found"
    assert fails('Assert if "#b" present in the browser in "soon" seconds').code == "bad-value"
    assert fails('Validate if "#a" present in the browser in "1" seconds and save result in "a b"').code == "bad-value"


def test_an_appearance_in_time_is_asserted(show, say) -> None:
    show(LATER)
    say('Assert if "#a" appeared in the browser in "2" seconds')


LINK = 'I can see a link with "{}"'


@pytest.mark.parametrize("text", ["Terms", " Terms ", "All Terms and more"])
def test_a_link_is_seen_by_its_exact_text(show, say, js, text) -> None:
    show("<p>Terms</p><main></main>")
    js(
        "setTimeout(() => document.querySelector('main').innerHTML = "
        "'<a href=#t>Terms</a><a href=#a> All <b>Terms</b>\\nand more</a>', 150)"
    )
    say(LINK.format(text))


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("Term", "not-found", "no match"),
        ("terms", "not-found", "no match"),
        ("Plain", "not-found", "no match"),
        ("Hidden", "not-visible", "1 match, none visible"),
    ],
)
def test_another_text_or_a_hidden_link_is_not_seen(show, fails, text, code, found) -> None:
    """X-070, X-081."""
    show("<a href=#t>Terms</a><p>Plain</p><a href=#h hidden>Hidden</a>")
    failure = fails(LINK.format(text))
    assert (failure.code, failure.expected, failure.found) == (code, f'a visible link with the text "{text}"', found)
    assert fails(LINK.format("")).code == "bad-value"


STYLE = 'Check if "{}" contains "{}" in "{}"'
STYLED = """<style>:root {--main: 4px solid} #a {color: red; background: rgba(0, 0, 255, .5); font-family: Arial, serif;
width: 120px}</style><p id=a>a</p>"""


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("rgb(255, 0, 0)", "color"),
        ("rgb(255,0,0)", "color"),
        ("red", "color"),
        ("#F00", "color"),
        ("rgba(0, 0, 255, 0.5)", "background-color"),
        ("255, 0", "color"),
        ("Arial", " font-family "),
        ("120px", "width"),
        ("solid", "--main"),
        ("block", "display"),
    ],
)
def test_a_style_contains_a_part(show, say, value, name) -> None:
    show(STYLED)
    for selector in ("#a", "//p", "text=a"):
        say(STYLE.format(selector, value, name))


def test_a_style_is_waited_for_and_the_last_one_is_shown(show, say, fails, js) -> None:
    """X-070, X-081."""
    show(STYLED)
    js("setTimeout(() => a.style.color = 'green', 200)")
    say(STYLE.format("#a", "rgb(0, 128, 0)", "color"))
    failure = fails(STYLE.format("#a", "red", "color"))
    assert failure.expected == 'the CSS property color of "#a" to contain "red"'
    assert failure.found == '"rgb(0, 128, 0)"'
    assert fails(STYLE.format("#a", "x", "no-such-thing")).found == "no such property"
    assert fails(STYLE.format("#none", "x", "color")).code == "not-found"
    assert fails(STYLE.format("#a", "x", " ")).code == "bad-value"
