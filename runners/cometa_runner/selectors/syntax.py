"""The forms of a selector.

Contract: runner E.1 points 1 to 4, E.3.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from cometa_runner.steps.failure import StepFailure

First = Literal["css", "xpath", "link", "class"]
"""Strategy that the words of a sentence name; it is tried first and excludes nothing."""

DEFAULT_ORDER = ("css", "id", "name", "link", "text")
"""Strategies of a selector without prefix, in the order in which they are tried."""

_PREFIX = re.compile(r"(css|xpath|id|name|text|contains|link|partial|class|tag|testid)=(.*)", re.DOTALL)
_IMPORTED = re.compile(r"(\w+)@@(.*)", re.DOTALL)
_IMPORTED_KINDS = MappingProxyType(
    {
        "css": "css",
        "xpath": "xpath",
        "id": "id",
        "name": "name",
        "class": "class",
        "link_text": "link",
        "partial_text": "partial",
        "tag_name": "tag",
        "accessibility_id": "label",
    }
)
_XPATH = re.compile(r"[\s(]*\.?/")


@dataclass(frozen=True)
class Query:
    """What to look for, in which ways.

    Attributes:
        given: the selector as the tester wrote it.
        strategies: (strategy, value) in the order in which they are tried.
        fixed: whether the form names the only strategy, so that an invalid value is an error.
    """

    given: str
    strategies: tuple[tuple[str, str], ...]
    fixed: bool = False


def parse(selector: str, first: First | None = None) -> Query:
    """Read a selector.

    Args:
        selector: any form of runner E.
        first: strategy that the sentence names.

    Raises:
        StepFailure: ``bad-value`` for an empty selector, ``bad-selector`` for an unknown import kind.
            Contract: X-089.
    """
    text = selector.strip()
    fixed = _fixed_strategy(text)
    if fixed is not None:
        if not fixed[1].strip():
            raise StepFailure("bad-value", expected="a selector", found=f'"{selector}" without anything to look for')
        return Query(selector, (fixed,), fixed=True)
    order = DEFAULT_ORDER if first is None else (first, *(name for name in DEFAULT_ORDER if name != first))
    return Query(selector, tuple((strategy, text) for strategy in order))


def buttons(label: str) -> Query:
    """Look for button-like elements by what they are called, then by any other attribute.

    Raises:
        StepFailure: ``bad-value`` for an empty label.
    """
    if not label.strip():
        raise StepFailure("bad-value", expected="the label of a button", found="an empty text")
    return Query(label, (("button", label), ("attribute", label)))


def _fixed_strategy(text: str) -> tuple[str, str] | None:
    if not text:
        return "css", ""
    prefixed = _PREFIX.fullmatch(text)
    if prefixed:
        return prefixed[1], prefixed[2]
    imported = _IMPORTED.fullmatch(text)
    if imported and imported[1] in _IMPORTED_KINDS:
        return _IMPORTED_KINDS[imported[1]], imported[2]
    return ("xpath", text) if _XPATH.match(text) else None
