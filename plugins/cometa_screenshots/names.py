"""Names of pictures, matched fully.  Contract: rest-api A6.12, R-160."""

import re
from dataclasses import dataclass

SUFFIXES = {"": "current", "_style": "style", ".png_diff": "difference"}
"""What stands between the key and ``.png`` -> role of the picture."""


@dataclass(frozen=True)
class PictureName:
    """A picture of a step row."""

    step_result_id: int
    role: str


def read_name(prefix: str, name: str) -> PictureName | None:
    """Read a name; None for anything that is not one.

    Each picture has exactly one name: digits of other scripts and leading zeros are refused.
    """
    pattern = re.compile(re.escape(prefix) + r"(?P<id>[1-9][0-9]{0,17})(?P<suffix>|_style|\.png_diff)\.png")
    found = pattern.fullmatch(name)
    return PictureName(int(found["id"]), SUFFIXES[found["suffix"]]) if found else None


def write_name(prefix: str, step_result_id: int, role: str) -> str:
    """Write the name of a picture."""
    suffix = next(text for text, known in SUFFIXES.items() if known == role)
    return f"{prefix}{step_result_id}{suffix}.png"
