"""The fixed table of key names, and chords written with them.

Nothing of a chord is ever evaluated: a part is a name of the table, one character, or an error.

Contract: X-082, steps 2.4.
"""

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from selenium.webdriver.common.keys import Keys

from cometa_runner.steps import StepFailure
from cometa_runner.steps.failure import quoted

KEYS: Mapping[str, str] = MappingProxyType(
    {
        **{name: value for name, value in vars(Keys).items() if name.isupper()},
        "ESC": Keys.ESCAPE,
        "DEL": Keys.DELETE,
    }
)
"""Names of keys that a sentence may use instead of a text, written in capitals."""

CHORD_KEYS: Mapping[str, str] = MappingProxyType(
    {
        # NULL is no key: it would let go of all others.
        **{name: value for name, value in KEYS.items() if name != "NULL"},
        "CTRL": Keys.CONTROL,
        "CMD": Keys.COMMAND,
        "WIN": Keys.META,
        "INS": Keys.INSERT,
        "PLUS": "+",
        "SEMICOLON": ";",
    }
)
"""Names of keys in a chord; letter case does not matter there."""

_MODIFIERS = frozenset(
    value
    for name, value in KEYS.items()
    if name.removeprefix("LEFT_").removeprefix("RIGHT_") in {"SHIFT", "CONTROL", "ALT", "META", "COMMAND"}
)
_NEAR = 3
_SIMILARITY = 0.5


def chords(text: str) -> list[list[str]]:
    """Read chords: ``+`` joins keys held together, ``;`` separates chords.

    Letters beside a modifier mean their key, as on a keyboard: ``CTRL+A`` does not hold Shift.

    Returns:
        The keys of each chord as WebDriver names them.

    Raises:
        StepFailure: ``bad-value`` for an unknown name, listing near ones, and where a name is missing.
    """
    return [_chord(part, text) for part in text.split(";")]


def _chord(part: str, text: str) -> list[str]:
    names = [name.strip() for name in part.split("+")]
    if not all(names):
        raise StepFailure(
            "bad-value",
            expected="keys such as CTRL+A;DELETE, where PLUS and SEMICOLON name these two characters",
            found=f"{quoted(text)}, in which a key is missing",
        )
    keys = [_key(name) for name in names]
    if len(keys) > 1 and not _MODIFIERS.isdisjoint(keys):
        return [key.lower() if len(key.lower()) == 1 else key for key in keys]
    return keys


def _key(name: str) -> str:
    known = CHORD_KEYS.get(name.upper())
    if known is not None:
        return known
    # The private area holds WebDriver's own codes of keys, which have names here.
    if len(name) == 1 and name.isprintable():
        return name
    near = difflib.get_close_matches(name.upper(), CHORD_KEYS, n=_NEAR, cutoff=_SIMILARITY)
    listed = f" such as {', '.join(near)}" if near else " such as CTRL, ENTER, ARROW_DOWN, F5, or one character"
    raise StepFailure("bad-value", expected=f"the name of a key{listed}", found=quoted(name))
