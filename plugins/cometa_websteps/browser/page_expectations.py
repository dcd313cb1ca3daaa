"""Strict sentences about the page: what a person can read counts, and its address.

Contract: steps 7.5, last sentence.
"""

from cometa_runner.selectors import poll_page, run_script
from cometa_runner.selectors.states import failure
from cometa_runner.steps import ElementNotInState, StepContext, StepFailure, step
from cometa_runner.steps.comparison import OPERATORS, compare
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Option, Seconds, Text
from cometa_runner.steps.values import option
from cometa_runner.steps.values import seconds as read_seconds
from cometa_websteps.browser.page_text import shown_text, wait_until_shown

# Milliseconds from the beginning of the navigation to the end of the load; nothing before that.
_LOAD = """
const [navigation] = performance.getEntriesByType("navigation");
return navigation && navigation.loadEventEnd > 0 ? navigation.loadEventEnd : null;
"""


@step(
    'Page should show the text "{text}"',
    category="assertions",
    example='Page should show the text "Thank you"',
    text="text a person can read",
)
def page_should_show(context: StepContext, text: Text) -> None:
    """Waits until the text is really rendered (fields, labels and open shadow roots included, page source not)."""
    wait_until_shown(context, text)


@step(
    'Page should not show the text "{text}"',
    category="assertions",
    example='Page should not show the text "Internal error"',
    text="text that must not be readable",
)
def page_should_not_show(context: StepContext, text: Text) -> None:
    """Passes once the text has not been rendered for the settle time; fails when it still is at the deadline.

    Contract: X-077, X-078.
    """
    gone, last = context.elements.reaches(shown_text(text), "gone", context.deadline)
    if gone:
        return
    found = (
        f"it in {', '.join(last.described[: min(3, last.visible)])}" if last.visible else "a page that kept changing"
    )
    raise failure(ElementNotInState, "assertion", f"the text {quoted(text)} not to be shown", found, last)


@step(
    'Page address should be "{operator}" "{text}"',
    category="assertions",
    example='Page address should be "containing" "/checkout"',
    operator="comparison word, see the operator list in the step language",
    text="address or part of it",
)
def address_should_be(context: StepContext, operator: Option, text: Text) -> None:
    """Waits until the address of the current document satisfies the comparison.

    Contract: X-079.
    """
    driver = context.driver
    word = option(operator, OPERATORS, "operator")
    seen = [""]

    def question() -> bool | None:
        seen.append(run_script(driver, "return location.href"))
        return compare(seen[-1], word, text) or None

    if poll_page(context.deadline, question) is None:
        raise StepFailure(
            "assertion",
            expected=f"the address of the page to be {word} {quoted(text)}",
            found=quoted(seen[-1]),
            waited_ms=context.deadline.elapsed_ms(),
        )


@step(
    'Page should load within "{seconds}" seconds',
    category="assertions",
    example='Page should load within "3" seconds',
    waits="seconds",
    seconds="longest navigation time",
)
def page_should_load_within(context: StepContext, seconds: Seconds) -> None:
    """Reads the navigation timing of the current document and fails when the load took longer."""
    longest = read_seconds(seconds, "seconds")
    took: float | None = poll_page(context.deadline, lambda: run_script(context.driver, _LOAD))
    if took is None:
        raise StepFailure(
            "timeout",
            expected=f"a page that loads within {longest:g} s",
            found="it still loading",
            waited_ms=context.deadline.elapsed_ms(),
        )
    context.detail(f"The page was loaded in {took / 1000:.2f} s.")
    if took > longest * 1000:
        raise StepFailure("assertion", expected=f"a page that loads within {longest:g} s", found=f"{took / 1000:.2f} s")
