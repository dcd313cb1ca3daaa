"""Waiting for states and acting on elements (runner E, steps sections 6 and 7)."""

import threading
import time

import pytest

from cometa_runner.selectors import NotYet
from cometa_runner.steps import Cancelled, Deadline, ElementNotFound, ElementNotInState, StepFailure

pytestmark = pytest.mark.browser

SHORT = 0.6


def click(elements, selector: str, seconds: float = 2) -> None:
    elements.act(selector, Deadline(seconds), lambda element, _facts: element.click())


def test_a_page_that_renders_again_every_100_ms_can_be_clicked(show, chromium) -> None:
    """X-094."""
    elements = show("""<main></main><script>
      window.clicks = 0;
      const render = () => document.querySelector("main").innerHTML = "<button onclick='clicks++'>Buy</button>";
      render(); setInterval(render, 100);
    </script>""")
    for _round in range(5):
        click(elements, "Buy", seconds=20)
    assert chromium.execute_script("return window.clicks") == 5


def test_a_click_waits_until_the_element_is_there_enabled_and_free(show, chromium) -> None:
    elements = show("""<div id=cover style="position:fixed;inset:0;background:#fff8"></div><main></main><script>
      setTimeout(() => document.querySelector("main").innerHTML =
        "<button id=b disabled onclick='this.textContent = `clicked`'>B</button>", 150);
      setTimeout(() => document.getElementById("b").disabled = false, 300);
      setTimeout(() => document.getElementById("cover").remove(), 450);
    </script>""")
    click(elements, "#b")
    assert chromium.execute_script("return document.getElementById('b').textContent") == "clicked"
    assert elements.record.polls > 2


def test_an_element_far_away_is_scrolled_into_view(show, chromium) -> None:
    elements = show("<p style='height:5000px'></p><button id=b onclick='window.hit=1'>B</button>")
    click(elements, "#b")
    assert chromium.execute_script("return window.hit === 1 && scrollY > 3000")


def test_an_element_below_a_fixed_header_is_uncovered_by_scrolling(show, chromium) -> None:
    elements = show("""<div style="position:fixed;top:0;left:0;right:0;height:120px;background:#ccc">header</div>
      <button id=b style="margin-top:900px" onclick="window.hit=1">B</button><p style="height:3000px"></p>""")
    chromium.execute_script("scrollTo(0, 850)")
    click(elements, "#b")
    assert chromium.execute_script("return window.hit === 1")


def test_a_moving_element_is_clicked_when_it_rests(show, chromium) -> None:
    elements = show("""<style>@keyframes slide {from {transform: translateX(600px)}}
      #b {animation: slide .5s linear}</style><button id=b onclick="window.hit=1">B</button>""")
    begin = time.monotonic()
    click(elements, "#b")
    assert chromium.execute_script("return window.hit === 1")
    assert time.monotonic() - begin > 0.2


@pytest.mark.parametrize(
    ("body", "kind", "code", "found"),
    [
        ("<p>nothing</p>", ElementNotFound, "not-found", "no match"),
        ("<button id=b hidden>B</button>", ElementNotInState, "not-visible", "1 match, none visible"),
        ("<button id=b disabled>B</button>", ElementNotInState, "not-operable", '<button id="b"> disabled'),
        ("<fieldset disabled><input id=b></fieldset>", ElementNotInState, "not-operable", '<input id="b"> disabled'),
        ("<div id=b aria-disabled=true>B</div>", ElementNotInState, "not-operable", "disabled"),
        (
            "<button id=b>B</button><div id=veil style='position:fixed;inset:0'></div>",
            ElementNotInState,
            "covered",
            '<button id="b"> covered by <div id="veil">',
        ),
    ],
)
def test_an_element_that_cannot_be_operated_fails_with_the_reason(show, body, kind, code, found) -> None:
    """X-081, E.2."""
    elements = show(body)
    with pytest.raises(kind) as failure:
        click(elements, "#b", SHORT)
    assert failure.value.code == code
    assert found in failure.value.found
    text = str(failure.value)
    assert text.startswith('Expected an element "#b" that can be operated, found ')
    assert "Tried: css " in text
    assert "Waited 0." in text
    assert "Page: data:text/html" in text
    assert "Frame: top" in text


def test_strict_mode_refuses_several_visible_matches(show) -> None:
    """X-096."""
    body = "<button id=one>B</button><button id=two>B</button><button hidden>B</button>"
    with pytest.raises(StepFailure) as failure:
        click(show(body, strict=True), "B", SHORT)
    assert failure.value.code == "ambiguous"
    assert '2 visible matches: <button id="one">, <button id="two">' in failure.value.found
    click(show(body), "B")


def test_an_action_may_ask_for_another_look(show) -> None:
    elements = show("<p id=p>a</p>")
    seen = []

    def second_time(_element, facts) -> str:
        seen.append(facts.tag)
        if len(seen) < 2:
            raise NotYet("not-found", "two looks", "one")
        return "done"

    assert elements.act("#p", Deadline(2), second_time) == "done"
    assert seen == ["p", "p"]


def test_acting_hands_over_the_element(show) -> None:
    assert show("<button>B</button>").acting("B", Deadline(2)).tag_name == "button"


STATES_PAGE = """
<p id=shown>a</p><p id=hidden hidden>b</p><button id=on>c</button><button id=off disabled>d</button>
<input type=checkbox id=ticked checked><input type=checkbox id=empty>
<div role=switch aria-checked=true id=switch>s</div>
<input id=field><input id=fixed readonly><input id=focus autofocus>
<style>@keyframes run {from {margin-left: 0} to {margin-left: 500px}}
#runner {animation: run 3s linear infinite}</style>
<p id=runner>r</p><script>document.getElementById("focus").focus()</script>
"""


@pytest.mark.parametrize(
    ("selector", "state", "holds"),
    [
        ("#shown", "present", True),
        ("#none", "present", False),
        ("#none", "absent", True),
        ("//p[@id='none']", "absent", True),
        ("text=nowhere", "absent", True),
        ("#hidden", "absent", False),
        ("//p[@id='shown']", "absent", False),
        ("text=a", "absent", False),
        ("#shown", "visible", True),
        ("#hidden", "visible", False),
        ("#hidden", "hidden", True),
        ("#none", "hidden", False),
        ("#shown", "hidden", False),
        ("#hidden", "gone", True),
        ("#none", "gone", True),
        ("#shown", "gone", False),
        ("//p[@id='none']", "gone", True),
        ("text=a", "gone", False),
        ("#on", "enabled", True),
        ("#off", "enabled", False),
        ("#off", "disabled", True),
        ("#on", "disabled", False),
        ("#ticked", "checked", True),
        ("#switch", "checked", True),
        ("#empty", "checked", False),
        ("#empty", "unchecked", True),
        ("#ticked", "unchecked", False),
        ("#shown", "unchecked", False),
        ("#focus", "focused", True),
        ("#field", "focused", False),
        ("#field", "editable", True),
        ("#fixed", "editable", False),
        ("#on", "clickable", True),
        ("#off", "clickable", False),
        ("#runner", "clickable", False),
        ("#shown", "stable", True),
        ("#runner", "stable", False),
    ],
)
def test_every_state_in_both_outcomes(show, selector, state, holds) -> None:
    """Steps section 6, X-077."""
    elements = show(STATES_PAGE, settle_seconds=0.2)
    if holds:
        elements.wait_for(selector, state, Deadline(3))
        return
    with pytest.raises(StepFailure) as failure:
        elements.wait_for(selector, state, Deadline(0.3))
    assert failure.value.expected.startswith(f'element "{selector}" ')
    assert failure.value.found
    assert failure.value.waited_ms >= 300


def test_absence_needs_the_settle_time(show) -> None:
    """X-077: a thing that comes back restarts it."""
    elements = show(
        """<main></main><script>
      const main = document.querySelector("main");
      setTimeout(() => main.innerHTML = "<p id=x>x</p>", 200); setTimeout(() => main.innerHTML = "", 500);
    </script>""",
        settle_seconds=0.5,
    )
    begin = time.monotonic()
    elements.wait_for("#x", "absent", Deadline(5))
    assert time.monotonic() - begin > 0.8


def test_an_absence_that_fails_names_the_match(show) -> None:
    with pytest.raises(ElementNotInState) as failure:
        show("<p id=x class=error>bad</p>").wait_for(".error", "gone", Deadline(0.3))
    assert failure.value.found == '1 match, 1 visible: <p id="x" class="error">'
    assert failure.value.code == "assertion"


def test_a_wait_can_be_cancelled(show) -> None:
    """X-018."""
    cancel = threading.Event()
    elements = show("<p>a</p>")
    threading.Timer(0.2, cancel.set).start()
    begin = time.monotonic()
    with pytest.raises(Cancelled):
        elements.wait_for("#none", "present", Deadline(30, cancel))
    assert time.monotonic() - begin < 1


def test_an_open_dialog_fails_with_its_text_and_stays_open(show, chromium) -> None:
    """X-083, D.7."""
    elements = show("<p>a</p><script>setTimeout(() => alert('Are you there?'), 100)</script>")
    with pytest.raises(StepFailure) as failure:
        elements.wait_for("#none", "present", Deadline(5))
    assert failure.value.code == "dialog-open"
    assert "Are you there?" in str(failure.value)
    chromium.switch_to.alert.accept()


def test_a_closed_window_is_told(show, chromium) -> None:
    elements = show("<p>a</p>")
    main = chromium.current_window_handle
    chromium.switch_to.new_window("tab")
    chromium.close()
    try:
        with pytest.raises(StepFailure, match="it was closed"):
            elements.resolve("p")
    finally:
        chromium.switch_to.window(main)
