"""Both engines find the same; what cannot be compared is an error, never 0."""

import io

import pytest
from PIL import Image, ImageDraw, ImageFilter

from cometa_screenshots.comparison import Rules, compare
from cometa_screenshots.engines import make_engine


def page(word="book", shift=0):
    large = Image.new("RGB", (480, 240), "white")
    pen = ImageDraw.Draw(large)
    pen.text((20 + shift, 20), f"Buy a {word}", fill="navy", font_size=60)
    pen.ellipse((300 + shift, 120, 400 + shift, 220), fill="red")
    return large.resize((240, 120), Image.Resampling.LANCZOS)


def png(made):
    target = io.BytesIO()
    made.save(target, "PNG")
    return target.getvalue()


@pytest.fixture(params=["blazediff", "pillow"])
def engine(request):
    return make_engine(request.param)


@pytest.mark.parametrize("other", [page("boot"), page().filter(ImageFilter.GaussianBlur(1)), page().convert("L")])
def test_both_engines_count_the_same(other):
    """runner F.4: within 1 %."""
    counts = [
        compare(make_engine(name), png(other), png(page()), Rules()).pixel_diff for name in ("blazediff", "pillow")
    ]
    assert abs(counts[0] - counts[1]) <= max(counts[0] * 0.01, 1)
    assert counts[0] > 0


def test_equal_bytes_are_not_decoded(engine):
    """X-110: what is equal byte by byte costs no decoding; `make bench` measures the rest."""
    assert compare(engine, b"no picture", b"no picture", Rules()).verdict == "equal"


def test_another_size_counts_what_only_one_covers(engine):
    found = compare(engine, png(Image.new("RGB", (10, 12))), png(Image.new("RGB", (10, 10))), Rules())
    assert (found.verdict, found.pixel_diff) == ("size_changed", 20)


def test_regions_are_left_out(engine):
    changed = page()
    ImageDraw.Draw(changed).rectangle((5, 100, 20, 115), fill="black")
    assert compare(engine, png(changed), png(page()), Rules(regions=[(0, 95, 30, 120)])).verdict == "equal"
    found = compare(engine, png(changed), png(page()), Rules(limit="50%"))
    assert found.verdict == "within"
    with Image.open(io.BytesIO(found.difference)) as drawn:
        assert drawn.getpixel((10, 105)) == (230, 0, 0)


@pytest.mark.parametrize("broken", [b"", b"GIF89a", png(page())[:300]])
def test_what_cannot_be_read_is_an_error(engine, broken):
    found = compare(engine, broken, png(page("boot")), Rules())
    assert (found.verdict, found.pixel_diff, found.difference) == ("error", None, None)
    assert found.reason
