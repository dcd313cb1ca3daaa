"""Sentences that click several elements, or elements by what few of them have, and that move the pointer by px."""

import random
import secrets
from collections.abc import Callable

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from cometa_runner.selectors import Facts, NotYet, Query, Resolution, run_script
from cometa_runner.selectors.acting import WITHOUT_EFFECT
from cometa_runner.selectors.look import HOVER, Look
from cometa_runner.selectors.states import not_in_state
from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.kinds import Number, Selector, Text
from cometa_runner.steps.values import number, whole_number
from cometa_websteps.meanings import ELEMENT

MOST_CLICKS = 10_000
"""Random clicks that one step may make."""

_VISIBLE = Look(acting=True, condition="any")
_TO_VIEW = "arguments[0].scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' })"
_BOX = "const box = arguments[0].getBoundingClientRect(); return [box.left, box.top, box.width, box.height]"


@step(
    'I can click on button with title "{button_title}"',
    category="mouse-keyboard",
    example='I can click on button with title "Add to"',
    button_title="beginning of the title attribute",
)
def click_titled(context: StepContext, button_title: Text) -> None:
    """Clicks the first visible button-like element whose title begins with the text."""
    if not button_title.strip():
        raise StepFailure("bad-value", expected="the beginning of a title", found="an empty text")
    query = Query(button_title, (("titled", button_title),), fixed=True)
    context.elements.act(query, context.deadline, lambda element, _facts: element.click())


@step(
    'I click on element with classname "{classname}"',
    category="mouse-keyboard",
    example='I click on element with classname "next-page"',
    classname="one class name, with or without a leading dot",
)
def click_class(context: StepContext, classname: Selector) -> None:
    """Waits for a visible, enabled element of this class and clicks it."""
    context.elements.act(classname, context.deadline, lambda element, _facts: element.click(), first="class")


@step(
    'I can Control Click at "{element}"',
    category="mouse-keyboard",
    example='I can Control Click at ".row"',
    element=ELEMENT,
)
def control_click(context: StepContext, element: Selector) -> None:
    """Clicks every visible match with the platform's control (command on macOS) key held.

    Uses real pointer actions.
    """
    driver = context.driver
    there, found = context.elements.watch(
        element, context.deadline, lambda found: found.visible > 0, first="css", look=_VISIBLE
    )
    if not there:
        raise not_in_state("visible", found)
    on_mac = "mac" in str(driver.capabilities.get("platformName", "")).lower()
    held = Keys.COMMAND if on_mac else Keys.CONTROL
    ActionChains(driver, duration=0).key_down(held).perform()
    try:
        for match in found.elements[: found.visible]:
            context.deadline.check()
            run_script(driver, _TO_VIEW, match)
            ActionChains(driver, duration=0).move_to_element(match).click().perform()
    finally:
        # An error half-way must not leave the key pressed.
        ActionChains(driver).reset_actions()
    context.detail(f"Clicked {found.visible} times.")


@step(
    'I move mouse from coordinates "{start_x},{start_y}" to "{end_x},{end_y}" on element "{element}"',
    category="mouse-keyboard",
    example='I move mouse from coordinates "5,5" to "80,40" on element "canvas"',
    start_x="start offset in px from the left edge of the element",
    start_y="start offset from the top edge",
    end_x="end offset from the left edge",
    end_y="end offset from the top edge",
    element=ELEMENT,
)
def move_inside(
    context: StepContext, start_x: Number, start_y: Number, end_x: Number, end_y: Number, element: Selector
) -> None:
    """Moves the pointer between two offsets inside the element without pressing a button."""
    start = (float(number(start_x, "start_x")), float(number(start_y, "start_y")))
    end = (float(number(end_x, "end_x")), float(number(end_y, "end_y")))
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    driver = context.driver

    def move(target: WebElement, facts: Facts) -> None:
        left, top, width, height = run_script(driver, _BOX, target)
        for x, y in (start, end):
            if not (0 <= x <= width and 0 <= y <= height):
                size = f"{facts.description}, which is {width:g} x {height:g} px"
                raise NotYet("bad-value", f"offsets inside {size}", f"{x:g},{y:g}")
        actions = ActionChains(driver, duration=0)
        # Selenium's builder has no types.
        move_to: Callable[[int, int], object] = actions.w3c_actions.pointer_action.move_to_location
        for x, y in (start, middle, end):
            move_to(round(left + x), round(top + y))
        actions.perform()

    context.elements.act(element, context.deadline, move, first="css", look=HOVER)


@step(
    'I can move mouse and click randomly "{x}" times on elements in "{selector}"',
    category="mouse-keyboard",
    example='I can move mouse and click randomly "20" times on elements in "a"',
    x="how many clicks",
    selector="elements to choose from",
)
def click_randomly(context: StepContext, x: Number, selector: Selector) -> None:
    """Clicks randomly chosen visible matches N times.

    The seed is written to the step detail so that the sequence can be repeated.
    """
    times = whole_number(x, "x")
    if not 0 <= times <= MOST_CLICKS:
        raise StepFailure("bad-value", expected=f"x to be from 0 to {MOST_CLICKS}", found=str(times))
    seed = secrets.randbelow(2**32)
    context.detail(f"The seed is {seed}.")
    choice = random.Random(seed)  # noqa: S311 - chooses elements to click, which has to be repeatable

    def click_one(found: Resolution) -> bool:
        if not found.visible:
            return False
        chosen = found.elements[: found.visible][choice.randrange(min(found.visible, len(found.elements)))]
        try:
            chosen.click()
        except WITHOUT_EFFECT:
            # It is covered or has gone: another one is chosen at the next look.
            return False
        return True

    for done in range(times):
        clicked, last = context.elements.watch(selector, context.deadline, click_one, first="css", look=_VISIBLE)
        if not clicked:
            failure = not_in_state("clickable", last)
            failure.found = f"{failure.found}, after {done} of {times} clicks"
            raise failure
