"""Shows two texts so that people see where they differ."""

import unicodedata

from cometa_runner.steps.failure import quoted

_NAMES = {" ": "<blank>", "\t": "<tab>", "\n": "<line break>", "\r": "<carriage return>", "\u00a0": "<no-break space>"}


def named(text: str) -> str:
    """Write invisible characters, plain blanks excepted, by their names."""
    return "".join(letter if letter == " " else _named(letter) for letter in text)


def first_difference(actual: str, expected: str) -> str:
    """Say at which character two different texts part, counted from 1."""
    position = next(
        (index for index, pair in enumerate(zip(actual, expected, strict=False)) if pair[0] != pair[1]),
        min(len(actual), len(expected)),
    )
    return f"first difference at character {position + 1}: {_at(actual, position)} instead of {_at(expected, position)}"


def _at(text: str, position: int) -> str:
    if position >= len(text):
        return "the end"
    shown = _named(text[position])
    return shown if shown.startswith("<") and len(shown) > 1 else quoted(shown)


def _named(letter: str) -> str:
    if letter in _NAMES:
        return _NAMES[letter]
    # Control and format characters, surrogates, and blanks other than the plain one.
    if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"}:
        return f"<{unicodedata.name(letter, f'U+{ord(letter):04X}').lower()}>"
    return letter
