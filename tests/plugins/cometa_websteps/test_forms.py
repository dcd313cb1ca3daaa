"""Sentences for lists and boxes of forms."""

import pytest

pytestmark = pytest.mark.browser

LIST = """<label for=c>Country</label><select id=first><option>x</select>
<select id=c onchange="window.changed = true"><option value="">Choose<option value=fr>France
<option value=de>Federal Republic of Germany<option value=x disabled>Nowhere</select>"""


@pytest.mark.parametrize(
    ("selector", "value"),
    [
        ("#c", "de"),
        ("#c", "Federal Republic  of Germany"),
        ("#c", "value:de"),
        ("index:2", "index:3"),
        ("Country", "contains:Germany"),
    ],
)
def test_an_option_is_selected_with_the_events_of_a_choice(show, say, js, selector, value) -> None:
    show(LIST)
    say(f'I use selector "{selector}" and select option "{value}"')
    assert js("document.getElementById('c').value") == "de"
    assert js("window.changed")


def test_options_that_come_later_are_waited_for(show, say, js) -> None:
    show(LIST + "<script>setTimeout(() => c.add(new Option('Late', 'late')), 300)</script>")
    say('I use selector "#c" and select option "Late"')
    assert js("c.value") == "late"


def test_several_options_of_a_multiple_list_stay_selected(show, say, js) -> None:
    show("<select id=m multiple><option>a<option>b<option>c</select>")
    for option in ("a", "c", "a"):
        say(f'I use selector "#m" and select option "{option}"')
    assert js("[...m.selectedOptions].map((option) => option.value)") == ["a", "c"]


@pytest.mark.parametrize(
    ("selector", "value", "code", "found"),
    [
        ("#c", "Spain", "not-found", 'the options "Choose", "France", "Federal Republic of Germany", "Nowhere"'),
        ("#c", "index:9", "not-found", "the options "),
        ("#c", "value:Germany", "not-found", "the options "),
        ("#c", "Nowhere", "not-operable", "it disabled"),
        ("#c", "index:x", "bad-value", '"x"'),
        ("index:7", "de", "not-found", "no match"),
        ("body", "de", "not-operable", "<body>"),
    ],
)
def test_an_option_that_cannot_be_selected_fails_with_the_choices(show, fails, selector, value, code, found) -> None:
    """X-070, X-081."""
    show(LIST)
    failure = fails(f'I use selector "{selector}" and select option "{value}"', timeout=0.3)
    assert failure.code == code
    assert found in failure.found


BOXES = """<input type=checkbox id=on checked><input type=checkbox id=off>
<input type=checkbox id=styled style="opacity:0"><label for=styled>Styled</label>
<div role=switch id=switch aria-checked=false tabindex=0
 onclick="this.setAttribute('aria-checked', this.getAttribute('aria-checked') !== 'true')">Switch</div>
<script>window.clicks = 0; addEventListener("click", (event) => clicks += event.isTrusted, true);
const state = (id) => { const box = document.getElementById(id);
  return box.checked ?? box.getAttribute("aria-checked") === "true" };</script>"""


@pytest.mark.parametrize("box", ["on", "off", "styled", "switch"])
def test_a_box_is_ticked_and_cleared_and_clicked_only_when_needed(show, say, js, box) -> None:
    show(BOXES)
    was = js(f"state('{box}')")
    say(f'Enable checkbox "#{box}"')
    say(f'Enable checkbox "#{box}"')
    assert js(f"state('{box}')")
    say(f'Disable checkbox "#{box}"')
    say(f'Disable checkbox "#{box}"')
    assert not js(f"state('{box}')")
    # A click on a label is followed by one on its box.
    assert js("clicks") == (1 if was else 2) * (2 if box == "styled" else 1)


def test_a_box_is_found_by_its_label(show, say, js) -> None:
    show(BOXES)
    say('Enable checkbox "Styled"')
    assert js("state('styled')")


@pytest.mark.parametrize(("word", "state"), [("Enable", "checked"), ("Disable", "unchecked")])
def test_a_box_that_does_not_follow_fails(show, fails, word, state) -> None:
    """X-081."""
    show(f"<input type=checkbox id=b {'checked' if word == 'Disable' else ''} onclick='return false'>")
    failure = fails(f'{word} checkbox "#b"')
    assert failure.expected == f'element "#b" to be {state}'
    assert failure.found.endswith("not checked" if word == "Enable" else ", checked")


@pytest.mark.parametrize("word", ["Enable", "Disable"])
def test_something_else_than_a_box_is_refused(show, fails, word) -> None:
    show("<p id=p>text</p>")
    failure = fails(f'{word} checkbox "#p"')
    assert (failure.expected, failure.found) == ('"#p" to be a checkbox', '<p id="p">')


@pytest.mark.parametrize("value", ["de", "Federal Republic  of Germany"])
@pytest.mark.parametrize("selector", ["#c", "Country", "//select[2]"])
def test_an_option_is_selected_by_value_or_text(show, say, js, selector, value) -> None:
    show(LIST)
    say(f'I can select option "{value}" for "{selector}"')
    assert js("document.getElementById('c').value") == "de"
    assert js("window.changed")


@pytest.mark.parametrize(
    ("selector", "value", "code", "found"),
    [
        ("#c", "Spain", "not-found", 'the options "Choose", "France", "Federal Republic of Germany", "Nowhere"'),
        ("#c", "value:de", "not-found", "the options "),
        ("#c", "Nowhere", "not-operable", "it disabled"),
        ("#none", "de", "not-found", "no match"),
        ("body", "de", "not-operable", "<body>"),
    ],
)
def test_an_option_that_is_not_offered_fails_with_the_choices(show, fails, selector, value, code, found) -> None:
    """X-070, X-081."""
    show(LIST)
    failure = fails(f'I can select option "{value}" for "{selector}"')
    assert failure.code == code
    assert found in failure.found


VALIDATE = 'Validate if checkbox "{}" is enabled save result in "{}"'


@pytest.mark.parametrize(
    ("box", "ticked"),
    [("#on", "True"), ("#off", "False"), ("Styled", "False"), ("#switch", "False"), ("#gone", "True")],
)
def test_whether_a_box_is_ticked_is_remembered(show, say, run, box, ticked) -> None:
    show(BOXES + "<input type=checkbox id=gone checked hidden>")
    say(VALIDATE.format(box, "$accepted"))
    assert run.variables.expand("$accepted") == ticked
    assert run.details == [f"accepted is {ticked}."]
    assert run.warnings == []


def test_what_is_no_box_is_not_ticked_and_a_missing_box_fails(show, say, fails, run) -> None:
    show("<p id=p>text</p>")
    say(VALIDATE.format("#p", "accepted"))
    assert run.variables.expand("$accepted") == "False"
    assert run.warnings == ['"#p" is no checkbox: <p id="p">.']
    failure = fails(VALIDATE.format("#none", "accepted"))
    assert (failure.expected, failure.found) == ('element "#none" to be present', "no match")
    assert fails(VALIDATE.format("#p", "not a name")).code == "bad-value"


OFFERED = """<select id=h hidden><option>Blue</select><select id=one><option>Red<option disabled>Grey</select>
<select id=two><option>Green<option value=b>Blue</select><select id=three><option>Blue</select>"""


@pytest.mark.parametrize("value", ["Blue", "b"])
def test_an_option_is_selected_where_it_is_offered_first(show, say, js, value) -> None:
    show(OFFERED)
    say(f'I select option "{value}"')
    assert js("[one.value, two.value]") == ["Red", "b"]


@pytest.mark.parametrize(
    ("body", "value", "found"),
    [
        (OFFERED, "Pink", 'the options "Red", "Grey", "Green", "Blue", "Blue"'),
        (OFFERED, "Grey", 'the options "Red", "Grey", "Green", "Blue", "Blue"'),
        ("<p>x</p>", "Pink", "no visible list"),
    ],
)
def test_an_option_that_no_list_offers_fails_with_the_choices(show, fails, body, value, found) -> None:
    """X-070, X-081."""
    show(body)
    failure = fails(f'I select option "{value}"')
    assert failure.expected == f'a visible list with an option "{value}" that can be selected'
    assert (failure.code, failure.found) == ("not-found", found)
