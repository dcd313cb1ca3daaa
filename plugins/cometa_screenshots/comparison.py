"""Comparing two pictures: verdict, number of differing pixels, and the picture of the differences.

Contract: runner F.4.
"""

import io
import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image, ImageDraw

from cometa_screenshots.drawing import Box, drawn
from cometa_screenshots.engines import Engine
from cometa_screenshots.plain_png import SIGNATURE, write_plain

MOST_PIXELS = 100_000_000
"""Pixels of a picture that is decoded; a small file can claim any number of them."""

Region = Box
"""Left, top, right and bottom edge in pixels."""


class UnreadablePicture(Exception):
    """A picture is no PNG, is damaged, or claims too many pixels."""


@dataclass(frozen=True)
class Comparison:
    """What a comparison found.

    Attributes:
        verdict: ``equal``, ``within``, ``different``, ``size_changed`` or ``error``.
        pixel_diff: differing pixels; None when the comparison was impossible.
        difference: PNG with the differences; None without any.
        reason: why it was impossible; empty otherwise.
    """

    verdict: str
    pixel_diff: int | None
    difference: bytes | None = None
    reason: str = ""


@dataclass(frozen=True)
class Rules:
    """How pictures are compared.

    Attributes:
        tolerance: distance of colours that is none, 0 to 1.
        regions: rectangles that are left out.
        limit: differing pixels that are allowed, or a share of the picture such as ``0.1%``; None = none is.
    """

    tolerance: float = 0.1
    regions: Sequence[Region] = ()
    limit: str | None = None


def size_of(content: bytes) -> tuple[int, int]:
    """Return width and height of a PNG without decoding it.

    Raises:
        UnreadablePicture: it is none, or has no or too many pixels.
    """
    if len(content) < 33 or not content.startswith(SIGNATURE) or content[12:16] != b"IHDR":
        raise UnreadablePicture("It is not a PNG.")
    if zlib.crc32(content[12:29]) != struct.unpack(">I", content[29:33])[0]:
        raise UnreadablePicture("The head of the PNG is damaged.")
    width, height = struct.unpack(">II", content[16:24])
    if not 0 < width * height <= MOST_PIXELS:
        raise UnreadablePicture(f"A picture of {width} x {height} pixels is not accepted.")
    return width, height


def check_png(content: bytes) -> tuple[int, int]:
    """Return width and height of a PNG after it was decoded as a whole.

    Raises:
        UnreadablePicture: it is not one, or it is damaged.
    """
    size = size_of(content)
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
            picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadablePicture(f"The PNG cannot be decoded: {error}.") from error
    return size


def read_regions(stored: Sequence[Any] | None) -> list[Region]:
    """Read rectangles that are stored as ``[x, y, width, height]`` or as an object with these keys; others are none."""
    found: list[Region] = []
    for entry in stored or ():
        values = [entry.get(key) for key in ("x", "y", "width", "height")] if isinstance(entry, dict) else entry
        if isinstance(values, list | tuple) and len(values) == 4 and all(_is_length(each) for each in values):
            x, y, width, height = values
            # A pixel that is covered in part is left out, too.
            found.append((math.floor(x), math.floor(y), math.ceil(x + width), math.ceil(y + height)))
    return [region for region in found if region[2] > region[0] and region[3] > region[1]]


def _is_length(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MOST_PIXELS


def allowed_pixels(limit: str | None, pixels: int) -> int | None:
    """Return how many pixels a threshold allows: a number, or a share such as ``0.1%``; None without threshold."""
    text = (limit or "").strip()
    try:
        return int(float(text[:-1]) * pixels / 100) if text.endswith("%") else int(float(text))
    except (ValueError, OverflowError):
        return None


def compare(engine: Engine, current: bytes, baseline: bytes, rules: Rules) -> Comparison:
    """Compare two PNG pictures and draw their differences; equal bytes are not decoded.

    Args:
        engine: finds the differing pixels.
        current: new picture.
        baseline: picture that it is compared with.
        rules: tolerance, regions and threshold.
    """
    with comparing(engine, current, baseline, rules) as pair:
        found = pair.judge()
        return replace(found, difference=pair.draw(found))


@contextmanager
def comparing(engine: Engine, current: bytes, baseline: bytes, rules: Rules) -> Iterator["Pair"]:
    """Compare in two parts: the verdict, which a step may wait for, and the picture of the differences.

    Args:
        engine: finds the differing pixels.
        current: new picture.
        baseline: picture that it is compared with.
        rules: tolerance, regions and threshold.
    """
    with TemporaryDirectory(prefix="cometa-compare-") as folder:
        yield Pair(engine, current, baseline, rules, Path(folder))


class Pair:
    """Two pictures that are compared.

    Args:
        engine: finds the differing pixels.
        current: new picture.
        baseline: picture that it is compared with.
        rules: tolerance, regions and threshold.
        folder: where the files for the engine are written.
    """

    def __init__(self, engine: Engine, current: bytes, baseline: bytes, rules: Rules, folder: Path) -> None:
        self._engine = engine
        self._current = current
        self._baseline = baseline
        self._rules = rules
        self._folder = folder
        self._files: tuple[Path, Path] | None = None
        self._common = (0, 0)

    def judge(self) -> Comparison:
        """Give the verdict; what cannot be compared is ``error``, never 0."""
        if self._current == self._baseline:
            return Comparison("equal", 0)
        try:
            return self._judged(size_of(self._current), size_of(self._baseline))
        except UnreadablePicture as error:
            return Comparison("error", None, reason=str(error))
        except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
            return Comparison("error", None, reason=f"The pictures cannot be compared: {error}"[:300])

    def draw(self, found: Comparison) -> bytes | None:
        """Draw the differences that ``judge`` found; None where there are none."""
        if not found.pixel_diff or self._files is None:
            return None
        with Image.open(io.BytesIO(self._current), formats=("PNG",)) as opened:
            current = _opaque(opened)
        changed = Image.new("L", current.size, 255)
        changed.paste(self._engine.mask(*self._files, self._rules.tolerance), (0, 0))
        return drawn(current, changed, self._rules.regions)

    def _judged(self, size: tuple[int, int], former: tuple[int, int]) -> Comparison:
        self._common = min(size[0], former[0]), min(size[1], former[1])
        self._files = (
            self._prepared(self._current, self._folder / "current.png"),
            self._prepared(self._baseline, self._folder / "baseline.png"),
        )
        counted = self._engine.count(*self._files, self._rules.tolerance)
        common = self._common[0] * self._common[1]
        pixels = counted + size[0] * size[1] + former[0] * former[1] - 2 * common
        if size != former:
            return Comparison("size_changed", pixels)
        if pixels == 0:
            return Comparison("equal", 0)
        allowed = allowed_pixels(self._rules.limit, size[0] * size[1])
        return Comparison("within" if allowed is not None and pixels <= allowed else "different", pixels)

    def _prepared(self, content: bytes, file: Path) -> Path:
        """Write what the engine compares: the common part, opaque, with the regions painted black.

        A picture that needs nothing of it is written as it is, which spares its decoding.
        """
        with Image.open(io.BytesIO(content), formats=("PNG",)) as opened:
            if opened.mode == "RGB" and opened.size == self._common and not self._rules.regions:
                file.write_bytes(content)
                return file
            picture = _opaque(opened).crop((0, 0, *self._common))
        pen = ImageDraw.Draw(picture)
        for left, top, right, bottom in self._rules.regions:
            pen.rectangle((left, top, right - 1, bottom - 1), fill="black")
        write_plain(picture, file)
        return file


def _opaque(picture: Image.Image) -> Image.Image:
    """Return a picture on white."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    layers = picture.convert("RGBA")
    flat = Image.new("RGB", layers.size, "white")
    flat.paste(layers, mask=layers.getchannel("A"))
    return flat
