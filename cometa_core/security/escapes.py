"""Reading a text the way a page, an address or a program reads it, and finding the way back.

A secret can be written in more ways than anybody can list: any of its characters may be escaped or not, in decimal or
hexadecimal, in either case.  So the escapes are undone instead, and what is found in the plain text is traced back to
where it stands in the written one.  Contract: runner G.5.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

Piece = tuple[str, int]
"""A character and the number of written characters that stand for it."""


@dataclass(frozen=True)
class Plain:
    """A text without escapes.

    Attributes:
        text: what the written text means.
        begins: places in ``text`` where an escape stands for something.
        escapes: for each of them, end of the meaning in ``text``, begin and end of the escape in the written text.
    """

    text: str
    begins: list[int]
    escapes: list[tuple[int, int, int]]

    def written(self, begin: int, end: int) -> tuple[int, int]:
        """Say where a part of the plain text, which is not empty, stands in the written one."""
        return self._place(begin)[0], self._place(end - 1)[1]

    def _place(self, position: int) -> tuple[int, int]:
        number = bisect_right(self.begins, position) - 1
        if number < 0:
            return position, position + 1
        meaning_end, begin, end = self.escapes[number]
        if position < meaning_end:
            return begin, end
        written = end + position - meaning_end
        return written, written + 1


def plain_forms(text: str) -> Iterator[Plain]:
    """Undo percent signs, entities and backslashes, each on its own; a text without them gives nothing.

    In addresses a plus sign may mean a blank, so that they are read both ways.
    """
    if "%" in text:
        yield from _undone(text, _PERCENT, _percent_pieces)
    if "+" in text:
        blank = text.replace("+", " ")
        yield next(_undone(blank, _PERCENT, _percent_pieces), Plain(blank, [], []))
    if "&" in text:
        yield from _undone(text, _ENTITY, _entity_pieces)
    if "\\" in text:
        yield from _undone(text, _BACKSLASH, _backslash_pieces)


_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ENTITY = re.compile(r"&(?:#[0-9]{1,8};?|#[xX][0-9A-Fa-f]{1,8};?|[A-Za-z][A-Za-z0-9]{1,31};)")
_BACKSLASH = re.compile(
    r"(?:\\x[0-9A-Fa-f]{2})+|\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}"
    r"|\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]{1,6}\}|\\[\\/\"'`bfnrt]"
)
_MEANINGS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def _undone(text: str, pattern: re.Pattern[str], pieces: Callable[[str], Iterable[Piece]]) -> Iterator[Plain]:
    parts: list[str] = []
    begins: list[int] = []
    escapes: list[tuple[int, int, int]] = []
    done = length = 0
    for found in pattern.finditer(text):
        before = text[done : found.start()]
        parts.append(before)
        length += len(before)
        place = found.start()
        for meaning, width in pieces(found[0]):
            parts.append(meaning)
            begins.append(length)
            length += len(meaning)
            escapes.append((length, place, place + width))
            place += width
        done = found.end()
    if begins:
        parts.append(text[done:])
        yield Plain("".join(parts), begins, escapes)


def _percent_pieces(run: str) -> list[Piece]:
    return _bytes_pieces(bytes.fromhex(run.replace("%", "")), 3)


def _entity_pieces(entity: str) -> list[Piece]:
    return [(html.unescape(entity), len(entity))]


def _backslash_pieces(escape: str) -> list[Piece]:
    kind = escape[1]
    if kind == "x":
        return _bytes_pieces(bytes.fromhex(escape.replace("\\x", "")), 4)
    if kind != "u":
        return [(_MEANINGS.get(kind, kind), 2)]
    codes = [int(code.strip("{}"), 16) for code in escape.split("\\u")[1:]]
    if len(codes) == 2:
        codes = [0x10000 + ((codes[0] - 0xD800) << 10) + codes[1] - 0xDC00]
    return [(chr(codes[0]) if codes[0] < 0x110000 else "\ufffd", len(escape))]


def _bytes_pieces(raw: bytes, width: int) -> list[Piece]:
    """Read bytes as UTF-8, else one character a byte; ``width`` written characters stand for each byte."""
    try:
        return [(character, width * len(character.encode())) for character in raw.decode()]
    except UnicodeDecodeError:
        return [(character, width) for character in raw.decode("latin-1")]
