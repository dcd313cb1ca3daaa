"""Sentences that keep what the page is like in variables."""

from collections.abc import Callable

from cometa_runner.selectors import poll_page, run_script
from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.kinds import Selector, Variable
from cometa_runner.steps.values import variable_name
from cometa_websteps.meanings import RESULT


@step(
    'Remember the number of elements "{selector}" as "{variable}"',
    category="variables",
    example='Remember the number of elements ".row" as "rows"',
    selector="elements to count",
    variable=RESULT,
)
def remember_number(context: StepContext, selector: Selector, variable: Variable) -> None:
    """Counts the matches that exist now, visible or not, and keeps the number."""
    name = variable_name(variable)
    _keep(context, name, lambda: str(context.elements.resolve(selector).matches))


@step(
    'Remember the page address as "{variable}"',
    category="variables",
    example='Remember the page address as "landing"',
    variable=RESULT,
)
def remember_address(context: StepContext, variable: Variable) -> None:
    """Keeps the address of the current document."""
    name = variable_name(variable)
    driver = context.driver
    _keep(context, name, lambda: str(run_script(driver, "return location.href")))


def _keep(context: StepContext, name: str, read: Callable[[], str]) -> None:
    value = poll_page(context.deadline, read)
    if value is None:
        raise StepFailure("timeout", expected="a document that can be looked at", found="one that kept changing")
    context.detail(f"{name} is {value}.")
    context.store_variable(name, value, "run")
