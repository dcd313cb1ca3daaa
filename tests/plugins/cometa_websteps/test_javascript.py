"""The sentence that runs code with an element (the one without is tested beside variables)."""

import pytest

pytestmark = pytest.mark.browser

RUN = 'On element "{}" run javascript function "{}"'


@pytest.mark.parametrize(
    ("selector", "code", "returned"),
    [
        ("#q", "return arguments[0].value", "old"),
        ("//input", "return arguments.length", "1"),
        ("name=query", "arguments[0].value = 'new'", ""),
        ("#hidden", "return arguments[0].textContent", "hidden words"),
        ("#q", "return new Promise((done) => setTimeout(() => done(arguments[0].id), 50))", "q"),
        ("#q", "const a = [1,\n2];\nreturn {a}", '{"a":[1,2]}'),
    ],
)
def test_code_runs_with_the_element_and_without_a_click(show, say, run, js, *, selector, code, returned) -> None:
    show("<input id=q name=query value=old onclick='window.clicked = 1'><p id=hidden hidden>hidden words</p>")
    say(RUN.format(selector, code))
    assert run.variables.expand("%js_return") == returned
    assert js("window.clicked || null") is None


def test_the_element_is_waited_for(show, say, js) -> None:
    show("<main></main>")
    js("setTimeout(() => document.querySelector('main').innerHTML = '<p id=late>late</p>', 200)")
    say(RUN.format("#late", "arguments[0].textContent = 'seen'"))
    assert js("document.getElementById('late').textContent") == "seen"


def test_code_runs_once_though_the_page_renders_again(show, say, js) -> None:
    """X-094; steps 7.6: a second attempt only when the first had no effect."""
    show("""<main></main><script>window.runs = 0;
      const render = () => document.querySelector("main").innerHTML = "<p id=p>p</p>";
      render(); setInterval(render, 50);</script>""")
    for _round in range(10):
        say(RUN.format("#p", "window.runs += 1"))
    assert js("window.runs") == 10


@pytest.mark.parametrize(
    ("selector", "code", "kind", "expected", "found"),
    [
        ("#none", "return 1", "not-found", 'element "#none" to be present', "no match"),
        ("#p", "throw new Error('no stock')", "script-error", "the code to run without an error", "no stock"),
        ("#p", "return (", "script-error", "the code to run without an error", "Unexpected token"),
        ("#p", "return new Promise(() => {})", "timeout", "the code to end within 0.4 s", "it still running"),
        (
            "#p",
            "window.runs = (window.runs || 0) + 1; arguments[0].remove(); return arguments[0]",
            "script-error",
            "the code to return a value",
            "that it returned an element that is no longer in the page",
        ),
    ],
)
def test_code_that_fails_with_an_element_says_why(show, fails, js, *, selector, code, kind, expected, found) -> None:
    """X-070, X-081."""
    show("<p id=p>p</p>")
    failure = fails(RUN.format(selector, code), timeout=0.4)
    assert (failure.code, failure.expected) == (kind, expected)
    assert found in failure.found
    assert js("window.runs || 1") == 1
