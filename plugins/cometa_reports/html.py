"""One page with everything in it: no other file, no script from elsewhere, so it can be mailed and archived."""

import base64
import io
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image, UnidentifiedImageError

from cometa_reports.document import Picture, Report

WIDEST: Final = 1280
"""Width in px that pictures in the page have at most; the API has the originals."""

JPEG_QUALITY: Final = 70


def write(report: Report) -> bytes:
    """Write a report as a page."""
    # Names of features, sentences and messages come from people and from tested pages: all of them are escaped.
    environment = Environment(
        loader=PackageLoader("cometa_reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["data_address"] = data_address
    environment.filters["seconds"] = seconds
    return environment.get_template("report.html").render(report=report).encode()


def data_address(picture: Picture) -> str:
    """Give a picture as an address that contains it, smaller than the original; empty when it cannot be read."""
    try:
        with Image.open(io.BytesIO(picture.read())) as image:
            smaller = image.convert("RGB")
            smaller.thumbnail((WIDEST, 16 * WIDEST))
            stream = io.BytesIO()
            smaller.save(stream, "JPEG", quality=JPEG_QUALITY)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(stream.getvalue()).decode()}"


def seconds(milliseconds: int) -> str:
    """Write a duration for people."""
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"
