"""Engines that find differing pixels: a native library, or Pillow alone with the same algorithm.

Two pixels differ when their perceived distance (YIQ) exceeds the tolerance and neither is part of an anti-aliased
edge.  Contract: runner F.4.
"""

import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import blazediff  # type: ignore[import-untyped]  # the library ships no types
from PIL import Image, ImageChops

from cometa_core.errors import ConfigurationError
from cometa_screenshots.antialiasing import PixelGrid, is_antialiased, perceived_distance

FARTHEST = 35_215.0
"""Largest perceived distance, that of black and white."""

SHARE_OF_SQUARE = 0.55
"""No distance is larger than this times the square of the largest difference of a channel."""


class Engine(Protocol):
    """Finds the differing pixels of two opaque pictures of the same size."""

    def count(self, current: Path, baseline: Path, tolerance: float) -> int:
        """Return the number of differing pixels of two PNG files.

        Args:
            current: file of the new picture.
            baseline: file of the picture that it is compared with.
            tolerance: 0 (every difference) to 1 (none).

        Raises:
            ValueError, OSError: a file cannot be decoded.
        """

    def mask(self, current: Path, baseline: Path, tolerance: float) -> Image.Image:
        """Return a picture of mode ``L`` that is 255 where pixels differ; as ``count`` otherwise."""


class NativeEngine:
    """The library blazediff, a few times faster than a decoding by Pillow alone."""

    def count(self, current: Path, baseline: Path, tolerance: float) -> int:
        """Return the number of differing pixels."""
        found = blazediff.compare(str(baseline), str(current), threshold=tolerance, antialiasing=True)
        return int(found.diff_count or 0)

    def mask(self, current: Path, baseline: Path, tolerance: float) -> Image.Image:
        """Return where pixels differ: red in the picture of the library, while anti-aliased ones are yellow."""
        with TemporaryDirectory() as folder:
            target = Path(folder) / "mask.png"
            found = blazediff.compare(
                str(baseline), str(current), str(target), threshold=tolerance, antialiasing=True, diff_mask=True,
                compression=1,
            )  # fmt: skip
            if not found.diff_count:
                # The library writes no file then.
                with Image.open(current) as picture:
                    return Image.new("L", picture.size, 0)
            with Image.open(target) as drawn:
                red, green, *_ = drawn.convert("RGBA").split()
        return ImageChops.subtract(red, green)


class PillowEngine:
    """The same algorithm on Pillow: quick for few differences, slow where half of a large picture differs."""

    def count(self, current: Path, baseline: Path, tolerance: float) -> int:
        """Return the number of differing pixels."""
        return self.mask(current, baseline, tolerance).histogram()[255]

    def mask(self, current: Path, baseline: Path, tolerance: float) -> Image.Image:
        """Return where pixels differ."""
        with Image.open(current) as first, Image.open(baseline) as second:
            grids = PixelGrid.of(first), PixelGrid.of(second)
            candidates = _candidates(first.convert("RGB"), second.convert("RGB"), tolerance)
        limit = FARTHEST * tolerance * tolerance
        width = grids[0].width
        place = candidates.find(255)
        while place >= 0:
            if not _differs(grids, place % width, place // width, limit):
                candidates[place] = 0
            place = candidates.find(255, place + 1)
        return Image.frombytes("L", (width, grids[0].height), bytes(candidates))


def _candidates(first: Image.Image, second: Image.Image, tolerance: float) -> bytearray:
    """Mark with 255 what can exceed the tolerance at all, so that few pixels are looked at one by one."""
    least = math.floor(math.sqrt(FARTHEST * tolerance * tolerance / SHARE_OF_SQUARE))
    red, green, blue = ImageChops.difference(first, second).split()
    largest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return bytearray(largest.point([255 if value > least else 0 for value in range(256)]).tobytes())


def _differs(grids: tuple[PixelGrid, PixelGrid], x: int, y: int, limit: float) -> bool:
    first, second = grids
    if abs(perceived_distance(first.at(x, y), second.at(x, y))) <= limit:
        return False
    return not (is_antialiased(first, second, x, y) or is_antialiased(second, first, x, y))


def make_engine(name: str) -> Engine:
    """Return the engine of the setting ``cometa.visual.engine``.

    Raises:
        ConfigurationError: there is no engine of that name.
    """
    engines: dict[str, type[NativeEngine | PillowEngine]] = {"blazediff": NativeEngine, "pillow": PillowEngine}
    if name not in engines:
        raise ConfigurationError(f"cometa.visual.engine is {name!r}; use {' or '.join(engines)}.")
    return engines[name]()
