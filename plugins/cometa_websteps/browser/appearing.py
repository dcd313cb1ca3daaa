"""Sentences that look for what shows up for a moment, or in a frame nobody has entered."""

from collections.abc import Iterator

from selenium.common.exceptions import NoSuchFrameException, StaleElementReferenceException

from cometa_runner.selectors import Query, Resolution, parse, poll_page, run_script
from cometa_runner.selectors.look import Look
from cometa_runner.selectors.polling import request_of, resolve_script
from cometa_runner.selectors.states import not_in_state
from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Option, Selector, Text
from cometa_runner.steps.values import option

APPEARED = "appeared"
PRESENT = "present"

_DEEPEST = 5
_FRAMES = Query("iframe", (("css", "iframe, frame"),), fixed=True)

# Looks at every change and at every frame of the picture until the thing was seen once or somebody ends it.
_WATCH = """
const look = function () {{ {script} }};
const [request, field] = arguments;
const state = {{ seen: false, over: false }};
const check = () => {{
  if (state.seen || state.over) return;
  state.seen = look(request)[field] > 0;
  if (state.seen) observer.disconnect();
}};
const observer = new MutationObserver(check);
observer.observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }});
const everyFrame = () => {{
  check();
  if (!state.seen && !state.over) requestAnimationFrame(everyFrame);
}};
state.end = () => {{ state.over = true; observer.disconnect(); }};
document[Symbol.for("cometa.watch")] = state;
requestAnimationFrame(everyFrame);
"""
_SEEN = "const state = document[Symbol.for('cometa.watch')]; return state ? state.seen : null"
_END = """
const state = document[Symbol.for('cometa.watch')];
if (state) { state.end(); delete document[Symbol.for('cometa.watch')]; }
"""


@step(
    'click on "{click_element}" and assert element "{wait_element}" to "{appeared_or_present}"',
    category="assertions",
    example='click on "#save" and assert element ".toast" to "appeared"',
    click_element="element to click",
    wait_element="element expected afterwards",
    appeared_or_present="`appeared` (visible) or `present`",
)
def click_and_see(
    context: StepContext, click_element: Selector, wait_element: Selector, appeared_or_present: Option
) -> None:
    """Starts watching for the second element, clicks the first and passes if the second showed up before the deadline.

    Showing up for a moment is enough.
    """
    word = option(appeared_or_present, (APPEARED, PRESENT), "appeared_or_present")
    state = "visible" if word == APPEARED else "present"
    query = parse(wait_element)
    # An invalid selector fails here: the watcher in the page could not tell anybody.
    poll_page(context.deadline, lambda: context.elements.resolve(query))
    driver = context.driver
    request = request_of(query, Look(most=0), context.settings.testid)
    watch = _WATCH.format(script=resolve_script())
    run_script(driver, watch, request, "visible" if state == "visible" else "matches")
    try:
        context.elements.act(click_element, context.deadline, lambda element, _facts: element.click())
        _wait_until_seen(context, query, state)
    finally:
        poll_page(context.deadline.within(0), lambda: run_script(driver, _END) or True)


def _wait_until_seen(context: StepContext, query: Query, state: str) -> None:
    """Ask the watcher; where the click led to another document, which has none, look there."""

    def seen(found: Resolution) -> bool:
        now = found.visible if state == "visible" else found.matches
        return now > 0 or bool(run_script(context.driver, _SEEN))

    appeared, last = context.elements.watch(query, context.deadline, seen, look=Look(most=5))
    if not appeared:
        raise not_in_state(state, last)


@step(
    'I can see a link with "{linktext}" in iframe',
    category="assertions",
    example='I can see a link with "Help" in iframe',
    linktext="exact link text",
)
def see_link_in_frame(context: StepContext, linktext: Text) -> None:
    """Looks for the link in every frame of the current document and returns to the frame it started in."""
    if not linktext.strip():
        raise StepFailure("bad-value", expected="the text of a link", found="an empty text")
    link = Query(linktext, (("link", linktext),), fixed=True)
    frames = 0

    def question() -> bool | None:
        nonlocal frames
        looks = list(_in_frames(context, link, _DEEPEST))
        frames = len(looks)
        return True if any(looks) else None

    if poll_page(context.deadline, question) is None:
        raise StepFailure(
            "not-found",
            expected=f"a visible link with the text {quoted(linktext.strip())} in a frame",
            found=f"none in {frames} frames",
            waited_ms=context.deadline.elapsed_ms(),
        )


def _in_frames(context: StepContext, link: Query, deepest: int) -> Iterator[bool]:
    """Tell for each frame below the current one whether it shows the link."""
    driver = context.driver
    for frame in context.elements.resolve(_FRAMES).elements if deepest else ():
        try:
            driver.switch_to.frame(frame)
        except (NoSuchFrameException, StaleElementReferenceException):
            continue  # it has gone since the look
        try:
            yield context.elements.resolve(link).visible > 0
            yield from _in_frames(context, link, deepest - 1)
        finally:
            driver.switch_to.parent_frame()
