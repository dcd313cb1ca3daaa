"""Sentences for lists and boxes of forms."""

from collections.abc import Callable
from typing import Any

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.remote.webelement import WebElement

from cometa_runner.selectors import Facts, NotYet, Query, Resolution, run_script
from cometa_runner.selectors.acting import WITHOUT_EFFECT
from cometa_runner.selectors.look import CONTROL, Look
from cometa_runner.selectors.states import failure, not_in_state
from cometa_runner.steps import ElementNotFound, StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Selector, Text, Variable
from cometa_runner.steps.values import variable_name, whole_number
from cometa_websteps.meanings import ELEMENT, RESULT

_READ = """
const read = (list) => [...list.options].map((option) => ({
  value: option.value,
  text: option.text.replace(/\\s+/g, " ").trim(),
  disabled: option.disabled,
  selected: option.selected,
}));
"""
_OPTIONS = _READ + "return read(arguments[0])"
_OPTIONS_OF_ALL = _READ + "return arguments[0].map(read)"

Options = list[dict[str, Any]]
Finder = Callable[[Options, str], int | None]


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
    _select(context, css_selector, value, _by_any_form)


@step(
    'I can select option "{option_value}" for "{css_selector}"',
    category="forms",
    example='I can select option "de" for "#language"',
    option_value="option value, else its visible text",
    css_selector="select element",
)
def select_option_for(context: StepContext, option_value: Text, css_selector: Selector) -> None:
    """Selects the option in the given select and checks that it is selected."""
    _select(context, css_selector, option_value, _by_value_or_text)


@step(
    'I select option "{option_value}"',
    category="forms",
    example='I select option "Blue"',
    option_value="option value, else its visible text",
)
def select_offered_option(context: StepContext, option_value: Text) -> None:
    """Selects this option in the first visible select that offers it."""
    driver = context.driver
    offered: list[str] = []

    def accepts(found: Resolution) -> bool:
        lists = list(found.elements[: found.visible])
        options: list[Options] = run_script(driver, _OPTIONS_OF_ALL, lists)
        offered[:] = [option["text"] for one in options for option in one]
        position = next(
            (at for at, one in enumerate(options) if _by_value_or_text(one, option_value) is not None), None
        )
        if position is None:
            return False
        try:
            _choose(context, lists[position], option_value, _by_value_or_text)
        except (NotYet, *WITHOUT_EFFECT):
            return False
        return True

    every_list = Query("select", (("tag", "select"),), fixed=True)
    chosen, last = context.elements.watch(every_list, context.deadline, accepts, look=Look(acting=True))
    if not chosen:
        expected = f"a visible list with an option {quoted(option_value)} that can be selected"
        found = f"the options {_listed(offered)}" if last.visible else "no visible list"
        raise failure(ElementNotFound, "not-found", expected, found, last)


def _listed(texts: list[str]) -> str:
    return ", ".join(quoted(text) for text in texts[:30]) or "none"


def _select(context: StepContext, selector: str, value: str, position_of: Finder) -> None:
    def choose(element: WebElement, facts: Facts) -> None:
        if facts.tag != "select":
            raise NotYet("not-operable", f'"{selector}" to be a list with options', facts.description)
        _choose(context, element, value, position_of)

    context.elements.act(selector, context.deadline, choose, first="css", look=CONTROL)


def _choose(context: StepContext, element: WebElement, value: str, position_of: Finder) -> None:
    options: Options = run_script(context.driver, _OPTIONS, element)
    position = position_of(options, value)
    if position is None:
        offered = _listed([option["text"] for option in options])
        raise NotYet("not-found", f"an option {quoted(value)}", f"the options {offered}")
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


def _by_any_form(options: Options, value: str) -> int | None:
    kind, colon, rest = value.partition(":")
    if colon and kind == "index":
        position = whole_number(rest, "the number of the option") - 1
        return position if 0 <= position < len(options) else None
    if colon and kind in {"value", "contains"}:
        return _first_meant(options, (kind,), rest)
    return _by_value_or_text(options, value)


def _by_value_or_text(options: Options, value: str) -> int | None:
    return _first_meant(options, ("value", "text"), value)


def _first_meant(options: Options, ways: tuple[str, ...], wanted: str) -> int | None:
    positions = (position for way in ways for position, option in enumerate(options) if _is_meant(option, way, wanted))
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


@step(
    'Validate if checkbox "{selector}" is enabled save result in "{variable}"',
    category="forms",
    example='Validate if checkbox "#terms" is enabled save result in "accepted"',
    selector=ELEMENT,
    variable=RESULT,
)
def remember_ticked(context: StepContext, selector: Selector, variable: Variable) -> None:
    """Stores True when the checkbox is ticked and False when not, for this run.

    Fails only when the element is missing.
    """
    name = variable_name(variable)
    there, last = context.elements.watch(
        selector, context.deadline, lambda found: found.matches > 0, look=Look(needs="control", most=1)
    )
    if not there:
        raise not_in_state("present", last)
    if not last.facts.checkable:
        context.warn(f'"{selector}" is no checkbox: {last.facts.description}.')
    context.detail(f"{name} is {last.facts.checked}.")
    context.store_variable(name, str(last.facts.checked), "run")


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
