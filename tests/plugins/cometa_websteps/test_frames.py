"""Sentences for dialogs, windows and frames."""

import pytest

pytestmark = pytest.mark.browser

OK = "I can click OK on alert, confirm or prompt message"


@pytest.mark.parametrize("kind", ["alert", "confirm", "prompt"])
def test_a_dialog_is_waited_for_recorded_and_accepted(show, say, run, js, kind) -> None:
    """X-083."""
    show("<p>x</p>")
    js(f"setTimeout(() => window.answer = {kind}('Really?'), 200)")
    say(OK)
    assert run.details == ['The dialog says "Really?".']
    assert js("window.answer") == {"alert": None, "confirm": True, "prompt": ""}[kind]


def test_no_dialog_fails(show, fails) -> None:
    show("<p>x</p>")
    failure = fails(OK)
    assert (failure.code, failure.expected, failure.found) == ("not-found", "an open dialog", "none")


@pytest.mark.parametrize(
    "sentence",
    [
        'I can see "x"',
        'BrowserTitle is "x"',
        'I click on "x"',
        'Goto URL "/page"',
        "Press Enter",
        'Scroll to "1"px',
        'Run Javascript function "return 1"',
        "Reload page",
        "Return to the previous page",
        'Send keys "x"',
        "Press TAB",
        'Press the following set of keys "CTRL+A"',
        "Delete all cookies",
        "Maximize the browser",
        'I resize the browser to "900" x "700"',
        "I switch to defaultContent",
        'Page should show the text "x"',
        'Page should not show the text "y"',
        'Page address should be "containing" "page"',
        'Number of elements "p" should be "equal to" "1"',
        'On element "p" run javascript function "return 1"',
        'Check if "p" contains "x" in "color"',
        'Drag "p" and drop it in "p"',
    ],
)
def test_an_open_dialog_fails_other_sentences_with_its_text(show, say, fails, js, sentence) -> None:
    """X-083: the dialog sentence then works."""
    show("<p>x</p>")
    js("setTimeout(() => alert('Attention'), 0)")
    failure = fails(sentence)
    assert failure.code == "dialog-open"
    assert "Attention" in failure.found
    say(OK)


def test_windows_are_switched_and_closed(show, say, fails, run, js) -> None:
    show("<p>main</p>")
    main = run.driver.current_window_handle
    assert fails("I can switch to new Window").found == "only one"
    js("setTimeout(() => { open('/page?2'); open('/page?3'); }, 200)")
    say("I can switch to new Window")
    say("I can switch to main Window")
    assert run.driver.current_window_handle == main
    say("I can switch to new Window")
    assert run.driver.current_url.endswith("?3")
    say("I can close the window")
    assert run.driver.current_window_handle == main
    say("I can switch to new Window")
    assert run.driver.current_url.endswith("?2")
    say("I can close the window")
    failure = fails("I can close the window")
    assert (failure.code, failure.expected) == ("not-found", "another window to go on with")
    assert failure.found.startswith("none: it is the last one")
    assert run.driver.current_window_handle == main


FRAMES = """<iframe name=a srcdoc='<p>first</p>'></iframe>
<iframe id='pay: 1' class=c srcdoc='<p>second</p>'></iframe><p>top</p>"""


@pytest.mark.parametrize(
    "sentence",
    [
        'I can switch to iFrame with id "pay: 1"',
        'I can switch to iFrame with id "2"',
        'I can switch to iFrame with selector "iframe.c"',
        'I can switch to iFrame with selector "//iframe[2]"',
    ],
)
def test_a_frame_is_entered_and_left(show, say, fails, sentence) -> None:
    show(FRAMES)
    say(sentence)
    say('I can see element with css selector "text=second"')
    failure = fails('I can see element with css selector "text=top"', timeout=0.2)
    assert failure.frame != "top"
    say("I switch to defaultContent")
    say('I can see element with css selector "text=top"')


def test_a_frame_is_waited_for(show, say, js) -> None:
    show("<main></main>")
    js("setTimeout(() => document.querySelector('main').innerHTML = '<iframe id=f></iframe>', 300)")
    say('I can switch to iFrame with id "f"')


@pytest.mark.parametrize(
    ("sentence", "code", "found"),
    [
        ('I can switch to iFrame with id "none"', "not-found", "no match"),
        ('I can switch to iFrame with id "7"', "not-found", "no match"),
        ('I can switch to iFrame with id ""', "bad-value", "an empty text"),
        ('I can switch to iFrame with selector "p"', "not-operable", "<p>"),
        ('I can switch to iFrame with selector "#none"', "not-found", "no match"),
    ],
)
def test_a_missing_frame_fails(show, fails, sentence, code, found) -> None:
    show(FRAMES)
    failure = fails(sentence, timeout=0.3)
    assert (failure.code, failure.found) == (code, found)


DISMISS = "Dismiss the open dialog"
ANSWER = 'Answer the open dialog with "{}"'


@pytest.mark.parametrize(("kind", "answer"), [("alert", None), ("confirm", False), ("prompt", None)])
def test_a_dialog_is_dismissed(show, say, run, js, kind, answer) -> None:
    """X-083."""
    show("<p>x</p>")
    js(f"setTimeout(() => window.answer = {kind}('Really?'), 100)")
    say(DISMISS)
    assert run.details == ['The dialog says "Really?".']
    assert js("window.answer") == answer


@pytest.mark.parametrize("answer", ["Ada", "", 'a "b" ü'])
def test_a_prompt_is_answered(show, say, run, js, answer) -> None:
    """X-083."""
    show("<p>x</p>")
    js("setTimeout(() => window.answer = prompt('Your name?'), 100)")
    say(ANSWER.format(answer))
    assert run.details == ['The dialog says "Your name?".']
    assert js("window.answer") == answer


@pytest.mark.parametrize("sentence", [DISMISS, ANSWER.format("Ada")])
def test_without_a_dialog_there_is_nothing_to_answer(show, fails, sentence) -> None:
    show("<p>x</p>")
    failure = fails(sentence)
    assert (failure.code, failure.expected, failure.found) == ("not-found", "an open dialog", "none")


def test_a_dialog_that_takes_no_text_stays_open(show, say, fails, js) -> None:
    show("<p>x</p>")
    js("setTimeout(() => window.answer = confirm('Really?'), 0)")
    failure = fails(ANSWER.format("Ada"))
    assert (failure.code, failure.expected) == ("not-operable", "a dialog that takes a text")
    assert failure.found == 'one that only says "Really?"; it stays open'
    say(DISMISS)
    assert js("window.answer") is False


BY_NAME = 'I can switch to iFrame with name "{}"'


def test_a_frame_is_entered_by_its_name(show, say, fails, js) -> None:
    show("""<main></main><p>top</p><script>setTimeout(() => document.querySelector("main").innerHTML =
      '<iframe name="mail &quot;1&quot;" srcdoc="<p>inside</p>"></iframe>', 200)</script>""")
    say(BY_NAME.format('mail "1"'))
    say('I can see element with css selector "text=inside"')
    assert fails('I can see element with css selector "text=top"').frame == 'mail "1"'
    say("I switch to defaultContent")
    failure = fails(BY_NAME.format("other"))
    assert (failure.code, failure.expected, failure.found) == ("not-found", 'a frame "other"', "no match")
    assert fails(BY_NAME.format(" ")).code == "bad-value"


TITLED = 'Switch to the window titled "{}"'


def test_a_window_is_found_by_its_title(show, say, fails, site, run, js) -> None:
    for name in ("Invoice 12", "Invoice"):
        site.pages[f"/{name.replace(' ', '-')}"] = f"<title> {name} </title>"
    show("<p>main</p>")
    main = run.driver.current_window_handle
    js("setTimeout(() => { open('/Invoice-12'); open('/Invoice'); }, 100)")
    say(TITLED.format("Invoice"))
    assert run.driver.title == "Invoice"
    say(TITLED.format("voice 1"))
    assert run.driver.title == "Invoice 12"
    before = run.driver.current_window_handle
    failure = fails(TITLED.format("Receipt"), timeout=1)
    assert (failure.code, failure.expected) == ("not-found", 'a window titled "Receipt"')
    # Browsers list their windows in any order.
    assert set(failure.found.removeprefix("the titles ").split(", ")) == {'"Test page"', '"Invoice 12"', '"Invoice"'}
    assert run.driver.current_window_handle == before
    assert fails(TITLED.format("")).code == "bad-value"
    say(TITLED.format("Test page"))
    assert run.driver.current_window_handle == main
