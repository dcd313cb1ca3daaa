"""Strict sentences about the page (steps 7.5)."""

import time

import pytest

pytestmark = pytest.mark.browser

SHOW, NOT_SHOW = 'Page should show the text "{}"', 'Page should not show the text "{}"'
PAGE = """<h1>Order <b>confirmed</b></h1><p hidden>hidden words</p><p style="opacity:0">clear words</p>
<p style="visibility:hidden">invisible words</p><!-- comment words --><script>"script words"</script>
<p title="title words" aria-label="label words" class="class-words">x</p>
<label for=f>Your name</label><input id=f value="Ada Byron"><textarea>some lines</textarea>
<input placeholder="your city"><input type=password value="s3cr3t words"><input type=hidden value="unsent words">
<select><option>first choice<option selected>second choice</select><select multiple><option>open choice</select>
<input type=submit value="Send it"><details><summary>More</summary><p>folded words</p></details>
<p style="text-transform:uppercase">loud words</p><table><tr><td>Total<td>42</table><div id=h></div>
<script>h.attachShadow({mode: "open"}).innerHTML = "<p>" + ["shadow", "text"].join(" ") + "</p>"</script>"""

READABLE = [
    "Order confirmed", "rder conf", "Your name", "Ada Byron", "some lines", "your city", "second choice", "open choice",
    "Send it", "LOUD WORDS", "Total 42", "shadow text", "shadow \n text",
]  # fmt: skip
UNREADABLE = [
    "hidden words", "clear words", "invisible words", "comment words", "script words", "title words", "label words",
    "class-words", "s3cr3t words", "unsent words", "first choice", "folded words", "loud words", "order confirmed",
]  # fmt: skip


@pytest.fixture
def shown(site, run, show):
    """Give a function that opens the page where it is not open: nothing here changes it."""

    def shown() -> None:
        if run.driver.current_url != f"{site.url}/readable":
            show(PAGE, "/readable")

    return shown


@pytest.mark.parametrize("text", READABLE)
def test_a_text_that_a_person_can_read_is_shown(shown, say, fails, text) -> None:
    """X-070, X-077."""
    shown()
    say(SHOW.format(text))
    failure = fails(NOT_SHOW.format(text), timeout=0.2)
    assert (failure.code, failure.expected) == ("assertion", f'the text "{text}" not to be shown')
    assert failure.found.startswith("it in <")


@pytest.mark.parametrize("text", UNREADABLE)
def test_a_text_that_nobody_can_read_is_not_shown(shown, say, fails, text) -> None:
    """X-070, X-077: the page source does not count."""
    shown()
    say(NOT_SHOW.format(text))
    failure = fails(SHOW.format(text), timeout=0.2)
    assert failure.expected == f'the text "{text}" to be shown'
    assert failure.code in {"assertion", "not-visible"}


def test_a_text_is_waited_for_and_a_similar_one_is_named(show, say, fails, js) -> None:
    """X-081."""
    show("<p id=p>loading</p><p style='opacity:0'>clear</p>")
    js("setTimeout(() => p.textContent = 'Thank you', 200)")
    say(SHOW.format("Thank you"))
    failure = fails(SHOW.format("Thank  yuo"))
    assert (failure.code, failure.found) == ("assertion", 'the similar text "Thank you"')
    assert failure.tried == ("shown 0",)
    failure = fails(SHOW.format("clear"))
    assert (failure.code, failure.found) == ("not-visible", "1 match, none visible: <p>")


def test_a_text_that_goes_is_waited_for_and_one_that_comes_late_is_noticed(show, say, fails) -> None:
    """X-077."""
    show("<p id=x>busy</p><script>setTimeout(() => x.remove(), 300)</script>")
    begin = time.monotonic()
    say(NOT_SHOW.format("busy"))
    assert time.monotonic() - begin > 0.6
    show("<p id=x></p><script>setTimeout(() => x.textContent = 'Internal error', 150)</script>")
    assert fails(NOT_SHOW.format("Internal error"), timeout=0.8).found == 'it in <p id="x">'


@pytest.mark.parametrize("sentence", [SHOW, NOT_SHOW])
def test_no_text_is_nothing_to_look_for(fails, sentence) -> None:
    assert fails(sentence.format(" ")).code == "bad-value"


ADDRESS = 'Page address should be "{}" "{}"'


@pytest.mark.parametrize(
    ("operator", "text"),
    [
        ("containing", "/page?"),
        ("ending with", "#top"),
        ("Not Containing", "error"),
        ("matching", r"http://.*/page\?a=1#top"),
        ("equal to", "{url}/page?a=1#top"),
    ],
)
def test_the_address_satisfies_a_comparison(show, say, js, site, operator, text) -> None:
    show("x")
    js("setTimeout(() => history.pushState(1, '', '?a=1#top'), 150)")
    if operator == "Not Containing":
        js("history.pushState(1, '', '?a=1#top')")
    say(ADDRESS.format(operator, text.replace("{url}", site.url)))


def test_the_address_of_a_frame_counts_inside_it(show, say) -> None:
    show("<iframe id=f src='/inner'></iframe>")
    say('I can switch to iFrame with id "f"')
    say(ADDRESS.format("ending with", "/inner"))


@pytest.mark.parametrize(
    ("operator", "text", "code", "expected"),
    [
        ("containing", "/checkout", "assertion", 'the address of the page to be containing "/checkout"'),
        ("like", "/page", "bad-value", "operator to be one of "),
        ("matching", "(", "bad-value", "a regular expression"),
        ("less than", "3", "bad-value", "decimal numbers on both sides of the comparison"),
    ],
)
def test_another_address_fails_with_the_one_found(show, fails, site, *, operator, text, code, expected) -> None:
    """X-070, X-079, X-081."""
    show("x")
    failure = fails(ADDRESS.format(operator, text))
    assert failure.code == code
    assert failure.expected.startswith(expected)
    if code == "assertion":
        assert failure.found == f'"{site.url}/page"'


WITHIN = 'Page should load within "{}" seconds'


def test_a_load_is_measured(show, say, fails, run) -> None:
    show("x")
    say(WITHIN.format("3"))
    assert run.details[0].startswith("The page was loaded in 0.")
    failure = fails(WITHIN.format("0.001"))
    assert (failure.code, failure.expected) == ("assertion", "a page that loads within 0.001 s")
    assert failure.found.endswith(" s")
    assert fails(WITHIN.format("soon")).code == "bad-value"
