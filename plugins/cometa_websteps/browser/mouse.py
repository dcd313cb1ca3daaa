"""Sentences that point and click."""

from collections.abc import Callable

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.remote.webelement import WebElement

from cometa_runner.selectors import Facts, Query, buttons
from cometa_runner.selectors.look import CLICK, HOVER, Look
from cometa_runner.selectors.syntax import First
from cometa_runner.steps import StepContext, step
from cometa_runner.steps.kinds import Selector, Text
from cometa_websteps.meanings import ELEMENT


@step(
    'I move mouse to "{css_selector}" and click',
    category="mouse-keyboard",
    example='I move mouse to "#menu .account" and click',
    css_selector=ELEMENT,
)
def move_and_click(context: StepContext, css_selector: Selector) -> None:
    """Scrolls the element into view, moves the real pointer onto it and clicks.

    While another element covers it the click is tried again until the deadline.
    """
    _point(context, css_selector, CLICK, ActionChains.click)


@step(
    'I move mouse over "{css_selector}"',
    category="mouse-keyboard",
    example='I move mouse over "text=Products"',
    css_selector=ELEMENT,
)
def hover(context: StepContext, css_selector: Selector) -> None:
    """Scrolls the element into view and rests the real pointer on its centre."""
    _point(context, css_selector, HOVER, lambda actions: actions)


@step(
    'I move mouse to "{selector}" and double click',
    category="mouse-keyboard",
    example='I move mouse to ".cell" and double click',
    selector=ELEMENT,
)
def double_click(context: StepContext, selector: Selector) -> None:
    """Scrolls the element into view and double-clicks it with the real pointer."""
    _point(context, selector, CLICK, ActionChains.double_click)


@step(
    'I move mouse to "{css_selector}" and right-click',
    category="mouse-keyboard",
    example='I move mouse to ".file" and right-click',
    css_selector=ELEMENT,
)
def right_click(context: StepContext, css_selector: Selector) -> None:
    """Scrolls the element into view and opens its context menu with the real pointer."""
    _point(context, css_selector, CLICK, ActionChains.context_click)


@step(
    'I can click on button "{button_name}"',
    category="mouse-keyboard",
    example='I can click on button "Save"',
    button_name="label of the button",
)
def click_button(context: StepContext, button_name: Text) -> None:
    """Clicks the first visible button-like element that is called so.

    Visible text, value, aria-label, title, name or id must equal the label (blanks trimmed), then any other attribute;
    waits until it is enabled.
    """
    _click(context, buttons(button_name))


@step(
    'I can click on element with css selector "{css_selector}"',
    category="mouse-keyboard",
    example='I can click on element with css selector "button.buy"',
    css_selector=ELEMENT,
)
def click_css(context: StepContext, css_selector: Selector) -> None:
    """Waits until the element is visible, enabled and not covered, then clicks it.

    The sentence says CSS but any selector form works.
    """
    _click(context, css_selector, "css")


@step(
    'I click on "{linktext}"',
    category="mouse-keyboard",
    example='I click on "Sign in"',
    linktext="link text first, then any other selector form",
)
def click_link(context: StepContext, linktext: Selector) -> None:
    """Clicks the visible link with exactly this text.

    Without one, resolves the value with the general selector rules.
    """
    _click(context, linktext, "link")


@step(
    'click on element with xpath "{xpath}"',
    category="mouse-keyboard",
    example="click on element with xpath \"//button[@type='submit']\"",
    xpath="XPath; other selector forms work too",
)
def click_xpath(context: StepContext, xpath: Selector) -> None:
    """Waits until the element is visible, enabled and not covered, then clicks it."""
    _click(context, xpath, "xpath")


def _click(context: StepContext, selector: str | Query, first: First | None = None) -> None:
    context.elements.act(selector, context.deadline, lambda element, _facts: element.click(), first=first)


def _point(context: StepContext, selector: str, look: Look, gesture: Callable[[ActionChains], ActionChains]) -> None:
    # The pointer jumps: the quarter of a second that Selenium lets it travel by default is a fixed pause.
    driver = context.driver

    def move(element: WebElement, _facts: Facts) -> None:
        gesture(ActionChains(driver, duration=0).move_to_element(element)).perform()

    context.elements.act(selector, context.deadline, move, first="css", look=look)
