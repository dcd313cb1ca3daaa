"""A person sees at a glance what changed."""

import io

import pytest
from PIL import Image, ImageDraw

from cometa_screenshots.comparison import Rules, compare
from cometa_screenshots.drawing import FRAME, RED, changed_areas
from cometa_screenshots.engines import make_engine


def picture(*boxes, size=(200, 160), colour="navy"):
    made = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(made)
    for left, top, width, height in boxes:
        pen.rectangle((left, top, left + width - 1, top + height - 1), fill=colour)
    target = io.BytesIO()
    made.save(target, "PNG")
    return target.getvalue()


def difference(current, baseline, rules=None):
    found = compare(make_engine("blazediff"), current, baseline, rules or Rules())
    with Image.open(io.BytesIO(found.difference)) as drawn:
        return drawn.convert("RGB")


def test_changed_pixels_are_red_on_the_dimmed_page_inside_a_frame():
    """runner F.4 point 6."""
    drawn = difference(picture((10, 10, 30, 30), (100, 100, 12, 12)), picture((10, 10, 30, 30)))
    assert drawn.getpixel((105, 105)) == RED
    assert drawn.getpixel((20, 20)) == (178, 178, 216), "what did not change is dimmed"
    frame = [drawn.getpixel((100 - distance, 105)) for distance in range(1, 8)]
    assert frame.count(FRAME) == 3
    assert drawn.getpixel((150, 20)) == (255, 255, 255)


def test_regions_that_were_left_out_are_hatched():
    """runner F.4 point 6, X-107."""
    current = picture((10, 10, 30, 30), (100, 100, 12, 12))
    drawn = difference(current, picture(), Rules(regions=[(0, 0, 50, 50)]))
    seen = {drawn.getpixel((x, y)) for x in range(40, 50) for y in range(40, 50)}
    assert (128, 128, 128) in seen
    assert RED not in {drawn.getpixel((x, y)) for x in range(50) for y in range(50)}


def test_what_only_the_new_picture_covers_is_red():
    """X-103."""
    drawn = difference(picture(size=(200, 200)), picture(size=(200, 160)))
    assert (drawn.getpixel((5, 195)), drawn.getpixel((5, 5))) == (RED, (255, 255, 255))


def mask(*boxes, size=(400, 300)):
    made = Image.new("L", size, 0)
    for left, top, width, height in boxes:
        made.paste(255, (left, top, left + width, top + height))
    return made


@pytest.mark.parametrize(
    ("boxes", "areas"),
    [
        ([], []),
        ([(50, 50, 1, 1)], [(50, 50, 51, 51)]),
        ([(399, 299, 1, 1)], [(399, 299, 400, 300)]),
        ([(10, 10, 5, 5), (18, 18, 5, 5)], [(10, 10, 23, 23)]),
        ([(10, 10, 5, 5), (200, 200, 50, 9)], [(10, 10, 15, 15), (200, 200, 250, 209)]),
    ],
)
def test_changes_that_are_close_form_one_area(boxes, areas):
    assert changed_areas(mask(*boxes)) == areas


def test_very_many_areas_get_one_frame():
    spots = [(x, y, 1, 1) for x in range(0, 640, 40) for y in range(0, 640, 40)]
    assert changed_areas(mask(*spots, size=(640, 640))) == [(0, 0, 601, 601)]
