"""Readying a page for a picture: secrets blanked, movement stopped, in all of its frames.

Contract: runner F.1, X-111.
"""

import functools
import importlib.resources
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from selenium.common.exceptions import NoSuchFrameException, NoSuchWindowException, WebDriverException

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

MOST_FRAMES = 100
"""Frames of other sites that are visited for one picture."""

# The window of a frame may be compared with that of its parent, whatever site it belongs to.
_PLACE = """
if (window.parent === window) return null;
for (let index = 0; index < window.parent.length; index++) if (window.parent[index] === window) return index;
return null;
"""
_FRAME = """
const wanted = window[arguments[0]];
const search = (root) => {
  for (const element of root.querySelectorAll('*')) {
    if (element.contentWindow && element.contentWindow === wanted) return element;
    const found = element.shadowRoot && search(element.shadowRoot);
    if (found) return found;
  }
  return null;
};
return wanted ? search(document) : null;
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
    path: list[int] = []
    while (place := _run(driver, _PLACE)) is not None:
        path.insert(0, place)
        driver.switch_to.parent_frame()
    _visit(driver, action, iter(range(MOST_FRAMES)))
    driver.switch_to.default_content()
    for place in path:
        _enter(driver, place)


def _visit(driver: "WebDriver", action: Callable[[], object], budget: Iterator[int]) -> None:
    action()
    for place in range(_run(driver, "return window.length")):
        if next(budget, None) is None:
            logger.warning("The page has more than %d frames; the rest is pictured as it is", MOST_FRAMES)
            return
        # A frame may vanish at any moment; then it is in no picture either.
        with suppress(NoSuchFrameException, NoSuchWindowException):
            if _enter(driver, place):
                _visit(driver, action, budget)
                driver.switch_to.parent_frame()


def _enter(driver: "WebDriver", place: int) -> bool:
    element = _run(driver, _FRAME, place)
    if element is None:
        return False
    driver.switch_to.frame(element)
    return True


def _run(driver: "WebDriver", script: str, *arguments: object) -> Any:
    execute: Callable[..., Any] = driver.execute_script
    return execute(script, *arguments)
