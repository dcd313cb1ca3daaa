"""Variables in subjects and texts that testers write.  Contract: runner L."""

import re
from collections.abc import Callable, Mapping
from typing import Any

NAMES = ("feature_name", "ok", "fails", "skipped", "total", "state", "url", "browser")
"""What may be named; also as ``${name}``."""

_NAME = rf"(?:{'|'.join(NAMES)})(?![A-Za-z0-9_])|screenshot\[(?:-?[0-9]{{1,4}}|last)\]"
TOKEN = re.compile(rf"\$(?:\{{(?P<braced>{_NAME})\}}|(?P<bare>{_NAME}))")


def expand(
    text: str,
    facts: Mapping[str, Any],
    picture: Callable[[str], str],
    written: Callable[[str], str] = lambda value: value,
) -> str:
    """Replace the variables of a text; other words with a dollar sign stay as they are.

    Args:
        text: subject or text.
        facts: what is known about the result.
        picture: gives what stands for a picture; is given ``3``, ``-1`` or ``last``.
        written: how a value is written, for instance with what HTML needs.
    """

    def value(found: re.Match[str]) -> str:
        name = found["braced"] or found["bare"]
        if name.startswith("screenshot["):
            return picture(name[len("screenshot[") : -1])
        return written(str(facts.get(name, "")))

    return TOKEN.sub(value, text)
