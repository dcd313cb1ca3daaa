"""Sentences that scroll inside elements, and lists that grow or change while they are scrolled."""

from cometa_runner.selectors import Resolution, run_script
from cometa_runner.selectors.acting import WITHOUT_EFFECT
from cometa_runner.selectors.look import IN_THE_MIDDLE, Look
from cometa_runner.selectors.resolution import counted
from cometa_runner.selectors.states import failure, not_in_state
from cometa_runner.steps import ElementNotFound, StepContext, StepFailure, step
from cometa_runner.steps.kinds import Number, Seconds, Selector
from cometa_runner.steps.values import number, seconds, whole_number

SCROLLABLE = "scrollable element"

_VISIBLE = Look(acting=True, condition="any", most=1)
_TO = "arguments[0].scrollTo({ top: arguments[1], behavior: 'instant' })"
_BY = "arguments[0].scrollBy({ left: arguments[1], top: arguments[2], behavior: 'instant' })"
# Scrolls most of a page down; tells whether that was possible.
_PAGE_DOWN = """
const before = arguments[0].scrollTop;
arguments[0].scrollBy({ top: Math.max(1, arguments[0].clientHeight * 0.8), behavior: "instant" });
return arguments[0].scrollTop > before;
"""
_TO_END = "arguments[0].scrollIntoView({ block: 'end', behavior: 'instant' })"

# How long a list may take to draw what was scrolled to.
_PAGE_SECONDS = 0.15


@step(
    'Scroll to "{amount}"px on element "{selector}"',
    category="scroll-window",
    example='Scroll to "300"px on element ".list"',
    amount="vertical position in px",
    selector=SCROLLABLE,
)
def scroll_element_to(context: StepContext, amount: Number, selector: Selector) -> None:
    """Scrolls inside the element to the vertical position."""
    _run_on(context, selector, _TO, float(number(amount, "amount")))


@step(
    'Scroll element "{selector}" by "{x_amount}"px on x-axis and "{y_amount}"px on y-axis',
    category="scroll-window",
    example='Scroll element ".grid" by "200"px on x-axis and "0"px on y-axis',
    selector=SCROLLABLE,
    x_amount="distance to the right, may be negative",
    y_amount="distance down, may be negative",
)
def scroll_element_by(context: StepContext, selector: Selector, x_amount: Number, y_amount: Number) -> None:
    """Scrolls inside the element by the two distances."""
    _run_on(context, selector, _BY, float(number(x_amount, "x_amount")), float(number(y_amount, "y_amount")))


def _run_on(context: StepContext, selector: str, script: str, *values: float) -> None:
    driver = context.driver
    context.elements.act(
        selector, context.deadline, lambda element, _facts: run_script(driver, script, element, *values), look=_VISIBLE
    )


@step(
    'Scroll to element with "{selector}" in AG Grid table "{scrollable_element_selector}"',
    category="scroll-window",
    example='Scroll to element with "text=Zoe" in AG Grid table ".viewport"',
    selector="element that appears while scrolling",
    scrollable_element_selector="scrolling container",
)
def scroll_list_to(context: StepContext, selector: Selector, scrollable_element_selector: Selector) -> None:
    """Scrolls a virtual list or table page by page until the element exists, stops at the end of the list."""
    driver, elements = context.driver, context.elements
    container = elements.act(
        scrollable_element_selector, context.deadline, lambda element, _facts: element, look=_VISIBLE
    )
    run_script(driver, _TO, container, 0)
    pages, patience = 1, _PAGE_SECONDS
    while True:
        found, last = elements.reaches(selector, "present", context.deadline.within(patience))
        if found:
            break
        context.deadline.check()
        if run_script(driver, _PAGE_DOWN, container):
            pages, patience = pages + 1, _PAGE_SECONDS
        elif patience == _PAGE_SECONDS:
            # The end may not be the end: lists that load more get the settle time for it.
            patience = max(patience, context.settings.settle_seconds)
        else:
            expected = f'element "{selector}" in the list "{scrollable_element_selector}"'
            raise failure(ElementNotFound, "not-found", expected, f"none on {pages} pages up to its end", last)
    elements.act(selector, context.deadline, lambda _element, _facts: None, look=IN_THE_MIDDLE)


@step(
    'Scroll to the last position of the desired element identified by "{xpath}" with maximum number of scrolls '
    '"{MaxScrolls}" and maximum time of  "{MaxTimeOfLife}"',
    category="scroll-window",
    example='Scroll to the last position of the desired element identified by "//li" with maximum number of scrolls '
    '"30" and maximum time of  "20"',
    waits="MaxTimeOfLife",
    xpath="elements that keep being added",
    MaxScrolls="at most this many scrolls",
    MaxTimeOfLife="at most this long",
)
def scroll_to_last(
    context: StepContext,
    xpath: Selector,
    MaxScrolls: Number,  # noqa: N803 - the name stored features use
    MaxTimeOfLife: Seconds,  # noqa: N803 - the name stored features use
) -> None:
    """Keeps scrolling to the last match of a growing page until nothing is added or a limit is reached."""
    most = whole_number(MaxScrolls, "MaxScrolls")
    if most < 0:
        raise StepFailure("bad-value", expected="MaxScrolls to be 0 or more", found=str(most))
    time = context.deadline.within(seconds(MaxTimeOfLife, "MaxTimeOfLife"))
    there, last = context.elements.watch(xpath, time, lambda found: found.visible > 0, first="xpath")
    if not there:
        raise not_in_state("visible", last)
    for scrolls in range(most + 1):
        grown = _grown(context, xpath, last) if scrolls else last
        if grown is None or scrolls == most or time.expired():
            context.detail(f"{counted(last.matches if grown is None else grown.matches)} after {scrolls} scrolls.")
            return
        last = grown
        _scroll_to_end(context, xpath, last)


def _scroll_to_end(context: StepContext, selector: str, found: Resolution) -> None:
    """Scroll to the last visible match; one that went away meanwhile is looked up again."""

    def accepts(now: Resolution) -> bool:
        try:
            run_script(context.driver, _TO_END, now.elements[: now.visible][-1])
        except (IndexError, *WITHOUT_EFFECT):
            return False
        return True

    if not accepts(found):
        context.elements.watch(selector, context.deadline, accepts, first="xpath")


def _grown(context: StepContext, selector: str, before: Resolution) -> Resolution | None:
    """Wait for more matches than before; give them, or None when nothing is added within the settle time."""
    patience = context.deadline.within(context.settings.settle_seconds)
    more, found = context.elements.watch(
        selector, patience, lambda found: found.matches > before.matches, first="xpath"
    )
    return found if more else None
