"""Sentences about what shows up for a moment or in frames."""

import pytest

pytestmark = pytest.mark.browser

CLICK = 'click on "{}" and assert element "{}" to "{}"'
TOAST = """<button id=save>Save</button><main></main><script>
save.onclick = () => {
  setTimeout(() => document.querySelector("main").innerHTML = "<p class=toast WHAT>Saved</p>", 60);
  setTimeout(() => document.querySelector("main").innerHTML = "", 90);
};</script>"""


@pytest.mark.parametrize("selector", [".toast", "//p[@class='toast']", "text=Saved"])
def test_what_shows_up_for_a_moment_is_seen(show, say, js, selector) -> None:
    show(TOAST)
    for _round in range(3):
        say(CLICK.format("#save", selector, "Appeared"))
    assert js("document[Symbol.for('cometa.watch')] === undefined")


def test_what_is_there_hidden_is_present_and_has_not_appeared(show, say, fails) -> None:
    """X-070, X-081."""
    show(TOAST.replace("WHAT", "hidden"))
    say(CLICK.format("#save", ".toast", "present"))
    failure = fails(CLICK.format("#save", ".toast", "appeared"))
    assert (failure.code, failure.expected, failure.found) == (
        "not-found", 'element ".toast" to be visible', "no match",
    )  # fmt: skip


def test_what_appears_in_the_next_document_is_seen(show, say, site) -> None:
    site.pages["/next"] = "<p class=toast>Saved</p>"
    show("<a id=save href=/next>Save</a>")
    say(CLICK.format("#save", ".toast", "appeared"))


@pytest.mark.parametrize(
    ("values", "code", "found"),
    [
        (("#none", ".toast", "appeared"), "not-found", "no match"),
        (("#save", "css=[", "appeared"), "bad-selector", None),
        (("#save", ".toast", "vanish"), "bad-value", '"vanish"'),
    ],
)
def test_wrong_values_fail_before_the_click(show, fails, js, values, code, found) -> None:
    show("<button id=save onclick='window.hit = 1'>Save</button>")
    failure = fails(CLICK.format(*values))
    assert failure.code == code
    assert found is None or failure.found == found
    assert js("window.hit || 0") == 0


LINK = 'I can see a link with "{}" in iframe'
FRAMES = """<a href=#>Top</a><iframe srcdoc="<p>first</p>"></iframe><iframe
 srcdoc="<a href=#>Help</a><a hidden href=#>Hidden</a><iframe srcdoc='<a href=#>Deep</a>'></iframe>"></iframe>"""


@pytest.mark.parametrize("text", ["Help", " Deep "])
def test_a_link_is_seen_in_any_frame_and_the_step_stays_where_it_was(show, say, text) -> None:
    show(FRAMES)
    say(LINK.format(text))
    say('I can see element with css selector "link=Top"')


@pytest.mark.parametrize("text", ["Top", "Hidden", "Hel"])
def test_a_link_that_no_frame_shows_fails(show, say, fails, text) -> None:
    """X-070, X-081."""
    show(FRAMES)
    failure = fails(LINK.format(text), timeout=0.5)
    assert (failure.code, failure.found) == ("not-found", "none in 3 frames")
    assert failure.expected == f'a visible link with the text "{text}" in a frame'
    say('I can see element with css selector "link=Top"')
    assert fails(LINK.format("")).code == "bad-value"
