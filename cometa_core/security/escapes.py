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
from html.entities import html5

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


class Escapes:
    """Undoes escapes of certain characters; all others are passed over, which is what makes it quick.

    Escapes of the characters that begin or end escapes are undone, too, so that the plain form may have escapes again.

    Args:
        characters: those that matter.
    """

    def __init__(self, characters: Iterable[str] = ()) -> None:
        wanted = {*characters, *_INTRODUCERS}
        self._blank = " " in wanted
        octets = {octet for character in wanted for octet in _octets(character)}
        digits = _hex_choice(octets)
        self._percent = re.compile(f"(?:%{digits})+")
        self._entity = re.compile(_entities(wanted))
        self._backslash = re.compile(_backslashes(wanted, digits))

    def plain_forms(self, text: str) -> Iterator[Plain]:
        """Undo percent signs, entities and backslashes, each on its own; a text without them gives nothing.

        In addresses a plus sign may mean a blank, so that they are read both ways.
        """
        if "%" in text:
            yield from _undone(text, self._percent, _percent_pieces)
        if self._blank and "+" in text:
            blank = text.replace("+", " ")
            yield next(_undone(blank, self._percent, _percent_pieces), Plain(blank, [], []))
        if "&" in text:
            yield from _undone(text, self._entity, _entity_pieces)
        if "\\" in text:
            yield from _undone(text, self._backslash, _backslash_pieces)


_MEANINGS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LETTERS = {meaning: letter for letter, meaning in _MEANINGS.items()}
_INTRODUCERS = ("%", "&", "#", ";", "+", "\\")
_ITSELF = "\\/\"'`"


def _octets(character: str) -> set[int]:
    """Give the bytes of a character in UTF-8 and, as far as it has one, in Latin-1."""
    found = set(character.encode("utf-8", "replace"))
    return found | {ord(character)} if ord(character) < 256 else found


def _hex_choice(octets: Iterable[int]) -> str:
    """Write a pattern for two hexadecimal digits in either case: one alternative a first digit."""
    seconds: dict[str, set[str]] = {}
    for octet in octets:
        digits = f"{octet:02x}"
        first, second = digits[0], digits[1]
        seconds.setdefault(_both_cases(first), set()).add(second + second.upper())
    return "(?:" + "|".join(f"{first}[{''.join(sorted(rest))}]" for first, rest in sorted(seconds.items())) + ")"


def _both_cases(digit: str) -> str:
    return f"[{digit}{digit.upper()}]" if digit.isalpha() else digit


def _hex_word(number: int, width: int) -> str:
    return "".join(map(_both_cases, f"{number:0{width}x}"))


def _entities(wanted: set[str]) -> str:
    numbers = sorted({ord(character) for character in wanted})
    decimal = "|".join(map(str, numbers))
    hexadecimal = "|".join(_hex_word(number, 1) for number in numbers)
    named = (name for name, meaning in html5.items() if meaning in wanted and name.endswith(";"))
    names = "|".join(sorted(map(re.escape, named)))
    return f"&(?:#0{{0,6}}(?:{decimal})(?![0-9]);?|#[xX]0{{0,6}}(?:{hexadecimal})(?![0-9A-Fa-f]);?|(?:{names}))"


def _backslashes(wanted: set[str], digits: str) -> str:
    small = sorted(ord(character) for character in wanted if ord(character) < 0x10000)
    alternatives = [rf"(?:\\x{digits})+", rf"\\u(?:{'|'.join(_hex_word(number, 4) for number in small)})"]
    for number in (ord(character) for character in wanted if ord(character) > 0xFFFF):
        high, low = 0xD800 + ((number - 0x10000) >> 10), 0xDC00 + ((number - 0x10000) & 0x3FF)
        alternatives.append(rf"\\u{_hex_word(high, 4)}\\u{_hex_word(low, 4)}")
    braced = "|".join(_hex_word(ord(character), 1) for character in sorted(wanted))
    alternatives.append(rf"\\u\{{0{{0,5}}(?:{braced})\}}")
    short = "".join(_LETTERS.get(character, character) for character in wanted if character in {*_LETTERS, *_ITSELF})
    return "|".join([*alternatives, rf"\\[{re.escape(short)}]"])


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
    """Read bytes as UTF-8, those that are none as Latin-1; ``width`` written characters stand for each byte."""
    text = raw.decode("utf-8", "surrogateescape")
    return [
        (chr(ord(character) - 0xDC00), width)
        if "\udc80" <= character <= "\udcff"
        else (character, width * len(character.encode()))
        for character in text
    ]
