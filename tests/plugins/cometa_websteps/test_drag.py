"""The sentence that drags (steps 7.6)."""

import pytest

pytestmark = pytest.mark.browser

BOARD = """<style>body {margin: 0} div {width: 120px; height: 60px; margin: 20px; border: 1px solid}</style>
<div id=card>card</div><div id=list>list</div><div id=hidden hidden>hidden</div>"""

BY_POINTER = """<script>
let held = null, ways = 0;
card.onpointerdown = () => { held = card; };
addEventListener("pointermove", () => ways += Boolean(held));
addEventListener("pointerup", (event) => {
  if (held && ways > 1 && list.contains(event.target) && event.isTrusted) list.append(card);
  held = null;
});
</script>"""

NATIVE = """<script>
window.log = [];
card.draggable = true;
card.ondragstart = (event) => event.dataTransfer.setData("text/plain", "card");
card.ondragend = () => log.push("end");
list.ondragover = (event) => event.preventDefault();
list.ondrop = (event) => {
  event.preventDefault();
  log.push("drop", event.isTrusted);
  list.append(document.getElementById(event.dataTransfer.getData("text/plain")));
};
</script>"""

DRAG = 'Drag "{}" and drop it in "{}"'


@pytest.mark.parametrize("selectors", [("#card", "#list"), ("//div[@id='card']", "text=list")])
@pytest.mark.parametrize("page", [BY_POINTER, NATIVE])
def test_an_element_is_dragged_with_the_real_pointer(show, say, js, run, page, selectors) -> None:
    show(BOARD + page)
    say(DRAG.format(*selectors))
    assert js("list.contains(card)")
    assert run.details == []
    assert run.elements.record.given == selectors[0]


def test_the_events_of_a_real_drag_are_trusted_and_come_once(show, say, js) -> None:
    show(BOARD + NATIVE)
    say(DRAG.format("#card", "#list"))
    assert js("log") == ["drop", True, "end"]


@pytest.mark.parametrize("page", [BY_POINTER, NATIVE])
def test_a_place_beyond_the_window_is_scrolled_to(show, say, js, run, page) -> None:
    show(BOARD + "<style>#list {margin-top: 3000px}</style>" + page)
    say(DRAG.format("#card", "#list"))
    assert js("list.contains(card)")
    assert run.details == []


def test_a_native_drag_that_the_pointer_cannot_begin_is_played_with_events(show, say, js, run) -> None:
    show(
        BOARD
        + NATIVE
        + """<script>let tries = 0;
      card.addEventListener("dragstart", (event) => { if (!tries++) event.preventDefault(); }, true)</script>"""
    )
    say(DRAG.format("#card", "#list"))
    assert js("list.contains(card)")
    assert js("log") == ["drop", False, "end"]
    assert run.details == ["The pointer moved nothing, so the page was sent the events of a drag."]


def test_a_drag_that_moves_nothing_of_its_own_is_told(show, say, js, run) -> None:
    show(BOARD + "<script>list.onpointerup = () => window.dropped = 1</script>")
    say(DRAG.format("#card", "#list"))
    assert js("window.dropped") == 1
    assert run.details == ["The element is where it was: only the page knows what came of the drag."]


def test_a_place_that_does_not_take_it_fails(show, fails) -> None:
    """X-070, X-081."""
    show(BOARD + "<script>card.draggable = true</script>")
    failure = fails(DRAG.format("#card", "#list"))
    assert failure.code == "assertion"
    assert failure.expected == '<div id="card"> to be dropped in <div id="list">'
    assert failure.found == "that it is not taken there: nothing moved"


@pytest.mark.parametrize(
    ("source", "target", "code", "expected", "found"),
    [
        ("#none", "#list", "not-found", 'an element "#none" that can be operated', "no match"),
        ("#card", "#none", "not-found", 'an element "#none" to drop on', "no match"),
        ("#card", "#hidden", "not-visible", 'an element "#hidden" to drop on', "1 match, none visible"),
        ("#card", "css=[", "bad-selector", 'the selector "css=[" to be valid', "css: "),
    ],
)
def test_missing_elements_fail(show, fails, *, source, target, code, expected, found) -> None:
    show(BOARD)
    failure = fails(DRAG.format(source, target))
    assert (failure.code, failure.expected) == (code, expected)
    assert failure.found.startswith(found)


def test_a_place_that_comes_later_is_waited_for(show, say, js) -> None:
    show(BOARD + BY_POINTER + "<script>list.hidden = true; setTimeout(() => list.hidden = false, 200)</script>")
    say(DRAG.format("#card", "#list"))
    assert js("list.contains(card)")
