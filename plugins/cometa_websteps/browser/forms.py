"""Sentences for lists and boxes of forms."""

from typing import Any

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.remote.webelement import WebElement

from cometa_runner.selectors import Facts, NotYet, run_script
from cometa_runner.selectors.look import CONTROL
from cometa_runner.selectors.states import not_in_state
from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Selector, Text
from cometa_runner.steps.values import whole_number
from cometa_websteps.meanings import ELEMENT

_OPTIONS = """
return [...arguments[0].options].map((option) => ({
  value: option.value,
  text: option.text.replace(/\\s+/g, " ").trim(),
  disabled: option.disabled,
  selected: option.selected,
}));
"""

Options = list[dict[str, Any]]


@step(
    'I use selector "{css_selector}" and select option "{value}"',
    category="forms",
    example='I use selector "#country" and select option "contains:Germany"',
    css_selector="select element, or `index:n` for the n-th select of the page (from 1)",
    value="option value, else its visible text; `value:`, `index:` (from 1) and `contains:` force one kind",
)
def select_option(context: StepContext, css_selector: Selector, value: Text) -> None:
    """Selects the option with real events and checks that it is selected.

    An unknown option fails and lists the available ones.
    """
    kind, colon, number = css_selector.strip().partition(":")
    if kind == "index" and colon:
        css_selector = f"xpath=(//select)[{whole_number(number, 'the number of the list')}]"

    def choose(element: WebElement, facts: Facts) -> None:
        if facts.tag != "select":
            raise NotYet("not-operable", f'"{css_selector}" to be a list with options', facts.description)
        _choose(context, element, value)

    context.elements.act(css_selector, context.deadline, choose, first="css", look=CONTROL)


def _choose(context: StepContext, element: WebElement, value: str) -> None:
    options: Options = run_script(context.driver, _OPTIONS, element)
    position = _position(options, value)
    if position is None:
        listed = ", ".join(quoted(option["text"]) for option in options[:30]) or "none"
        raise NotYet("not-found", f"an option {quoted(value)}", f"the options {listed}")
    if options[position]["disabled"]:
        raise NotYet("not-operable", f"an option {quoted(value)} that can be selected", "it disabled")
    if options[position]["selected"]:
        return
    option: WebElement = run_script(context.driver, "return arguments[0].options[arguments[1]]", element, position)
    option.click()
    try:
        after: Options = run_script(context.driver, _OPTIONS, element)
    except StaleElementReferenceException:
        context.warn("The list went away when the option was selected, so the choice could not be checked.")
        return
    if not (position < len(after) and after[position]["selected"]):
        raise StepFailure("assertion", expected=f"the option {quoted(value)} to be selected", found="it not selected")


def _position(options: Options, value: str) -> int | None:
    kind, colon, rest = value.partition(":")
    if colon and kind == "index":
        position = whole_number(rest, "the number of the option") - 1
        return position if 0 <= position < len(options) else None
    forced = bool(colon) and kind in {"value", "contains"}
    wanted = rest if forced else value
    positions = (
        position
        for way in ((kind,) if forced else ("value", "text"))
        for position, option in enumerate(options)
        if _is_meant(option, way, wanted)
    )
    return next(positions, None)


def _is_meant(option: dict[str, Any], way: str, wanted: str) -> bool:
    if way == "value":
        return bool(option["value"] == wanted)
    shown = " ".join(wanted.split())
    return bool(shown == option["text"] if way == "text" else shown in option["text"])


@step('Enable checkbox "{selector}"', category="forms", example='Enable checkbox "#terms"', selector=ELEMENT)
def enable_checkbox(context: StepContext, selector: Selector) -> None:
    """Makes sure the checkbox is ticked, clicking it or its label only when needed, and checks the result."""
    _tick(context, selector, wanted=True)


@step('Disable checkbox "{selector}"', category="forms", example='Disable checkbox "#newsletter"', selector=ELEMENT)
def disable_checkbox(context: StepContext, selector: Selector) -> None:
    """Makes sure the checkbox is not ticked, clicking it or its label only when needed, and checks the result."""
    _tick(context, selector, wanted=False)


def _tick(context: StepContext, selector: str, *, wanted: bool) -> None:
    def click_if_needed(element: WebElement, facts: Facts) -> None:
        if not facts.checkable:
            raise NotYet("not-operable", f'"{selector}" to be a checkbox', facts.description)
        if facts.checked != wanted:
            element.click()

    context.elements.act(selector, context.deadline, click_if_needed, look=CONTROL)
    ticked, last = context.elements.watch(
        selector, context.deadline, lambda found: found.facts.checked == wanted, look=CONTROL
    )
    if not ticked:
        raise not_in_state("checked" if wanted else "unchecked", last)
