"""Sentences that wait."""

from cometa_runner.selectors import OFFERED_STATES
from cometa_runner.selectors.states import not_in_state
from cometa_runner.steps import Deadline, StepContext, step
from cometa_runner.steps.kinds import Option, Seconds, Selector
from cometa_runner.steps.values import option as one_option
from cometa_runner.steps.values import options, seconds
from cometa_websteps.meanings import ELEMENT, LONGEST_WAIT

MAY_NEVER_APPEAR = "do not fail if not visible"
MUST_APPEAR = "fail if never visible"
RELOAD_AFTER = "reload page after appearing"
RELOAD_WHILE = "reload page while waiting to disappear"

_RELOAD_SECONDS = 1.0


@step(
    'I sleep "{sleeptime}" seconds',
    category="waiting",
    example='I sleep "2" seconds',
    waits="sleeptime",
    sleeptime="how long, fractions allowed",
)
@step(
    'I can sleep "{sleeptime}" seconds',
    category="waiting",
    example='I can sleep "0.5" seconds',
    waits="sleeptime",
    sleeptime="how long, fractions allowed",
)
def sleep(context: StepContext, sleeptime: Seconds) -> None:
    """Waits this long and can be cancelled at any moment.

    The step timeout is raised to at least this time plus 5 s.

    Contract: X-075.
    """
    context.deadline.pause(seconds(sleeptime, "sleeptime"))


@step(
    'wait until "{selector}" is loaded',
    category="waiting",
    example='wait until "#chart" is loaded',
    selector=ELEMENT,
)
def wait_until_loaded(context: StepContext, selector: Selector) -> None:
    """Waits up to the step timeout until the element exists.

    An image or frame must also have finished loading.
    """
    context.elements.wait_for(selector, "loaded", context.deadline)


@step(
    'Wait "{timeout}" seconds for "{selector}" to appear and disappear using option "{option}"',
    category="waiting",
    example='Wait "2" seconds for ".loader" to appear and disappear using option "do not fail if not visible"',
    waits="timeout",
    timeout="longest wait for the appearance",
    selector="for example a busy sign",
    option="semicolon list of `do not fail if not visible`, `fail if never visible` (default), `reload page after "
    "appearing`, `reload page while waiting to disappear`",
)
def wait_for_episode(context: StepContext, timeout: Seconds, selector: Selector, option: Option) -> None:
    """Waits for the element to become visible, then until the step timeout for it to vanish.

    The options decide what a missing appearance means and whether the page is reloaded meanwhile.
    """
    chosen = options(option, (MAY_NEVER_APPEAR, MUST_APPEAR, RELOAD_AFTER, RELOAD_WHILE), "option")
    appeared, last = context.elements.reaches(selector, "visible", context.deadline.within(seconds(timeout, "timeout")))
    if not appeared and MAY_NEVER_APPEAR in chosen:
        context.detail("It did not appear.")
        return
    if not appeared:
        raise not_in_state("visible", last)
    if RELOAD_AFTER in chosen:
        context.driver.refresh()
    if RELOAD_WHILE in chosen:
        _wait_with_reloads(context, selector)
    else:
        context.elements.wait_for(selector, "gone", context.deadline)


def _wait_with_reloads(context: StepContext, selector: str) -> None:
    """Reload the page until the element stays away; each load gets time to show it."""
    while True:
        one_load = context.deadline.within(2 * context.settings.settle_seconds + _RELOAD_SECONDS)
        gone, last = context.elements.reaches(selector, "gone", one_load)
        if gone:
            return
        if context.deadline.expired():
            raise not_in_state("gone", last)
        context.driver.refresh()


@step(
    'Wait at most "{seconds}" seconds until "{selector}" is "{state}"',
    category="waiting",
    example='Wait at most "20" seconds until "#spinner" is "gone"',
    waits="seconds",
    seconds=LONGEST_WAIT,
    selector="element to watch",
    state="element state, see the state list in the step language",
)
def wait_for_state(context: StepContext, seconds: Seconds, selector: Selector, state: Option) -> None:
    """Waits until the element has the state and fails with the last state seen when the time is up.

    Contract: X-077, X-079.
    """
    word = one_option(state, OFFERED_STATES, "state")
    context.elements.wait_for(selector, word, _within(context, seconds))


def _within(context: StepContext, text: str) -> Deadline:
    return context.deadline.within(seconds(text, "seconds"))
