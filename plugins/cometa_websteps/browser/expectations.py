"""Strict sentences about elements: what a person sees counts, whatever the setting of the site.

Contract: steps 7.5, last sentence.
"""

from cometa_runner.selectors import OFFERED_STATES, Resolution
from cometa_runner.selectors.look import Look
from cometa_runner.selectors.resolution import counted
from cometa_runner.selectors.states import failure
from cometa_runner.steps import ElementNotFound, ElementNotInState, StepContext, StepFailure, step
from cometa_runner.steps.comparison import OPERATORS, compare
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Number, Option, Selector, Text
from cometa_runner.steps.settling import Settling
from cometa_runner.steps.values import option, whole_number

CHECKED = "element to check"


@step(
    'Element "{selector}" should be "{state}"',
    category="assertions",
    example='Element "#pay" should be "enabled"',
    selector=CHECKED,
    state="element state, see the state list in the step language",
)
def element_should_be(context: StepContext, selector: Selector, state: Option) -> None:
    """Waits up to the step timeout until the element has the state; the negative states need the settle time.

    Contract: steps section 6, X-077, X-078, X-079.
    """
    context.elements.wait_for(selector, option(state, OFFERED_STATES, "state"), context.deadline)


@step(
    'Element "{selector}" should have the text "{text}"',
    category="assertions",
    example='Element "h1" should have the text "Your basket"',
    selector=CHECKED,
    text="wanted text",
)
def element_should_have_text(context: StepContext, selector: Selector, text: Text) -> None:
    """Waits until the visible text of the element equals the text after folding blanks.

    The error shows the last text found.
    """
    wanted = _folded(text)
    equal, last = context.elements.watch(
        selector,
        context.deadline,
        lambda found: found.visible > 0 and _folded(found.facts.value or "") == wanted,
        look=Look(read=("shown", ""), most=1),
    )
    if not equal:
        raise _text_failure(last, text)


def _folded(text: str) -> str:
    return " ".join(text.split())


def _text_failure(last: Resolution, text: str) -> StepFailure:
    expected = f'element "{last.given}" to have the text {quoted(text)}'
    if not last.matches:
        return failure(ElementNotFound, "not-found", expected, "no match", last)
    if not last.visible:
        return failure(ElementNotInState, "not-visible", expected, f"{counted(last.matches)}, none visible", last)
    return failure(ElementNotInState, "assertion", expected, quoted(last.facts.value or ""), last)


@step(
    'Number of elements "{selector}" should be "{operator}" "{count}"',
    category="assertions",
    example='Number of elements ".row" should be "equal to" "10"',
    selector="elements to count",
    operator="comparison word, see the operator list in the step language",
    count="wanted number",
)
def number_should_be(context: StepContext, selector: Selector, operator: Option, count: Number) -> None:
    """Waits until the number of visible matches satisfies the comparison.

    That there is none is an absence: it has to hold for the settle time.

    Contract: steps 7.4, X-078, X-079.
    """
    word = option(operator, OPERATORS, "operator")
    wanted = str(whole_number(count, "count"))
    compare("0", word, wanted)
    settling = Settling(context.settings.settle_seconds, context.deadline)

    def accepts(found: Resolution) -> bool:
        holds = compare(str(found.visible), word, wanted)
        settled = settling.settled(found.place.document, missing=found.visible == 0, loaded=found.place.loaded)
        return holds and (found.visible > 0 or settled)

    satisfied, last = context.elements.watch(selector, context.deadline, accepts, look=Look(most=1))
    if not satisfied:
        others = f" (and {last.matches - last.visible} that cannot be seen)" if last.matches > last.visible else ""
        expected = f'the number of visible elements "{last.given}" to be {word} {wanted}'
        raise failure(ElementNotInState, "assertion", expected, f"{last.visible}{others}", last)
