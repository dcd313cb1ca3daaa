"""The sentence that runs JavaScript in the page."""

from selenium.common.exceptions import JavascriptException, TimeoutException

from cometa_runner.selectors import run_script
from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.kinds import Code
from cometa_runner.steps.variables import as_text

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
    try:
        returned = run_script(context.driver, function)
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
    text = "" if returned is None else as_text(returned)
    context.variables.set_parameter(RETURNED, text)
    if text:
        context.detail(f"Returned {text}")
