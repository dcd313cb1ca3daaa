"""The sentences that run JavaScript in the page."""

import secrets

from selenium.common.exceptions import JavascriptException, StaleElementReferenceException, TimeoutException

from cometa_runner.selectors import Resolution, run_script
from cometa_runner.selectors.look import Look
from cometa_runner.selectors.states import failure, not_in_state
from cometa_runner.steps import ElementNotInState, StepContext, StepFailure, step
from cometa_runner.steps.kinds import Code, Selector
from cometa_runner.steps.variables import as_text
from cometa_websteps.meanings import ELEMENT

# On the line of the code, so that the numbers of lines in its errors stay right.
_MARK = "document[Symbol.for('cometa.began')] = '{}'; "
_MARKED = "return document[Symbol.for('cometa.began')] === arguments[0]"

RETURNED = "js_return"
"""Run parameter that receives what the code returned."""


@step(
    'Run Javascript function "{function}"',
    category="javascript",
    example='Run Javascript function "return document.title"',
    function="body of a function, may be multi-line; a promise is awaited",
)
def run_javascript(context: StepContext, function: Code) -> None:
    """Runs the code in the page; the returned value is available as %js_return.

    An exception in the code fails the step with its message.
    """
    _keep(context, _returned(context, function))


@step(
    'On element "{selector}" run javascript function "{function}"',
    category="javascript",
    example='On element "#q" run javascript function "arguments[0].blur()"',
    selector=ELEMENT,
    function="body of a function; the element is arguments[0]",
)
def run_javascript_on(context: StepContext, selector: Selector, function: Code) -> None:
    """Runs the code with the found element as first argument, without clicking it; the returned value is %js_return."""
    returned: list[object] = []
    mark = secrets.token_hex(8)

    def accepts(found: Resolution) -> bool:
        if not found.elements:
            return False
        try:
            returned.append(_returned(context, _MARK.format(mark) + function, found.elements[0]))
        except StaleElementReferenceException as error:
            # Either the element went away before the code began, which may be tried again, or the code returned one
            # that has gone.
            if run_script(context.driver, _MARKED, mark):
                raise StepFailure(
                    "script-error",
                    expected="the code to return a value",
                    found="that it returned an element that is no longer in the page",
                ) from error
            return False
        return True

    done, last = context.elements.watch(selector, context.deadline, accepts, look=Look(most=1))
    if not done and last.matches:
        expected = f'element "{selector}" to stay long enough for the code to begin'
        raise failure(ElementNotInState, "not-operable", expected, "a document that kept changing", last)
    if not done:
        raise not_in_state("present", last)
    _keep(context, returned[0])


def _returned(context: StepContext, function: str, *arguments: object) -> object:
    """Run the code of a tester; its errors must not look like a page that is to be asked again."""
    try:
        return run_script(context.driver, function, *arguments)
    except JavascriptException as error:
        reason = (error.msg or "").partition("\n")[0].removeprefix("javascript error: ")
        raise StepFailure("script-error", expected="the code to run without an error", found=reason) from error
    except TimeoutException as error:
        raise StepFailure(
            "timeout",
            expected=f"the code to end within {context.deadline.seconds:g} s",
            found="it still running",
            waited_ms=context.deadline.elapsed_ms(),
        ) from error


def _keep(context: StepContext, returned: object) -> None:
    text = "" if returned is None else as_text(returned)
    context.variables.set_parameter(RETURNED, text)
    if text:
        context.detail(f"Returned {text}")
