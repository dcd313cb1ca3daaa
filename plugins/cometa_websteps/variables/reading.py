"""Sentences that read values of the page into variables."""

from dataclasses import replace

from cometa_runner.selectors import Resolution, poll_page, run_script
from cometa_runner.selectors.look import Look, Reading
from cometa_runner.selectors.states import failure
from cometa_runner.steps import ElementNotFound, ElementNotInState, StepContext, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Option, Selector, Text, Variable
from cometa_runner.steps.values import options
from cometa_runner.steps.values import variable_name as read_name
from cometa_websteps.meanings import STORED

TRIM = "trim the spaces"
"""Option that removes outer blanks of what was read."""

_ALL = Look(condition="any", most=10_000)

# What a field holds, else the rendered text of the element, as for single elements; line breaks become blanks.
_READ_ALL = """
const follows = (a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
const isField = (element) => /^(input|textarea|select)$/i.test(element.tagName);
const textOf = (element) => (isField(element) ? element.value : element.innerText ?? element.textContent);
return arguments[0].sort(follows).map((element) => textOf(element).trim().replace(/\\s*\\n\\s*/g, " "));
"""

_TRIM_MEANING = "empty, or `trim the spaces`"


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
    'Save list values in selector "{css_selector}" and save them to variable "{variable_name}"',
    category="variables",
    example='Save list values in selector "td.name" and save them to variable "names"',
    css_selector="elements to read",
    variable_name=STORED,
)
def save_list(context: StepContext, css_selector: Selector, variable_name: Variable) -> None:
    """Stores the texts of all matches as a semicolon list in the run and in the environment.

    A variable name that begins with `unique` drops repeated texts.
    """
    name = read_name(variable_name)
    texts = _texts(context, css_selector)
    if name.startswith("unique"):
        texts = list(dict.fromkeys(texts))
    divided = next((text for text in texts if ";" in text), None)
    if divided is not None:
        context.warn(f"The text {quoted(divided)} holds a semicolon, so the list has more entries than elements.")
    context.store_variable(name, ";".join(texts), "environment")
    context.detail(f"Read {len(texts):,} texts.")


def _texts(context: StepContext, selector: str) -> list[str]:
    """Wait for the first match and give the texts of all in the order of the page, without outer blanks."""
    seen = Resolution(selector)

    def question() -> list[str] | None:
        nonlocal seen
        seen = context.elements.resolve(selector, look=_ALL)
        return list(run_script(context.driver, _READ_ALL, list(seen.elements))) if seen.elements else None

    texts = poll_page(context.deadline, question)
    if texts is None:
        seen = replace(seen, waited_ms=context.deadline.elapsed_ms())
        raise failure(ElementNotFound, "not-found", f'elements "{seen.given}"', "no match", seen)
    return texts


def _store(context: StepContext, variable: str, text: str) -> None:
    context.store_variable(read_name(variable), text, "environment")
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
