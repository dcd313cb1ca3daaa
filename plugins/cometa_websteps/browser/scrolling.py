"""Sentences that scroll and size the window."""

from typing import TYPE_CHECKING

from cometa_runner.selectors import poll_page, run_script
from cometa_runner.selectors.look import IN_THE_MIDDLE
from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.kinds import Number, Selector
from cometa_runner.steps.values import number, whole_number
from cometa_websteps.meanings import ELEMENT

if TYPE_CHECKING:
    # Only for the type checker: the web process loads step libraries without a driver.
    from selenium.webdriver.remote.webdriver import WebDriver

WIDTH = "outer width in px"
HEIGHT = "outer height in px"
LARGEST_WINDOW = 20_000
"""Width or height in px beyond which no browser draws a page."""

_TOLERANCE = 5
_RESIZE_SECONDS = 1.0


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


def _is_headless(driver: "WebDriver") -> bool:
    if driver.capabilities.get("moz:headless"):
        return True
    return bool(run_script(driver, "return navigator.userAgent.includes('Headless')"))


@step(
    'I resize the browser to "{x}" x "{y}"',
    category="scroll-window",
    example='I resize the browser to "1280" x "800"',
    x=WIDTH,
    y=HEIGHT,
)
def resize(context: StepContext, x: Number, y: Number) -> None:
    """Sets the window size."""
    wanted = _size(x, y)
    found = _resized(context, wanted)
    if not _is_near(found, wanted):
        context.warn(f"The window is {_written(found)} px: the browser does not let it be {_written(wanted)}.")


@step(
    'I can resize the browser to "{x}" x "{y}"',
    category="scroll-window",
    example='I can resize the browser to "1280" x "800"',
    x=WIDTH,
    y=HEIGHT,
)
def resize_exactly(context: StepContext, x: Number, y: Number) -> None:
    """Sets the window size and fails when width or height differs by more than 5 px afterwards."""
    wanted = _size(x, y)
    found = _resized(context, wanted)
    if not _is_near(found, wanted):
        raise StepFailure("assertion", expected=f"a window of {_written(wanted)} px", found=_written(found))


def _size(x: str, y: str) -> tuple[int, int]:
    sizes = {"x": whole_number(x, "x"), "y": whole_number(y, "y")}
    for name, size in sizes.items():
        if not 1 <= size <= LARGEST_WINDOW:
            raise StepFailure("bad-value", expected=f"{name} to be from 1 to {LARGEST_WINDOW} px", found=str(size))
    return sizes["x"], sizes["y"]


def _resized(context: StepContext, size: tuple[int, int]) -> tuple[int, int]:
    """Set the size; give the one that the window has then, which may follow a moment later."""
    driver = context.driver
    driver.set_window_size(*size)
    found = [size]

    def question() -> bool | None:
        rectangle = driver.get_window_size()
        found.append((rectangle["width"], rectangle["height"]))
        return _is_near(found[-1], size) or None

    poll_page(context.deadline.within(_RESIZE_SECONDS), question)
    return found[-1]


def _is_near(found: tuple[int, int], wanted: tuple[int, int]) -> bool:
    return all(abs(is_now - should) <= _TOLERANCE for is_now, should in zip(found, wanted, strict=True))


def _written(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"


@step(
    'Scroll to element with css selector "{selector}"',
    category="scroll-window",
    example='Scroll to element with css selector "#footer"',
    selector=ELEMENT,
)
def scroll_to_element(context: StepContext, selector: Selector) -> None:
    """Scrolls the element to the middle of the viewport and waits until its position is stable."""
    context.elements.act(selector, context.deadline, lambda _element, _facts: None, first="css", look=IN_THE_MIDDLE)
