"""Which form a client gets, and what the derived forms look like."""

import io

import pytest
from PIL import Image

from cometa_screenshots.forms import Form, encoded, possible_form, wanted_form


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, Form.JPEG),
        ("", Form.JPEG),
        ("*/*", Form.JPEG),
        ("image/*", Form.JPEG),
        ("image/png", Form.JPEG),
        ("image/webp", Form.WEBP),
        ("IMAGE/WebP", Form.WEBP),
        ("image/avif,image/webp,image/apng,image/*,*/*;q=0.8", Form.WEBP),
        ("image/webp;q=0.1, image/jpeg", Form.WEBP),
        ("image/webp;q=0", Form.JPEG),
        ("image/webp;q=0.000, */*", Form.JPEG),
        ("image/webpx", Form.JPEG),
        ("image/webp;;;", Form.JPEG),
    ],
)
def test_webp_is_given_only_to_who_names_it(accept, form):
    """R-158: wildcards do not count, quality 0 refuses."""
    assert wanted_form(accept, original=False) is form
    assert wanted_form(accept, original=True) is Form.PNG


@pytest.mark.parametrize(("height", "form"), [(16_383, Form.WEBP), (16_384, Form.JPEG)])
def test_what_is_too_tall_for_webp_becomes_jpeg(height, form):
    assert possible_form((10, height), Form.WEBP) is form
    assert possible_form((height, 10), Form.WEBP) is form


@pytest.mark.parametrize("height", [16_383, 16_384])
def test_the_limit_of_webp_is_that_of_the_library(height):
    picture = Image.new("RGB", (2, height))
    form = possible_form(picture.size, Form.WEBP)
    assert Image.open(io.BytesIO(encoded(picture, form))).size == (2, height)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("form", [Form.WEBP, Form.JPEG])
def test_every_kind_of_png_can_be_derived(mode, form):
    stored = io.BytesIO()
    Image.new(mode, (8, 8)).save(stored, "PNG")
    with Image.open(stored) as picture:
        made = Image.open(io.BytesIO(encoded(picture, form)))
    assert (made.format, made.size) == (form.name, (8, 8))


def test_transparency_is_white_in_jpeg():
    """R-158."""
    picture = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    made = Image.open(io.BytesIO(encoded(picture, Form.JPEG)))
    assert made.getpixel((8, 8)) == (255, 255, 255)


def test_transparency_stays_in_webp():
    picture = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    made = Image.open(io.BytesIO(encoded(picture, Form.WEBP)))
    assert made.convert("RGBA").getpixel((8, 8))[3] == 0
