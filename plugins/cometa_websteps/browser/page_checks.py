"""Sentences that check what a page shows."""

from cometa_runner.selectors import poll_page
from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Text
from cometa_websteps.browser.page_text import wait_for_text
from cometa_websteps.meanings import MARKUP


@step(
    'BrowserTitle is "{browserTitle}"',
    category="assertions",
    example='BrowserTitle is "My shop"',
    browserTitle="expected title",
)
def title_is(context: StepContext, browserTitle: Text) -> None:  # noqa: N803 - the name stored features use
    """Waits until the title of the tab equals the text (outer blanks trimmed, case matters)."""
    driver = context.driver
    seen = [""]

    def question() -> bool | None:
        seen.append(driver.title.strip())
        return True if seen[-1] == browserTitle.strip() else None

    if poll_page(context.deadline, question) is None:
        raise StepFailure(
            "assertion",
            expected=f"the title {quoted(browserTitle)}",
            found=quoted(seen[-1]),
            waited_ms=context.deadline.elapsed_ms(),
        )


@step(
    'I can see "{something}" on page',
    category="assertions",
    example='I can see "Order confirmed" on page',
    something=MARKUP,
)
@step('I can see "{something}"', category="assertions", example='I can see "Welcome back"', something=MARKUP)
@step(
    'wait until I can see "{something}" on page',
    category="waiting",
    example='wait until I can see "Ready" on page',
    something=MARKUP,
)
def see_text(context: StepContext, something: Text) -> None:
    """Waits until the rendered text of the current document contains the value, else its page source does.

    Waits up to the step timeout; the step records which of the two it was.
    """
    wait_for_text(context, something)
