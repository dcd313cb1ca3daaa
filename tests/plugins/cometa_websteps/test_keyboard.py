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
