"""Both engines on pictures as browsers make them."""

import io

import pytest
from PIL import Image, ImageDraw, ImageFilter

from cometa_screenshots.comparison import Rules, comparing, read_regions
from cometa_screenshots.engines import make_engine

ENGINES = ("blazediff", "pillow")


def page(word="book", *, shift=0.0, size=(400, 200)):
    """A page with smooth edges, moved by a part of a pixel."""
    scale = 4
    large = Image.new("RGB", (size[0] * scale, size[1] * scale), "white")
    pen = ImageDraw.Draw(large)
    pen.text((80 + shift * scale, 60), f"Buy a {word} today", fill="navy", font_size=120)
    pen.ellipse((900 + shift * scale, 400, 1200 + shift * scale, 700), fill="red")
    pen.rectangle((80, 500, 600, 700), outline="black", width=scale)
    return large.resize(size, Image.Resampling.BOX)


def block(side, place=(340, 150)):
    made = page()
    ImageDraw.Draw(made).rectangle((*place, place[0] + side - 1, place[1] + side - 1), fill="lime")
    return made


def smoothed():
    """The same page, its edges smoothed a little more."""
    return Image.blend(page(), page().filter(ImageFilter.SMOOTH), 0.12)


CORPUS = {
    "word": page("boot"),
    "half a pixel": page(shift=0.5),
    "two pixels": page(shift=2),
    "grey": page().convert("L"),
    "blurred": page().filter(ImageFilter.GaussianBlur(1)),
    "block": block(40),
    "inverted": Image.eval(page(), lambda value: 255 - value),
    "line": block(1, (10, 190)),
    "smoothed": smoothed(),
}


def png(made):
    target = io.BytesIO()
    made.convert("RGB").save(target, "PNG")
    return target.getvalue()


def count(engine, made, rules=None):
    with comparing(make_engine(engine), png(made), png(page()), rules or Rules()) as pair:
        return pair.judge().pixel_diff


@pytest.mark.parametrize("made", CORPUS.values(), ids=CORPUS.keys())
def test_both_engines_count_the_same(made):
    """X-105, runner F.4 point 4."""
    native, pure = (count(engine, made) for engine in ENGINES)
    assert native == pure, "a hundredth is allowed, but both follow one algorithm"


@pytest.mark.parametrize("engine", ENGINES)
def test_smoothing_of_edges_counts_nothing_and_a_small_block_counts_its_pixels(engine):
    """X-105."""
    assert count(engine, smoothed()) == 0
    assert count(engine, block(3)) == 9
    assert count(engine, page("boot")) > 100


@pytest.mark.parametrize("engine", ENGINES)
def test_a_difference_inside_of_a_region_counts_nothing(engine):
    """X-107."""
    regions = read_regions([[338, 148, 6, 6]])
    assert count(engine, block(3), Rules(regions=regions)) == 0
    assert count(engine, block(3), Rules(regions=read_regions([{"x": 338, "y": 148, "width": 3, "height": 6}]))) == 6


@pytest.mark.parametrize(
    "stored", [None, [], ["#selector"], [[1, 2, 3]], [[1, 2, 0, 5]], [{"x": 1}], [[1, 2, "3", 4]], [[1, 2, True, 4]]]
)
def test_what_is_no_rectangle_leaves_nothing_out(stored):
    assert read_regions(stored) == []


def test_a_pixel_that_a_region_covers_in_part_is_left_out():
    assert read_regions([[1.4, 2.6, 10.2, 3.1]]) == [(1, 2, 12, 6)]
