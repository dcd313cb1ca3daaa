"""Every picture has exactly one name, and nothing else is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cometa_screenshots.names import SUFFIXES, PictureName, read_name, write_name


@given(prefix=st.from_regex(r"[A-Za-z0-9_-]{0,32}", fullmatch=True), key=st.integers(1, 10**18 - 1),
       role=st.sampled_from(sorted(SUFFIXES.values())))  # fmt: skip
def test_a_name_is_read_as_it_was_written(prefix, key, role):
    assert read_name(prefix, write_name(prefix, key, role)) == PictureName(key, role)


def test_names_are_those_of_the_contract():
    """R-157: names of the three roles."""
    written = [write_name("AMVARA_", 63, role) for role in ("current", "style", "difference")]
    assert written == ["AMVARA_63.png", "AMVARA_63_style.png", "AMVARA_63.png_diff.png"]


@pytest.mark.parametrize(
    "name",
    ["", "63.png", "OTHER_63.png", "amvara_63.png", "AMVARA_.png", "AMVARA_063.png", "AMVARA_0.png", "AMVARA_-3.png",
     "AMVARA_\u0663.png", "AMVARA_63.PNG", "AMVARA_63.png\n", "AMVARA_63.png.bak", "xAMVARA_63.png",
     "AMVARA_63_styl.png", "AMVARA_63.png_diff", "..", "../AMVARA_63.png", "AMVARA_63.png/..", f"AMVARA_{10**18}.png"],
)  # fmt: skip
def test_anything_else_is_no_name(name):
    """R-160."""
    assert read_name("AMVARA_", name) is None


def test_the_prefix_is_no_pattern():
    assert read_name("A.", "AB63.png") is None
    assert read_name("", "63.png") == PictureName(63, "current")
