"""Sentences that point and click."""

import pytest

pytestmark = pytest.mark.browser

CLICKS = [
    'I move mouse to "{}" and click',
    'I can click on element with css selector "{}"',
    'I click on "{}"',
    'click on element with xpath "{}"',
]


@pytest.mark.parametrize("sentence", CLICKS)
@pytest.mark.parametrize("selector", ["#buy", "//button[@id='buy']", "text=Buy", "Buy", "css@@#buy"])
def test_every_click_takes_every_form_of_selector(show, say, js, sentence, selector) -> None:
    show("<p style='height:2000px'></p><button id=buy onclick='window.hit = event.isTrusted'>Buy</button>")
    say(sentence.format(selector))
    assert js("window.hit")


@pytest.mark.parametrize("sentence", CLICKS)
def test_every_click_that_cannot_be_done_says_why(show, fails, sentence) -> None:
    """X-070, X-081."""
    show("<button id=buy>Buy</button><div id=veil style='position:fixed;inset:0'></div>")
    failure = fails(sentence.format("#buy"))
    assert failure.code == "covered"
    assert failure.expected == 'an element "#buy" that can be operated'
    assert failure.found == '<button id="buy"> covered by <div id="veil">'
    assert fails(sentence.format("#none")).code == "not-found"


def test_a_link_with_the_text_beats_other_elements(show, say, js) -> None:
    show("<nav id='Sign'>x</nav><Sign>y</Sign><a href='#here'>Sign</a>")
    say('I click on "Sign"')
    assert js("location.hash") == "#here"


def test_the_pointer_rests_on_the_element(show, say, fails, js) -> None:
    show("<style>#menu:hover p {display: block} p {display: none}</style><div id=menu>Menu<p id=item>Item</p></div>")
    say('I move mouse over "#menu"')
    assert js("document.querySelector('#menu:hover') !== null")
    assert fails('I move mouse over "#none"').code == "not-found"


def test_the_pointer_may_rest_on_a_disabled_element(show, say) -> None:
    show("<button id=b disabled>B</button>")
    say('I move mouse over "#b"')


@pytest.mark.parametrize(
    "button",
    [
        "<button>Save</button>",
        "<button> <b>Save</b>\n</button>",
        "<input type=submit value=Save>",
        "<div role=button aria-label=Save>x</div>",
        "<button title=Save>x</button>",
        "<button name=Save>x</button>",
        "<button id=Save>x</button>",
        "<button data-action=Save>x</button>",
    ],
)
def test_a_button_is_found_by_what_it_is_called(show, say, js, button) -> None:
    show(f"<p>Save</p><button hidden>Save</button><main onclick='window.hit = 1'>{button}</main>")
    say('I can click on button "Save"')
    assert js("window.hit") == 1


def test_a_button_is_waited_for_until_it_is_enabled(show, say, fails, js) -> None:
    show("<button id=b disabled onclick='window.hit = 1'>Save</button>")
    assert fails('I can click on button "Save"').found == '<button id="b"> disabled'
    js("setTimeout(() => document.getElementById('b').disabled = false, 300)")
    say('I can click on button "Save"')
    assert js("window.hit") == 1


def test_a_missing_button_tells_what_was_tried(show, fails) -> None:
    show("<button>Save as</button>")
    failure = fails('I can click on button "Save"')
    assert failure.code == "not-found"
    assert failure.tried == ("button 0", "attribute 0")


GESTURES = [
    ('I move mouse to "{}" and double click', "dblclick"),
    ('I move mouse to "{}" and right-click', "contextmenu"),
]


@pytest.mark.parametrize(("sentence", "event"), GESTURES)
@pytest.mark.parametrize("selector", ["#cell", "//td[@id='cell']", "text=Cell"])
def test_other_buttons_and_double_clicks_are_real_events(show, say, js, sentence, event, selector) -> None:
    show("<p style='height:2000px'></p><table><tr><td id=cell>Cell</table>")
    js(f"document.getElementById('cell').addEventListener('{event}', (event) => window.hit = event.isTrusted)")
    say(sentence.format(selector))
    assert js("window.hit")


@pytest.mark.parametrize(("sentence", "_event"), GESTURES)
def test_a_gesture_that_cannot_be_done_says_why(show, fails, sentence, _event) -> None:
    """X-070, X-081."""
    show("<p id=p>P</p><div id=veil style='position:fixed;inset:0'></div>")
    failure = fails(sentence.format("#p"))
    assert (failure.code, failure.found) == ("covered", '<p id="p"> covered by <div id="veil">')
    failure = fails(sentence.format("#none"))
    assert (failure.expected, failure.found) == ('an element "#none" that can be operated', "no match")
