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


def read_sequence(prefix: str, name: str) -> int | None:
    """Read the last part of a picture's path, ``<prefix>step_<sequence>.webp``; None for anything else.

    The ending says nothing about the form, which the client chooses.  Contract: runner F.2.
    """
    found = re.fullmatch(re.escape(prefix) + r"step_(?P<sequence>[1-9][0-9]{0,8})\.(?:webp|png|jpg|jpeg)", name)
    return int(found["sequence"]) if found else None


@dataclass(frozen=True)
class TemplateName:
    """The template of a step of a feature.

    Attributes:
        feature_id: key of the feature.
        index: place of the step among those that really run, from 0.
        family: browser family, lower case; empty where the name has none.
    """

    feature_id: int
    index: int
    family: str = ""


def read_template_name(prefix: str, name: str) -> TemplateName | None:
    """Read the name of a template; None for anything that is not one.  Contract: rest-api A6.12."""
    number = r"0|[1-9][0-9]{0,17}"
    pattern = (
        re.escape(prefix)
        + rf"(?P<feature>[1-9][0-9]{{0,17}})_(?P<index>{number})(?:_(?P<family>[a-z0-9-]{{1,40}}))?\.png"
    )
    found = re.fullmatch(pattern, name)
    return TemplateName(int(found["feature"]), int(found["index"]), found["family"] or "") if found else None


def write_template_name(prefix: str, feature_id: int, index: int) -> str:
    """Write the name of the template of a step."""
    return f"{prefix}{feature_id}_{index}.png"
