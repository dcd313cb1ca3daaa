"""Comparing two pictures: verdict, number of differing pixels, and the picture of the differences.

Contract: runner F.4.
"""

import io
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image, ImageDraw

from cometa_screenshots.engines import Engine

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_PIXELS = 100_000_000
"""Pixels of a picture that is decoded; a small file can claim any number of them."""

HATCH_DISTANCE = 8
DIMMED = 0.3
RED = (230, 0, 0)
GREY = (128, 128, 128)

Region = tuple[int, int, int, int]
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
        if isinstance(values, list | tuple) and len(values) == 4 and all(isinstance(each, int) for each in values):
            x, y, width, height = values
            found.append((x, y, x + width, y + height))
    return [region for region in found if region[2] > region[0] and region[3] > region[1]]


def allowed_pixels(limit: str | None, pixels: int) -> int | None:
    """Return how many pixels a threshold allows: a number, or a share such as ``0.1%``; None without threshold."""
    text = (limit or "").strip()
    try:
        return int(float(text[:-1]) * pixels / 100) if text.endswith("%") else int(text)
    except (ValueError, OverflowError):
        return None


def compare(engine: Engine, current: bytes, baseline: bytes, rules: Rules) -> Comparison:
    """Compare two PNG pictures; equal bytes are not decoded.

    Args:
        engine: finds the differing pixels.
        current: new picture.
        baseline: picture that it is compared with.
        rules: tolerance, regions and threshold.
    """
    if current == baseline:
        return Comparison("equal", 0)
    try:
        sizes = size_of(current), size_of(baseline)
        with TemporaryDirectory(prefix="cometa-compare-") as folder:
            return _compared(engine, _Pair(Path(folder), current, baseline, *sizes), rules)
    except UnreadablePicture as error:
        return Comparison("error", None, reason=str(error))
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        return Comparison("error", None, reason=f"The pictures cannot be compared: {error}"[:300])


@dataclass(frozen=True)
class _Pair:
    """Two pictures and the folder where the files for the engine are."""

    folder: Path
    current: bytes
    baseline: bytes
    size: tuple[int, int]
    former: tuple[int, int]

    @property
    def common(self) -> tuple[int, int]:
        return min(self.size[0], self.former[0]), min(self.size[1], self.former[1])

    @property
    def uncommon(self) -> int:
        """Pixels that only one of the two covers."""
        areas = self.size[0] * self.size[1] + self.former[0] * self.former[1]
        return areas - 2 * self.common[0] * self.common[1]


def _compared(engine: Engine, pair: _Pair, rules: Rules) -> Comparison:
    files = [
        _prepared(pair, content, pair.folder / name, rules.regions)
        for name, content in (("current.png", pair.current), ("baseline.png", pair.baseline))
    ]
    counted = engine.count(files[0], files[1], rules.tolerance)
    pixels = counted + pair.uncommon
    if pair.size != pair.former:
        verdict = "size_changed"
    elif pixels == 0:
        return Comparison("equal", 0)
    else:
        allowed = allowed_pixels(rules.limit, pair.size[0] * pair.size[1])
        verdict = "within" if allowed is not None and pixels <= allowed else "different"
    mask = engine.mask(files[0], files[1], rules.tolerance) if counted else None
    return Comparison(verdict, pixels, _drawn(pair, mask, rules.regions))


def _prepared(pair: _Pair, content: bytes, file: Path, regions: Sequence[Region]) -> Path:
    """Write what the engine compares: the common part, opaque, with the regions painted black.

    A picture that needs nothing of it is written as it is, which spares its decoding.
    """
    with Image.open(io.BytesIO(content), formats=("PNG",)) as opened:
        if opened.mode == "RGB" and opened.size == pair.common and not regions:
            file.write_bytes(content)
            return file
        picture = _opaque(opened).crop((0, 0, *pair.common))
    pen = ImageDraw.Draw(picture)
    for left, top, right, bottom in regions:
        pen.rectangle((left, top, right - 1, bottom - 1), fill="black")
    picture.save(file, "PNG", compress_level=1)
    return file


def _opaque(picture: Image.Image) -> Image.Image:
    """Return a picture on white."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    layers = picture.convert("RGBA")
    flat = Image.new("RGB", layers.size, "white")
    flat.paste(layers, mask=layers.getchannel("A"))
    return flat


def _drawn(pair: _Pair, mask: Image.Image | None, regions: Sequence[Region]) -> bytes:
    """Draw the differences: red on the dimmed current picture, what is left out hatched."""
    with Image.open(io.BytesIO(pair.current), formats=("PNG",)) as opened:
        current = _opaque(opened)
    dimmed = Image.blend(Image.new("RGB", current.size, "white"), current, DIMMED)
    changed = Image.new("L", current.size, 255)
    changed.paste(0, (0, 0, *pair.common))
    if mask is not None:
        changed.paste(mask, (0, 0))
    dimmed.paste(RED, (0, 0, *current.size), changed)
    for region in regions:
        _hatch(dimmed, region)
    target = io.BytesIO()
    dimmed.save(target, "PNG", compress_level=1)
    return target.getvalue()


def _hatch(picture: Image.Image, region: Region) -> None:
    left, top = max(region[0], 0), max(region[1], 0)
    width, height = min(region[2], picture.width) - left, min(region[3], picture.height) - top
    if width <= 0 or height <= 0:
        return
    tile = picture.crop((left, top, left + width, top + height))
    pen = ImageDraw.Draw(tile)
    for start in range(-height, width, HATCH_DISTANCE):
        pen.line((start, height, start + height, 0), fill=GREY)
    picture.paste(tile, (left, top))
