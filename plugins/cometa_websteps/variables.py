"""Sentences that read values into variables and check values."""

from cometa_runner.selectors import Resolution
from cometa_runner.selectors.look import Look, Reading
from cometa_runner.selectors.states import failure
from cometa_runner.steps import ElementNotFound, ElementNotInState, StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Option, Selector, Text, Variable
from cometa_runner.steps.values import options, variable_name
from cometa_websteps.differences import first_difference, named
from cometa_websteps.meanings import RESULT, STORED

TRIM = "trim the spaces"
"""Option that removes outer blanks of what was read."""

_TRIM_MEANING = "empty, or `trim the spaces`"


@step(
    'Value "{actual}" should equal "{expected}"',
    category="assertions",
    example='Value "$order_state" should equal "paid"',
    actual="value found",
    expected="value wanted",
)
def value_equals(context: StepContext, actual: Text, expected: Text) -> None:  # noqa: ARG001 - behave's signature
    """Compares two texts after trimming outer blanks.

    The error shows both, marks the first difference and names invisible characters.
    """
    found, wanted = actual.strip(), expected.strip()
    if found != wanted:
        raise StepFailure(
            "assertion",
            expected=quoted(named(wanted)),
            found=f"{quoted(named(found))} ({first_difference(found, wanted)})",
        )


@step(
    'Value "{actual}" should contain "{part}"',
    category="assertions",
    example='Value "$message" should contain "thank you"',
    actual="value found",
    part="wanted part",
)
def value_contains(context: StepContext, actual: Text, part: Text) -> None:  # noqa: ARG001 - behave's signature
    """Fails unless the first text contains the second, case matters."""
    if part not in actual:
        raise StepFailure("assertion", expected=f"a text with {quoted(named(part))}", found=quoted(named(actual)))


@step(
    'Save selector "{css_selector}" value to environment variable "{variable_name}"',
    category="variables",
    example='Save selector "#order-no" value to environment variable "order"',
    css_selector="element to read",
    variable_name=STORED,
)
def save_value(context: StepContext, css_selector: Selector, variable_name: Variable) -> None:
    """Stores the value of a field, else the visible text of the element, in the run and in the environment.

    Line breaks become blanks.
    """
    text = _read(context, css_selector, ("value", ""))
    _store(context, variable_name, " ".join(text.splitlines()))


@step(
    'Get value from "{selector}" and store in the "{variable_name}" with "{option}"',
    category="variables",
    example='Get value from "h1" and store in the "headline" with "trim the spaces"',
    selector="element to read",
    variable_name=STORED,
    option=_TRIM_MEANING,
)
def get_text(context: StepContext, selector: Selector, variable_name: Variable, option: Option) -> None:
    """Stores the visible text of the element in the run and in the environment; the option removes outer blanks."""
    trim = options(option, (TRIM,), "option")
    text = _read(context, selector, ("text", ""))
    _store(context, variable_name, text.strip() if trim else text)


@step(
    'Get "{attribute}" value of "{selector}" and store in the "{variable_name}" with "{option}"',
    category="variables",
    example='Get "href" value of "link=Terms" and store in the "terms_url" with ""',
    attribute="attribute name",
    selector="element to read",
    variable_name=STORED,
    option=_TRIM_MEANING,
)
def get_attribute(
    context: StepContext, attribute: Text, selector: Selector, variable_name: Variable, option: Option
) -> None:
    """Stores an attribute of the element in the run and in the environment; a missing attribute fails the step."""
    trim = options(option, (TRIM,), "option")
    text = _read(context, selector, ("attribute", attribute.strip()))
    _store(context, variable_name, text.strip() if trim else text)


@step(
    'Remember "{value}" as "{variable}"',
    category="variables",
    example='Remember "Ada" as "first_name"',
    value="any text, may be empty or multi-line",
    variable=RESULT,
)
def remember(context: StepContext, value: Text, variable: Variable) -> None:
    """Sets a variable for the rest of this run only."""
    context.store_variable(variable_name(variable), value, "run")


@step(
    'Remember "{value}" as "{variable}" for the environment',
    category="variables",
    example='Remember "https://qa.shop.example" as "shop" for the environment',
    value="any text",
    variable=STORED,
)
def remember_for_environment(context: StepContext, value: Text, variable: Variable) -> None:
    """Sets a variable for this run and stores it in the environment for later runs."""
    context.store_variable(variable_name(variable), value, "environment")


def _store(context: StepContext, variable: str, text: str) -> None:
    context.store_variable(variable_name(variable), text, "environment")
    context.detail(f"Read {quoted(text)}")


def _read(context: StepContext, selector: str, reading: Reading) -> str:
    """Wait until the first match has what is to be read, and read it.

    Raises:
        StepFailure: no element, or it has no such attribute.
    """

    def accepts(found: Resolution) -> bool:
        return found.facts.value is not None

    look = Look(read=reading, most=1)
    _done, last = context.elements.watch(selector, context.deadline, accepts, look=look)
    if last.facts.value is not None:
        return last.facts.value
    wanted = f'an element "{last.given}"' + (f" with the attribute {reading[1]}" if reading[1] else "")
    if not last.matches:
        raise failure(ElementNotFound, "not-found", wanted, "no match", last)
    raise failure(ElementNotInState, "assertion", wanted, last.facts.description, last)
