"""Sentences that compare the look of pages with pictures that somebody approved."""

from cometa_runner.steps import StepContext, step
from cometa_runner.steps.kinds import Selector, Text

CATEGORY = "visual"
NAME = "name of the picture within the feature"


@step(
    'Page should look like picture "{name}"',
    category=CATEGORY,
    example='Page should look like picture "basket"',
    name=NAME,
)
def page_should_look_like(context: StepContext, name: Text) -> None:
    """Takes a stable picture of the viewport and compares it with the baseline of this name; differences beyond the
    threshold (0 pixels unless set) fail.

    Contract: runner F.5.
    """  # noqa: D205 - the summary of the contract is one long sentence
    context.pictures.check(name)


@step(
    'Element "{selector}" should look like picture "{name}"',
    category=CATEGORY,
    example='Element "#logo" should look like picture "logo"',
    selector="element to picture",
    name=NAME,
)
def element_should_look_like(context: StepContext, selector: Selector, name: Text) -> None:
    """Same for the box of one element.

    Contract: runner F.5.
    """
    context.pictures.check(name, selector)


@step(
    'Leave "{selector}" out of picture comparisons',
    category=CATEGORY,
    example='Leave ".ad" out of picture comparisons',
    selector="elements to ignore; empty ends the rule",
)
def leave_out(context: StepContext, selector: Selector) -> None:
    """Ignores the boxes of all matches in every later comparison of this feature run.

    Contract: X-107.
    """
    context.pictures.leave_out(selector)


@step(
    'Pictures may differ by "{limit}" from here on',
    category=CATEGORY,
    example='Pictures may differ by "0.1%" from here on',
    limit="pixels such as 200, or a share such as 0.1%",
)
def pictures_may_differ(context: StepContext, limit: Text) -> None:
    """Sets the threshold of every later comparison of this feature run, so that larger differences fail the step.

    Contract: X-106.
    """
    context.pictures.allow(limit)
