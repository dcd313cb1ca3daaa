"""Writes the value of a cell as a spreadsheet program shows it.

Contract: steps.json, ``Open "{excelfile}" and assert ...`` (the displayed value counts).

Number formats have up to four sections, ``positive;negative;zero;text``.  Formats that show what the country of the
reader prescribes (the short date) are written the ISO way, because a file does not say where it is read.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from cometa_websteps.files.dates import has_date, show_date

GENERAL: Final = "General"
"""The format of cells that have none."""

_LOCAL_DATES: Final[Mapping[str, str]] = MappingProxyType({"mm-dd-yy": "yyyy-mm-dd", "m/d/yy h:mm": "yyyy-mm-dd hh:mm"})
_SECTION_END = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|;')
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)\]")
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_BRACKETS = re.compile(r"\[(?![hmsHMS]+\])[^\]]*\]")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.')
_PLACES = re.compile(r"[#0?][#0?,]*(?:\.[#0?]*,*)?|\.[#0?]+,*")
_FRACTION = re.compile(r"(?:([#0?]+) +)?([#0?]+) ?/ ?([#0?]+|\d+)")
_EXPONENT = re.compile(r"([#0?]+(?:\.[#0?]*)?)[eE]([+-])(0+)")
_PLAIN_DIGITS = 15
_PRECISION = 500
_LONGEST_PLAIN = Decimal(10) ** 20

_COMPARISONS: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = MappingProxyType(
    {
        "<": lambda left, right: left < right,
        "<=": lambda left, right: left <= right,
        ">": lambda left, right: left > right,
        ">=": lambda left, right: left >= right,
        "=": lambda left, right: left == right,
        "<>": lambda left, right: left != right,
    }
)


def shown(value: object, number_format: str) -> str:
    """Write a value in a number format.

    Args:
        value: text, number, truth value, date, time or duration; None for an empty cell.
        number_format: as stored in the file, such as ``0.00%``.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return _shown_text(value, number_format)
    if isinstance(value, date | datetime | time | timedelta):
        return _shown_date(value, number_format)
    if isinstance(value, int | float | Decimal) and math.isfinite(value):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        with localcontext(prec=_PRECISION):
            return _shown_number(number, number_format)
    return str(value)


def _shown_text(value: str, number_format: str) -> str:
    sections = _sections(number_format)
    section = sections[3] if len(sections) > 3 else number_format if "@" in number_format else "@"
    return "".join(value if part == "@" else text for part, text in _tokens(section, re.compile("@")))


def _shown_date(value: date | time | timedelta, number_format: str) -> str:
    section = _without_brackets(_sections(_LOCAL_DATES.get(number_format, number_format))[0])
    if not has_date(section):
        # The brackets named the date of the reader's country, as in [$-F800]; then nothing else says how to write it.
        return show_date(value, "[h]:mm:ss" if isinstance(value, timedelta) else "yyyy-mm-dd")
    return show_date(value, section)


def _shown_number(value: Decimal, number_format: str) -> str:
    section, is_own = _section_for(value, number_format)
    section = _without_brackets(section)
    if section.strip().lower() == GENERAL.lower():
        return _plain(value)
    if not section:
        return ""
    sign = "-" if value < 0 and not is_own else ""
    text = _rendered(abs(value), section)
    # What is rounded to nothing has no sign.
    return f"{sign}{text}" if re.search(r"[1-9]", text) else text


def _section_for(value: Decimal, number_format: str) -> tuple[str, bool]:
    """Choose the section for a number, and whether the section itself says that the number is negative."""
    sections = _sections(number_format)[:3]
    for section in sections:
        condition = _CONDITION.search(section)
        if condition and _COMPARISONS[condition[1]](value, Decimal(condition[2])):
            return section, value < 0 and condition[1] in {"<", "<="}
    if _CONDITION.search(number_format):
        return sections[-1], False
    if value < 0 and len(sections) > 1:
        return sections[1], True
    if value == 0 and len(sections) > 2:
        return sections[2], True
    return sections[0], False


def _sections(number_format: str) -> list[str]:
    sections, begin = [], 0
    for found in _SECTION_END.finditer(number_format):
        if found[0] == ";":
            sections.append(number_format[begin : found.start()])
            begin = found.end()
    return [*sections, number_format[begin:]]


def _without_brackets(section: str) -> str:
    """Drop colours, conditions and countries; keep the sign of a currency."""
    return _BRACKETS.sub("", _CURRENCY.sub(lambda found: f'"{found[1]}"' if found[1] else "", section))


def _rendered(value: Decimal, section: str) -> str:
    """Write a number that has no sign."""
    bare = _LITERAL.sub("", section)
    value *= Decimal(100) ** bare.count("%")
    for pattern, write in ((_EXPONENT, _scientific), (_FRACTION, _fraction), (_PLACES, _fixed)):
        if pattern.search(bare):
            return _filled(section, pattern, value, write)
    return "".join(text for _, text in _tokens(section, re.compile(r"(?!)")))


def _filled(
    section: str, pattern: re.Pattern[str], value: Decimal, write: Callable[[Decimal, re.Match[str]], str]
) -> str:
    """Put the number where the places for it stand; only the first of several gets it."""
    parts, used = [], False
    for part, text in _tokens(section, pattern):
        place = pattern.fullmatch(part) if part else None
        if place and not used:
            parts.append(write(value, place))
            used = True
        elif not place:
            parts.append(text)
    return "".join(parts)


def _tokens(section: str, pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """Split a section into places, which have a pattern, and literal texts: (place or empty, text)."""
    tokens, position = [], 0
    while position < len(section):
        literal, place = _LITERAL.match(section, position), pattern.match(section, position)
        if literal:
            # An underscore leaves a gap as wide as the next letter, an asterisk fills the cell with it.
            tokens.append(("", literal[1] or literal[2] or (" " if literal[0][0] == "_" else "")))
            position = literal.end()
        elif place and place.end() > position:
            tokens.append((place[0], place[0]))
            position = place.end()
        else:
            tokens.append(("", section[position]))
            position += 1
    return tokens


def _fixed(value: Decimal, place: re.Match[str]) -> str:
    written = place[0]
    whole, _, fraction = written.rstrip(",").partition(".")
    # Each comma at the end stands for a thousand that is left out.
    value = value.scaleb(-3 * (len(written) - len(written.rstrip(",")) + len(whole) - len(whole.rstrip(","))))
    whole = whole.rstrip(",")
    digits, _, decimals = format(_rounded(value, len(fraction)), "f").partition(".")
    least = len(re.findall(r"[0?]", whole))
    digits = digits.lstrip("0").rjust(least, "0") if least or digits.strip("0") else ""
    if "," in whole:
        digits = re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", digits)
    kept = len(fraction.rstrip("#"))
    decimals = decimals[:kept] + decimals[kept:].rstrip("0")
    return f"{digits}.{decimals}" if "." in written else digits


def _scientific(value: Decimal, place: re.Match[str]) -> str:
    fraction = place[1].partition(".")[2]
    power = value.adjusted() if value else 0
    mantissa = _rounded(value.scaleb(-power), len(fraction))
    if mantissa >= 10:
        mantissa, power = _rounded(mantissa / 10, len(fraction)), power + 1
    sign = "-" if power < 0 else "+" if place[2] == "+" else ""
    return f"{mantissa:f}E{sign}{abs(power):0{len(place[3])}d}"


def _fraction(value: Decimal, place: re.Match[str]) -> str:
    """Write the nearest fraction whose denominator is fixed or has as many digits as there are places."""
    exact = Fraction(value)
    if place[3].isdigit() and int(place[3]):
        denominator = int(place[3])
        nearest = round(exact * denominator)
    else:
        limited = exact.limit_denominator(10 ** len(place[3]) - 1)
        nearest, denominator = limited.numerator, limited.denominator
    if place[1] is None:
        return f"{nearest}/{denominator}"
    whole, rest = divmod(nearest, denominator)
    return f"{whole} {rest}/{denominator}" if rest and whole else f"{rest}/{denominator}" if rest else str(whole)


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) if abs(value) < _LONGEST_PLAIN else value


def _plain(value: Decimal) -> str:
    """Write a number with all digits that a spreadsheet keeps, and no more."""
    if value and not -10 < value.adjusted() < 20:
        return f"{float(value):.{_PLAIN_DIGITS - 1}g}".upper()
    if value != value.to_integral_value():
        value = value.quantize(Decimal(1).scaleb(min(0, value.adjusted() - _PLAIN_DIGITS + 1)), ROUND_HALF_UP)
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
