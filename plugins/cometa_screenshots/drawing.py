"""The picture that shows differences at a glance.

Changed pixels are red on the dimmed current picture, each changed area has a frame, and what was left out is hatched.
Contract: runner F.4.
"""

import io
from collections.abc import Iterator, Sequence

from PIL import Image, ImageDraw

from cometa_screenshots.antialiasing import Pixel

Box = tuple[int, int, int, int]
"""Left, top, right and bottom edge in pixels; the last two lie outside."""

RED: Pixel = (230, 0, 0)
FRAME: Pixel = (200, 0, 160)
GREY: Pixel = (128, 128, 128)
DIMMED = 0.3
"""Share of the current picture that is left on white."""

HATCH_DISTANCE = 8
CELL = 16
"""Side of the squares by which changed pixels are put together to areas."""

MOST_FRAMES = 100
"""Areas that get frames of their own; more of them get one around all."""

FRAME_WIDTH = 3


def drawn(current: Image.Image, changed: Image.Image, regions: Sequence[Box]) -> bytes:
    """Draw differences and return them as PNG.

    Args:
        current: opaque current picture.
        changed: picture of mode ``L`` and the same size that is 255 where pixels changed.
        regions: rectangles that were left out of the comparison.
    """
    canvas = Image.blend(Image.new("RGB", current.size, "white"), current, DIMMED)
    for region in regions:
        _hatch(canvas, region)
    canvas.paste(RED, (0, 0, *canvas.size), changed)
    _frame(canvas, changed_areas(changed))
    target = io.BytesIO()
    canvas.save(target, "PNG", compress_level=1)
    return target.getvalue()


def changed_areas(changed: Image.Image) -> list[Box]:
    """Return the boxes of the areas that changed pixels form; those that are close count as one."""
    # Each pixel of the small picture is the mean of a cell: whatever is above 0 has at least one changed pixel.
    cells = changed.reduce(CELL)
    width, data = cells.width, bytearray(cells.tobytes())
    boxes = list(_clusters(data, width))
    if len(boxes) > MOST_FRAMES:
        whole = changed.getbbox()
        return [whole] if whole else []
    return [_exact(changed, box) for box in boxes]


def _clusters(data: bytearray, width: int) -> Iterator[Box]:
    """Yield the bounds of touching cells above 0, in cells; the data are used up."""
    place = next(_found(data, 0), None)
    while place is not None:
        waiting, data[place] = [place], 0
        left = right = place % width
        top = bottom = place // width
        while waiting:
            column, row = (cell := waiting.pop()) % width, cell // width
            left, right = min(left, column), max(right, column)
            top, bottom = min(top, row), max(bottom, row)
            waiting += _taken_around(data, width, column, row)
        yield left, top, right + 1, bottom + 1
        place = next(_found(data, place), None)


def _found(data: bytearray, start: int) -> Iterator[int]:
    return (place for place in range(start, len(data)) if data[place])


def _taken_around(data: bytearray, width: int, column: int, row: int) -> list[int]:
    """Return the neighbours of a cell that are above 0, and mark them as seen."""
    rows = range(max(row - 1, 0), min(row + 2, len(data) // width))
    columns = range(max(column - 1, 0), min(column + 2, width))
    found = [y * width + x for y in rows for x in columns if data[y * width + x]]
    for place in found:
        data[place] = 0
    return found


def _exact(changed: Image.Image, cells: Box) -> Box:
    """Return the smallest box of the changed pixels of some cells."""
    left, top = cells[0] * CELL, cells[1] * CELL
    part = changed.crop((left, top, min(cells[2] * CELL, changed.width), min(cells[3] * CELL, changed.height)))
    box = part.getbbox() or (0, 0, *part.size)
    return left + box[0], top + box[1], left + box[2], top + box[3]


def _frame(canvas: Image.Image, areas: Sequence[Box]) -> None:
    """Draw frames around areas, far enough outside to hide none of their pixels."""
    pen = ImageDraw.Draw(canvas)
    for left, top, right, bottom in areas:
        distance = 2 + FRAME_WIDTH
        frame = (left - distance, top - distance, right - 1 + distance, bottom - 1 + distance)
        pen.rectangle(frame, outline=FRAME, width=FRAME_WIDTH)


def _hatch(canvas: Image.Image, region: Box) -> None:
    left, top = max(region[0], 0), max(region[1], 0)
    width, height = min(region[2], canvas.width) - left, min(region[3], canvas.height) - top
    if width <= 0 or height <= 0:
        return
    tile = canvas.crop((left, top, left + width, top + height))
    pen = ImageDraw.Draw(tile)
    for start in range(-height, width, HATCH_DISTANCE):
        pen.line((start, height, start + height, 0), fill=GREY)
    pen.rectangle((0, 0, width - 1, height - 1), outline=GREY)
    canvas.paste(tile, (left, top))
