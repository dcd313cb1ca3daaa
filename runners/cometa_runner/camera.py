"""Taking one picture: of the viewport, of the whole page or of an element, where wanted once the page stands still.

Contract: runner F.1.
"""

import base64
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from cometa_runner.capture import readied
from cometa_runner.steps.deadline import Deadline

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver
    from selenium.webdriver.remote.webelement import WebElement

STABLE_SECONDS: Final = 2.0
"""Longest time that a page gets to stand still."""

STABLE_TRIES: Final = 5
"""Most pictures that are taken until two in a row are equal."""

TALLEST_PAGE: Final = 16_000
"""Height in pixels of the device beyond which pages are cut: browsers draw no taller pictures."""

Box = tuple[float, float, float, float]
"""Left and top edge, width and height, in CSS pixels of a viewport."""

Extent = Literal["viewport", "page"]
"""What of a page is pictured."""

_LOADED = """
const near = (image) => image.loading !== 'lazy' || image.getBoundingClientRect().top < 2 * innerHeight;
return document.fonts.status === 'loaded'
  && Array.from(document.images).every((image) => image.complete || !near(image)) || null;
"""
# Boxes are told in pixels of the outermost viewport, so the places of the frames around are added.
_BOXES = """
let left = 0, top = 0, view = window, known = true;
while (view.parent !== view) {
  let frame = null;
  try { frame = view.frameElement; } catch { /* another site */ }
  if (!frame) { known = false; break; }
  const box = frame.getBoundingClientRect();
  left += box.left + frame.clientLeft;
  top += box.top + frame.clientTop;
  view = view.parent;
}
const boxes = Array.from(arguments[0], (element) => element.getBoundingClientRect());
return known ? boxes.map((box) => [box.left + left, box.top + top, box.width, box.height]) : null;
"""
_RATIO = "return window.devicePixelRatio || 1"
_SCROLLED = """
let view = window;
try { while (view.parent !== view && view.parent.document) view = view.parent; } catch { /* another site */ }
return [view.scrollX, view.scrollY];
"""
_INTO_VIEW = "arguments[0].scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'})"


@dataclass(frozen=True)
class Shot:
    """A picture as the driver gave it.

    Attributes:
        png: its bytes.
        stable: whether the page stood still; true where nobody asked.
        regions: rectangles ``[x, y, width, height]`` in pixels of the picture that are left out of comparisons.
        cut: whether the page is taller than the picture.
    """

    png: bytes
    stable: bool = True
    regions: tuple[tuple[int, int, int, int], ...] = ()
    cut: bool = False


@dataclass(frozen=True)
class Wish:
    """What is to be pictured, and how.

    Attributes:
        extent: part of the page; without meaning for elements.
        element: the one element to picture; None for the page.
        still: whether the page is brought to a standstill first.
        left_out: finds the elements that are left out of comparisons; called when the page is ready.
    """

    extent: Extent = "viewport"
    element: "WebElement | None" = None
    still: bool = False
    left_out: Callable[[], Sequence["WebElement"]] = tuple


@dataclass(frozen=True)
class _Page:
    """A page that is pictured as a whole.

    Attributes:
        scrolled: how far it is scrolled, in CSS pixels to the right and down.
        picture: takes the picture.
        cut: whether the picture does not reach its end.
    """

    scrolled: tuple[float, float]
    picture: Callable[[], bytes]
    cut: bool = False


def take(driver: "WebDriver", wish: Wish, secrets: Sequence[str]) -> Shot:
    """Take a picture that shows neither passwords nor secrets.

    Args:
        driver: the open browser.
        wish: what is wanted.
        secrets: values that must not be seen.

    Raises:
        WebDriverException: no picture can be taken, for instance because a dialog is open.
    """
    if wish.element is not None:
        _run(driver, _INTO_VIEW, wish.element)
    with readied(driver, secrets, still=wish.still):
        page = _whole_page(driver) if wish.extent == "page" and wish.element is None else None
        picture = _picture_of(driver, wish.element, page)
        png, stable = _still(driver, picture) if wish.still else (picture(), True)
        regions = _regions(driver, wish, page)
    return Shot(png, stable, regions, cut=page is not None and page.cut)


def png_size(png: bytes) -> tuple[int, int]:
    """Read width and height in px from the head of a PNG."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _picture_of(driver: "WebDriver", element: "WebElement | None", page: _Page | None) -> Callable[[], bytes]:
    if element is not None:
        return lambda: element.screenshot_as_png
    return driver.get_screenshot_as_png if page is None else page.picture


def _whole_page(driver: "WebDriver") -> _Page | None:
    """Say how a page is pictured that is larger than its viewport; None for any other one.

    Chromium pictures a rectangle, Firefox knows the whole page; of other browsers the viewport has to do.
    """
    command: Callable[..., dict[str, Any]] | None = getattr(driver, "execute_cdp_cmd", None)
    whole: Callable[[], bytes] | None = getattr(driver, "get_full_page_screenshot_as_png", None)
    if command is None:
        return None if whole is None else _Page(tuple(_run(driver, _SCROLLED)), whole)
    metrics = command("Page.getLayoutMetrics", {})
    height, viewport = metrics["cssContentSize"]["height"], metrics["cssLayoutViewport"]
    if height <= viewport["clientHeight"]:
        return None
    tallest = TALLEST_PAGE / float(_run(driver, _RATIO))
    area = {"x": 0, "y": 0, "width": viewport["clientWidth"], "height": min(height, tallest), "scale": 1}

    def picture() -> bytes:
        answer = command("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": area})
        return base64.b64decode(answer["data"])

    return _Page((viewport["pageX"], viewport["pageY"]), picture, cut=height > tallest)


def _still(driver: "WebDriver", picture: Callable[[], bytes]) -> tuple[bytes, bool]:
    """Wait for fonts and images, then repeat until two pictures in a row are equal."""
    deadline = Deadline(STABLE_SECONDS)
    deadline.poll(lambda: _run(driver, _LOADED))
    before = picture()
    for _ in range(STABLE_TRIES - 1):
        now = picture()
        if now == before:
            return now, True
        before = now
        if deadline.expired():
            break
    return before, False


def _regions(driver: "WebDriver", wish: Wish, page: _Page | None) -> tuple[tuple[int, int, int, int], ...]:
    """Give the boxes of the elements that are left out, in pixels of the picture."""
    elements = list(wish.left_out())
    if not elements:
        return ()
    boxes: list[Box] | None = _run(driver, _BOXES, [*elements, *([wish.element] if wish.element is not None else [])])
    if boxes is None:
        return ()
    right, down = page.scrolled if page is not None else (0.0, 0.0)
    if wish.element is not None:
        left, top, *_ = boxes.pop()
        right, down = -left, -top
    ratio = float(_run(driver, _RATIO))
    return tuple(_scaled((x + right, y + down, w, h), ratio) for x, y, w, h in boxes if w > 0 and h > 0)


def _scaled(box: Box, ratio: float) -> tuple[int, int, int, int]:
    """Give the pixels that a box touches."""
    left, top = int(box[0] * ratio // 1), int(box[1] * ratio // 1)
    right, bottom = int(-(-(box[0] + box[2]) * ratio // 1)), int(-(-(box[1] + box[3]) * ratio // 1))
    return left, top, right - left, bottom - top


def _run(driver: "WebDriver", script: str, *arguments: object) -> Any:
    execute: Callable[..., Any] = driver.execute_script
    return execute(script, *arguments)
