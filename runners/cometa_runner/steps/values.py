"""Reads the text of parameters as what their kind says, before a step acts.

Contract: steps section 3; files are found by ``file_names``.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from cometa_runner.steps.failure import StepFailure, quoted

LONGEST_SECONDS = 7200
"""Upper limit of the kind ``seconds``."""

LONGEST_NAME = 100
"""Characters of a variable's name."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_NAME = re.compile(r"[\w.-]+")


def decimal_or_none(text: str) -> Decimal | None:
    """Read a decimal number with ``.``; None for anything else (no exponents, no grouping, no words)."""
    text = text.strip()
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def number(text: str, name: str) -> Decimal:
    """Read a parameter of kind ``number``.

    Raises:
        StepFailure: ``bad-value`` naming the parameter.
    """
    value = decimal_or_none(text)
    if value is None:
        raise _bad(f"{name} to be a number", text)
    return value


def whole_number(text: str, name: str) -> int:
    """Read a count or position.

    Raises:
        StepFailure: ``bad-value`` naming the parameter.
    """
    value = decimal_or_none(text)
    if value is None or value != value.to_integral_value():
        raise _bad(f"{name} to be a whole number", text)
    return int(value)


def seconds(text: str, name: str) -> float:
    """Read a parameter of kind ``seconds``: from 0 to 7200, fractions allowed.

    Raises:
        StepFailure: ``bad-value`` naming the parameter.
    """
    value = decimal_or_none(text)
    if value is None or not 0 <= value <= LONGEST_SECONDS:
        raise _bad(f"{name} to be a number of seconds from 0 to {LONGEST_SECONDS}", text)
    return float(value)


def variable_name(text: str) -> str:
    """Read the name of a variable; a leading ``$`` is dropped.

    Raises:
        StepFailure: ``bad-value``.
    """
    name = text.strip().removeprefix("$")
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise _bad(f"a variable name of letters, digits, _, - and . with at most {LONGEST_NAME} characters", text)
    return name


def option(text: str, known: Iterable[str], name: str) -> str:
    """Read one listed word; case and runs of blanks do not matter.

    Raises:
        StepFailure: ``bad-value`` listing the known words.  Contract: X-079.
    """
    known = list(known)
    wanted = folded_word(text)
    if wanted not in known:
        listed = ", ".join(f'"{word}"' for word in known)
        raise _bad(f"{name} to be one of {listed}", text)
    return wanted


def options(text: str, known: Iterable[str], name: str) -> frozenset[str]:
    """Read a semicolon list of listed words, which may be empty.

    Raises:
        StepFailure: ``bad-value`` listing the known words.
    """
    known = list(known)
    return frozenset(option(part, known, name) for part in text.split(";") if part.strip())


def folded_word(text: str) -> str:
    """Spell an option as the lists of this language do: small letters, single blanks."""
    return " ".join(text.split()).casefold()


def _bad(expected: str, text: str) -> StepFailure:
    return StepFailure("bad-value", expected=expected, found=quoted(text))
