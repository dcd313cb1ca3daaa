"""Readying a page for a picture: secrets blanked, movement stopped, in all of its frames.

Contract: runner F.1, X-111.
"""

import functools
import importlib.resources
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from selenium.common.exceptions import (
    NoSuchFrameException,
    NoSuchWindowException,
    StaleElementReferenceException,
    WebDriverException,
)

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

MOST_FRAMES = 100
"""Frames of other sites that are visited for one picture."""

_MARK = "window[Symbol.for('cometa.here')] = true; return window.parent !== window"
_IS_FRAME = "return window.parent !== window"
_IS_MARKED = "const mark = Symbol.for('cometa.here'), here = window[mark]; delete window[mark]; return Boolean(here)"
_FRAMES = """
const found = [];
const search = (root) => {
  for (const element of root.querySelectorAll('*')) {
    if (element.contentWindow) found.push(element);
    if (element.shadowRoot) search(element.shadowRoot);
  }
};
search(document);
return found;
"""

logger = logging.getLogger(__name__)


@contextmanager
def readied(driver: "WebDriver", secrets: Sequence[str], *, still: bool) -> Iterator[None]:
    """Blank password fields and secrets, and stop all movement where that is wanted, as long as a picture is taken.

    Args:
        driver: the open browser; its current frame stays the current one.
        secrets: values that must not be seen.
        still: whether animations are brought to their end and the caret is hidden.

    Raises:
        WebDriverException: the page cannot be readied, for instance because a dialog is open.
    """

    def run(task: str) -> int:
        unreached: int = _run(driver, capture_script(), task, list(secrets), still)
        return unreached

    foreign = run("prepare") > 0
    if foreign:
        _in_all_frames(driver, lambda: run("prepare"))
    try:
        yield
    finally:
        # A page that went on to another one needs no restoring, and a picture that was taken must not be lost.
        with suppress(WebDriverException):
            run("restore")
            if foreign:
                _in_all_frames(driver, lambda: run("restore"))


@functools.cache
def capture_script() -> str:
    """Read the script that readies documents; it is part of the package."""
    return importlib.resources.files(__package__).joinpath("capture.js").read_text(encoding="utf-8")


def _in_all_frames(driver: "WebDriver", action: Callable[[], object]) -> None:
    """Do something in every frame, also those of other sites, and come back to the current one."""
    is_frame = _run(driver, _MARK)
    while is_frame:
        driver.switch_to.parent_frame()
        is_frame = _run(driver, _IS_FRAME)
    way = _visit(driver, action, iter(range(MOST_FRAMES)))
    driver.switch_to.default_content()
    for place in way or ():
        driver.switch_to.frame(_run(driver, _FRAMES)[place])


def _visit(driver: "WebDriver", action: Callable[[], object], budget: Iterator[int]) -> list[int] | None:
    """Do something in this frame and in all below; gives the way to the marked one, None when it is not among them."""
    action()
    way: list[int] | None = [] if _run(driver, _IS_MARKED) else None
    for place, element in enumerate(_run(driver, _FRAMES)):
        if next(budget, None) is None:
            logger.warning("The page has more than %d frames; the rest is pictured as it is", MOST_FRAMES)
            break
        # A frame may vanish at any moment; then it is in no picture either.
        with suppress(NoSuchFrameException, NoSuchWindowException, StaleElementReferenceException):
            driver.switch_to.frame(element)
            below = _visit(driver, action, budget)
            way = [place, *below] if below is not None else way
            driver.switch_to.parent_frame()
    return way


def _run(driver: "WebDriver", script: str, *arguments: object) -> Any:
    execute: Callable[..., Any] = driver.execute_script
    return execute(script, *arguments)
