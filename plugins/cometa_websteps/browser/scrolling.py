"""Sentences that scroll and size the window."""

from selenium.webdriver.remote.webdriver import WebDriver

from cometa_runner.selectors import run_script
from cometa_runner.selectors.look import IN_THE_MIDDLE
from cometa_runner.steps import StepContext, step
from cometa_runner.steps.kinds import Number, Selector
from cometa_runner.steps.values import number
from cometa_websteps.meanings import ELEMENT


@step(
    'Scroll to "{amount}"px',
    category="scroll-window",
    example='Scroll to "800"px',
    amount="vertical position in px",
)
def scroll_to_position(context: StepContext, amount: Number) -> None:
    """Scrolls the page to the vertical position, or as far as the page allows."""
    top = float(number(amount, "amount"))
    run_script(context.driver, "scrollTo({ top: arguments[0], behavior: 'instant' })", top)


@step("Maximize the browser", category="scroll-window", example="Maximize the browser")
def maximize(context: StepContext) -> None:
    """Maximises the window; in headless mode sets the configured screen size."""
    driver = context.driver
    if _is_headless(driver):
        driver.set_window_size(*context.settings.window)
    else:
        driver.maximize_window()


def _is_headless(driver: WebDriver) -> bool:
    if driver.capabilities.get("moz:headless"):
        return True
    return bool(run_script(driver, "return navigator.userAgent.includes('Headless')"))


@step(
    'Scroll to element with css selector "{selector}"',
    category="scroll-window",
    example='Scroll to element with css selector "#footer"',
    selector=ELEMENT,
)
def scroll_to_element(context: StepContext, selector: Selector) -> None:
    """Scrolls the element to the middle of the viewport and waits until its position is stable."""
    context.elements.act(selector, context.deadline, lambda _element, _facts: None, first="css", look=IN_THE_MIDDLE)
