"""Derived forms of a picture: WebP and JPEG, made when asked for and cached; the PNG is never thrown away.

Contract: rest-api A6.12, runner F.2, R-158, X-097.
"""

import tempfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

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


def wanted_form(accept: str | None, *, original: bool) -> Form:
    """Choose the form: the original, WebP where it is named with a quality above 0, else JPEG.

    Wildcards do not count: clients that know WebP name it.
    """
    if original:
        return Form.PNG
    try:
        entries = AcceptValidHeader(accept or "*/*").parsed or ()
    except ValueError:
        return Form.JPEG
    named = any(media_type.lower() == Form.WEBP.value and quality > 0 for media_type, quality, *_ in entries)
    return Form.WEBP if named else Form.JPEG


def derived(folder: Path, digest: str, form: Form, open_original: Callable[[], BinaryIO]) -> tuple[Path, Form]:
    """Return the file of a derived form, making it on the first call.

    Args:
        folder: cache; anything in it may be removed at any time.
        digest: SHA-256 of the original.
        form: WebP or JPEG; a picture too tall for WebP becomes JPEG.
        open_original: opens the stored PNG.
    """
    for possible in (form, Form.JPEG):
        path = folder / digest[:2] / f"{digest}.{possible.name.lower()}"
        if path.is_file():
            return path, possible
    with open_original() as stream, Image.open(stream) as picture:
        if form is Form.WEBP and max(picture.size) > LARGEST_WEBP_SIDE:
            form = Form.JPEG
        path = folder / digest[:2] / f"{digest}.{form.name.lower()}"
        write_atomically(path, lambda target: encode(picture, form, target))
    return path, form


def encode(picture: Image.Image, form: Form, target: BinaryIO) -> None:
    """Write a picture in a form; transparency becomes white in JPEG."""
    if form is Form.WEBP:
        picture.save(target, "WEBP", quality=QUALITY, method=WEBP_METHOD)
        return
    rgba = picture.convert("RGBA")
    flat = Image.new("RGB", rgba.size, "white")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    flat.save(target, "JPEG", quality=QUALITY)


def write_atomically(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file so that readers see it whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as target:
        try:
            write(target)
        except BaseException:
            Path(target.name).unlink(missing_ok=True)
            raise
    Path(target.name).replace(path)
