"""Sentences that type."""

import pytest

pytestmark = pytest.mark.browser

LOG = """<script>
window.log = [];
for (const type of ["input", "change", "keydown"]) addEventListener(type, (event) => log.push(type), true);
</script>"""


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("<input id=f value=old>", "new text"),
        ("<input id=f value=old>", ""),
        ("<input id=f>", ""),
        ("<input id=f>", 'quotes " and \\ and $ %'),
        ("<input id=f>", "Grüße, 世界"),
        ("<input id=f>", "emoji 🎉 and\ttab"),
        ("<input id=f type=password value=old>", "s3cr3t"),
        ("<input id=f type=number value=1>", "42.5"),
        ("<input id=f type=email>", "ada@example.org"),
        ("<input id=f type=date>", "2026-01-31"),
        ("<input id=f type=time value=10:00>", "23:59"),
        ("<input id=f type=color>", "#ff0000"),
        ("<input id=f type=range max=10>", "7"),
        ("<textarea id=f>old\nlines</textarea>", "two\nlines\n\nand more"),
        ("<select id=f><option>a<option>b</select>", "b"),
    ],
)
def test_a_field_holds_exactly_the_new_text(show, say, js, field, text) -> None:
    """X-076, X-056."""
    show(LOG + field)
    say(f'Set value "{text}" on "#f"')
    assert js("document.getElementById('f').value") == text
    assert js("log.includes('change')")
    assert js("log.includes('input')") or not text


def test_typing_presses_real_keys_and_fires_input_for_each(show, say, js) -> None:
    show(LOG + "<input id=f value=old>")
    say('Set value "abc" on "#f"')
    assert js("log") == ["keydown", "input"] * 3 + ["change"]


@pytest.mark.parametrize("text", ["new", "two\nlines", "🎉", ""])
def test_an_editable_element_holds_exactly_the_new_text(show, say, js, text) -> None:
    show("<div id=f contenteditable>old <b>text</b></div>")
    say(f'Set value "{text}" on "#f"')
    assert js("document.getElementById('f').innerText").rstrip("\n") == text


def test_a_field_is_found_by_its_label(show, say, js) -> None:
    """X-091."""
    show("<label for=f>Your name</label><input id=f>")
    say('Set value "Ada" on "Your name"')
    assert js("document.getElementById('f').value") == "Ada"


def test_a_first_attempt_that_is_disturbed_is_followed_by_a_clean_second(show, say, js) -> None:
    """X-076: never a double entry."""
    show("""<input id=f value=old><script>
      let disturb = true;
      f.addEventListener("keydown", (event) => {
        if (disturb && event.key === "c") { disturb = false; f.value = ""; }
      });
    </script>""")
    say('Set value "abcd" on "#f"')
    assert js("f.value") == "abcd"


def test_a_field_that_renders_again_while_typing_still_gets_the_text(show, say, js) -> None:
    """X-076, X-094."""
    show("""<main></main><script>
      const render = () => document.querySelector("main").innerHTML = "<input id=f value=old>";
      window.done = 0;
      render();
      document.querySelector("main").addEventListener("focusin", () => { if (!done) { done = 1; render(); } });
    </script>""")
    say('Set value "abcd" on "#f"')
    assert js("document.getElementById('f').value") == "abcd"


def test_a_field_that_changes_the_text_fails_with_both_texts(show, fails) -> None:
    """X-081."""
    show("<input id=f oninput='this.value = this.value.toUpperCase()'>")
    failure = fails('Set value "abc" on "#f"')
    assert failure.code == "assertion"
    assert failure.expected == '<input id="f"> to hold "abc"'
    assert failure.found == '"ABC" after two attempts'


@pytest.mark.parametrize("sentence", ['Set value "x" on "#f"', 'Clear value on "#f"'])
@pytest.mark.parametrize(
    ("field", "code", "found"),
    [
        ("<input id=f readonly>", "not-operable", '<input id="f">, which is read-only or no field'),
        ("<input id=f disabled>", "not-operable", '<input id="f"> disabled'),
        ("<p id=f>text</p>", "not-operable", '<p id="f">, which is read-only or no field'),
        ("<input id=f hidden>", "not-visible", "1 match, none visible"),
        ("", "not-found", "no match"),
    ],
)
def test_only_editable_elements_are_written_to(show, fails, sentence, field, code, found) -> None:
    show(field)
    failure = fails(sentence, timeout=0.3)
    assert (failure.code, failure.found) == (code, found)


def test_a_field_is_emptied(show, say, js) -> None:
    show(LOG + "<input id=f value=old>")
    say('Clear value on "#f"')
    assert js("document.getElementById('f').value") == ""
    assert js("log.includes('input') && log.includes('change')")


def test_a_field_that_refills_itself_cannot_be_emptied(show, fails) -> None:
    show("<input id=f value=old oninput='this.value = this.value || `0`'>")
    failure = fails('Clear value on "#f"')
    assert failure.found == '"0" after two attempts'


def test_keys_go_to_the_element_with_the_focus(show, say, js) -> None:
    show("<textarea id=f autofocus></textarea><input id=g onkeydown='window.key = event.key'>")
    js("document.getElementById('f').focus()")
    say('Send keys "one\ntwo"')
    assert js("document.getElementById('f').value") == "one\ntwo"
    say('Send keys "BACKSPACE"')
    assert js("document.getElementById('f').value") == "one\ntw"
    say("Press TAB")
    assert js("document.activeElement.id") == "g"
    for name, key in (("ESC", "Escape"), ("F5", "F5"), ("ARROW_DOWN", "ArrowDown"), ("home", "e")):
        say(f'Send keys "{name}"')
        assert js("window.key") == key
    assert js("document.getElementById('g').value") == "home"


def test_enter_sends_a_form(show, say, js) -> None:
    show("<form action='#sent' onsubmit='window.sent = 1; return false'><input id=f></form>")
    say('Set value "x" on "#f"')
    say("Press Enter")
    assert js("window.sent") == 1


@pytest.mark.parametrize(
    ("field", "text", "content"),
    [
        ("<input id=f value=old>", "new", "new"),
        ("<input id=f value=old>", "", ""),
        ("<input id=f value=old oninput='this.value = this.value.toUpperCase()'>", "abc", "ABC"),
        ("<textarea id=f>old</textarea>", "two\nlines", "two\nlines"),
    ],
)
def test_a_content_is_set_without_a_look_at_the_result(show, say, js, field, text, content) -> None:
    show(LOG + field)
    say(f'Set value "{text}" on "#f" and do not check the value')
    assert js("document.getElementById('f').value") == content
    assert js("log.filter((type) => type === 'change').length") == 1


@pytest.mark.parametrize(
    ("field", "code", "found"),
    [
        ("<input id=f readonly>", "not-operable", '<input id="f">, which is read-only or no field'),
        ("", "not-found", "no match"),
    ],
)
def test_an_element_that_never_becomes_editable_fails_unchecked_too(show, fails, field, code, found) -> None:
    show(field)
    failure = fails('Set value "x" on "#f" and do not check the value')
    assert (failure.code, failure.expected, failure.found) == (code, 'an element "#f" that can be operated', found)


@pytest.mark.parametrize("selector", ["#f", "name=query", "Your query", "//input"])
def test_the_focus_is_given_and_checked(show, say, js, selector) -> None:
    show("<p style='height:3000px'></p><label for=f>Your query</label><input id=f name=query>")
    say(f'Focus on element with "{selector}"')
    assert js("document.activeElement.id") == "f"
    assert js("scrollY > 1000")


@pytest.mark.parametrize(
    ("body", "code", "expected", "found"),
    [
        ("<p id=f>text</p>", "not-operable", '<p id="f"> to take the focus', "the focus on <body>"),
        (
            "<input id=g><input id=f onfocus='g.focus()'>",
            "not-operable",
            '<input id="f"> to take the focus',
            "the focus on <input>",
        ),
        ("", "not-found", 'an element "#f" that can be operated', "no match"),
    ],
)
def test_an_element_that_does_not_take_the_focus_fails(show, fails, body, code, expected, found) -> None:
    """X-070, X-081."""
    show(body)
    failure = fails('Focus on element with "#f"')
    assert (failure.code, failure.expected, failure.found) == (code, expected, found)


CHORDS = "<textarea id=f>some text</textarea><script>document.getElementById('f').focus()</script>"


@pytest.mark.parametrize(
    ("keys", "content"),
    [
        ("CTRL+A;DELETE", ""),
        ("ctrl+a ; Del", ""),
        ("Control + A; BACKSPACE; a; B; PLUS; SEMICOLON", "aB+;"),
        ("HOME;SHIFT+END;DELETE;Shift+a;SPACE;1", "A 1"),
        ("END;ENTER;x;y", "some text\nxy"),
        ("END;BACKSPACE;BACKSPACE", "some te"),
        ("END;é;世", "some texté世"),
    ],
)
def test_chords_are_pressed_in_the_element_with_the_focus(show, say, js, keys, content) -> None:
    show(CHORDS)
    say(f'Press the following set of keys "{keys}"')
    assert js("document.getElementById('f').value") == content


def test_the_keys_of_a_chord_are_held_together_and_let_go(show, say, js) -> None:
    show(
        CHORDS + "<script>window.log = []; for (const type of ['keydown', 'keyup']) addEventListener(type, (event) => "
        "log.push(type + event.key + event.ctrlKey + event.shiftKey), true)</script>"
    )
    say('Press the following set of keys "CTRL+SHIFT+F8"')
    assert js("log") == [
        "keydownControltruefalse", "keydownShifttruetrue", "keydownF8truetrue",
        "keyupF8truetrue", "keyupShifttruefalse", "keyupControlfalsefalse",
    ]  # fmt: skip
