"""Telling anti-aliased pixels by their neighbours, as pixelmatch does it.

After Vyšniauskas, "Anti-aliased pixel and intensity slope detector" (2009).  Contract: runner F.4.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

Pixel = tuple[int, int, int]

MOST_EQUAL = 2
"""Neighbours of the same brightness that a pixel of a slope has at most; the edge of the picture counts as one."""

SIBLINGS = 2
"""Neighbours of the same colour, more of which make a pixel a part of a surface."""


@dataclass(frozen=True)
class PixelGrid:
    """The pixels of an opaque picture.

    Attributes:
        data: red, green and blue of each pixel, row by row.
        width: pixels in a row.
        height: rows.
    """

    data: bytes
    width: int
    height: int

    @classmethod
    def of(cls, picture: Image.Image) -> "PixelGrid":
        """Read a picture, whose transparency is ignored."""
        return cls(picture.convert("RGB").tobytes(), picture.width, picture.height)

    def at(self, x: int, y: int) -> Pixel:
        """Return the pixel of a place inside of the picture."""
        start = 3 * (y * self.width + x)
        return self.data[start], self.data[start + 1], self.data[start + 2]

    def around(self, x: int, y: int) -> Iterator[tuple[int, int]]:
        """Yield the places next to a place, at most eight, row by row.

        Of several equally dark or bright neighbours the first one counts, so the order is that of the native engine.
        """
        for row in range(max(y - 1, 0), min(y + 2, self.height)):
            for column in range(max(x - 1, 0), min(x + 2, self.width)):
                if (column, row) != (x, y):
                    yield column, row

    def is_edge(self, x: int, y: int) -> bool:
        """Tell whether a place is on the edge of the picture."""
        return x in {0, self.width - 1} or y in {0, self.height - 1}


def perceived_distance(first: Pixel, second: Pixel) -> float:
    """Return how far two colours are apart for the eye; negative when the first is the brighter one.

    After Kotsarenko and Ramos, "Measuring perceived color difference using YIQ NTSC transmission color space" (2010).
    """
    red, green, blue = (one - other for one, other in zip(first, second, strict=True))
    brightness = red * 0.29889531 + green * 0.58662247 + blue * 0.11448223
    orange = red * 0.59597799 - green * 0.27417610 - blue * 0.32180189
    purple = red * 0.21147017 - green * 0.52261711 + blue * 0.31114694
    distance = 0.5053 * brightness * brightness + 0.299 * orange * orange + 0.1957 * purple * purple
    return -distance if brightness > 0 else distance


def brightness_step(first: Pixel, second: Pixel) -> float:
    """Return by how much the first colour is brighter than the second."""
    red, green, blue = (one - other for one, other in zip(first, second, strict=True))
    return red * 0.29889531 + green * 0.58662247 + blue * 0.11448223


def is_antialiased(own: PixelGrid, other: PixelGrid, x: int, y: int) -> bool:
    """Tell whether a pixel smooths an edge: it lies on a slope of brightness between two surfaces of both pictures.

    Args:
        own: picture with the pixel.
        other: picture of the same size that it is compared with.
        x: column.
        y: row.
    """
    equal = int(own.is_edge(x, y))
    darkest = brightest = 0.0
    low = high = (x, y)
    pixel = own.at(x, y)
    for place in own.around(x, y):
        step = brightness_step(pixel, own.at(*place))
        if step == 0:
            equal += 1
            if equal > MOST_EQUAL:
                return False
        elif step < darkest:
            darkest, low = step, place
        elif step > brightest:
            brightest, high = step, place
    if darkest == 0 or brightest == 0:
        return False
    return any(_is_surface(own, *place) and _is_surface(other, *place) for place in (low, high))


def _is_surface(grid: PixelGrid, x: int, y: int) -> bool:
    """Tell whether more than two neighbours of a place have its colour."""
    pixel = grid.at(x, y)
    alike = int(grid.is_edge(x, y))
    for place in grid.around(x, y):
        alike += grid.at(*place) == pixel
        if alike > SIBLINGS:
            return True
    return False
