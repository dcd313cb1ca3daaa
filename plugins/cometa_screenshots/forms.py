"""Forms of a picture: WebP and JPEG are derived when asked for; the PNG is never thrown away.

Contract: rest-api A6.12, runner F.2, R-158, X-097.
"""

import io
from enum import StrEnum

from PIL import Image
from webob.acceptparse import AcceptValidHeader

QUALITY = 70
WEBP_METHOD = 2
LARGEST_WEBP_SIDE = 16_383


class Form(StrEnum):
    """Form of a picture, by its media type."""

    PNG = "image/png"
    WEBP = "image/webp"
    JPEG = "image/jpeg"

    @property
    def suffix(self) -> str:
        """Short name for tags and files, for instance ``webp``."""
        return self.name.lower()


def wanted_form(accept: str | None, *, original: bool) -> Form:
    """Choose the form: the original, WebP where it is named with a quality above 0, else JPEG.

    Wildcards do not count: clients that know WebP name it.

    Args:
        accept: the header ``Accept``; None or unreadable = JPEG.
        original: whether the stored picture is wanted.
    """
    if original:
        return Form.PNG
    try:
        entries = AcceptValidHeader(accept or "*/*").parsed or ()
    except ValueError:
        return Form.JPEG
    named = any(media_type.lower() == Form.WEBP.value and quality > 0 for media_type, quality, *_ in entries)
    return Form.WEBP if named else Form.JPEG


def possible_form(size: tuple[int, int], form: Form) -> Form:
    """Return the form, or JPEG for a picture of more pixels a side than WebP can hold.

    Args:
        size: width and height in pixels.
        form: wanted form.
    """
    return Form.JPEG if form is Form.WEBP and max(size) > LARGEST_WEBP_SIDE else form


def encoded(picture: Image.Image, form: Form) -> bytes:
    """Return a picture as WebP or JPEG; in JPEG transparency becomes white."""
    target = io.BytesIO()
    if form is Form.WEBP:
        picture.save(target, "WEBP", quality=QUALITY, method=WEBP_METHOD)
    else:
        rgba = picture.convert("RGBA")
        flat = Image.new("RGB", rgba.size, "white")
        flat.paste(rgba, mask=rgba.getchannel("A"))
        flat.save(target, "JPEG", quality=QUALITY)
    return target.getvalue()
