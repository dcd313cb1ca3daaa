"""The sentence that drags one element onto another."""

import functools
import importlib.resources
from typing import Any

from selenium.common.exceptions import JavascriptException, StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.remote.webelement import WebElement

from cometa_runner.selectors import Facts, NotYet, run_script
from cometa_runner.selectors.look import CLICK, Look
from cometa_runner.selectors.resolution import counted
from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.kinds import Selector

_PLACE = Look(acting=True, condition="any", most=1)

# Pages begin a drag only when the pressed pointer has gone some way.
_FIRST_WAY = 8


@step(
    'Drag "{element_selector}" and drop it in "{destination_selector}"',
    category="mouse-keyboard",
    example='Drag "#card-1" and drop it in "#done"',
    element_selector="element to drag",
    destination_selector="element to drop on",
)
def drag_and_drop(context: StepContext, element_selector: Selector, destination_selector: Selector) -> None:
    """Drags one element onto the centre of another with real pointer actions.

    Falls back to drag-and-drop events when the source is a native draggable and nothing moved.

    Contract: steps 7.6.
    """

    def drag(source: WebElement, facts: Facts) -> None:
        record = context.elements.record
        target, target_facts = _target(context, destination_selector)
        _drag(context, source, target, f"{facts.description} to be dropped in {target_facts.description}")
        # The step reports how the element was found that it is about.
        context.elements.record = record

    context.elements.act(element_selector, context.deadline, drag, first="css", look=CLICK)


def _target(context: StepContext, selector: str) -> tuple[WebElement, Facts]:
    found = context.elements.resolve(selector, "css", _PLACE)
    if found.target is None:
        raise NotYet("not-found", f'an element "{selector}" to drop on', "no match")
    if not found.visible:
        raise NotYet("not-visible", f'an element "{selector}" to drop on', f"{counted(found.matches)}, none visible")
    return found.target, found.facts


def _drag(context: StepContext, source: WebElement, target: WebElement, expected: str) -> None:
    state: dict[str, bool] = _run(context, "watch", source, target)
    _move_pointer(context, source, target, at_once=state["reach"])
    if _moved(context, source, target):
        return
    if not state["native"]:
        context.detail("The element is where it was: only the page knows what came of the drag.")
        return
    taken = _run(context, "play", source, target)
    if not taken:
        raise StepFailure("assertion", expected=expected, found="that it is not taken there: nothing moved")
    context.detail("The pointer moved nothing, so the page was sent the events of a drag.")


def _move_pointer(context: StepContext, source: WebElement, target: WebElement, *, at_once: bool) -> None:
    """Press, move in three hops, let go; what a browser's own drag needs is one sequence of actions."""
    driver = context.driver
    press = ActionChains(driver, duration=0).move_to_element(source).click_and_hold()
    press.move_by_offset(_FIRST_WAY, _FIRST_WAY)
    if at_once:
        _drop(press, target)
        return
    try:
        press.perform()
        run_script(driver, "arguments[0].scrollIntoView({ block: 'nearest', behavior: 'instant' })", target)
        _drop(ActionChains(driver, duration=0), target)
    finally:
        # An error half-way must not leave the button pressed.
        ActionChains(driver).reset_actions()


def _drop(actions: ActionChains, target: WebElement) -> None:
    actions.move_to_element(target).move_by_offset(1, 1).move_to_element(target).release().perform()


def _moved(context: StepContext, source: WebElement, target: WebElement) -> bool:
    try:
        return bool(_run(context, "moved", source, target))
    except (JavascriptException, StaleElementReferenceException):
        # The page has replaced its elements or itself.
        return True


def _run(context: StepContext, task: str, source: WebElement, target: WebElement) -> Any:
    return run_script(context.driver, _script(), task, source, target)


@functools.cache
def _script() -> str:
    return importlib.resources.files(__package__).joinpath("drag.js").read_text(encoding="utf-8")
