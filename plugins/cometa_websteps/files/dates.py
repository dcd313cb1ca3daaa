"""Writes dates, times and durations in the number formats of spreadsheets."""

import re
from datetime import date, datetime, time, timedelta

_TOKENS = re.compile(
    r'"([^"]*)"|\\(.)|_.|\*.|\[([hms]+)\]|AM/PM|A/P|y{1,4}|m{1,5}|d{1,4}|h{1,2}|s{1,2}(?:\.0+)?|.',
    re.IGNORECASE | re.DOTALL,
)
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_LITERAL = re.compile(r'"[^"]*"|\\.')
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NO_DATE = date(1899, 12, 30)
"""The day that spreadsheets take a bare time for."""

_LAST = datetime.combine(date.max, time(23, 59, 59))


def has_date(section: str) -> bool:
    """Tell whether a section of a number format shows a part of a date or a time."""
    return _DATE_LETTERS.search(_LITERAL.sub("", section)) is not None and section.strip().lower() != "general"


def show_date(value: date | time | timedelta, section: str) -> str:
    """Write a moment or a duration; ``m`` beside hours or seconds means minutes, else the month.

    Args:
        value: a date, a moment, a time of the day, or a duration.
        section: of a number format, without colours and countries.
    """
    moment, elapsed = _moment(value)
    tokens = list(_TOKENS.finditer(section))
    half = any(token[0].upper() in {"AM/PM", "A/P"} for token in tokens)
    return "".join(_written(moment, elapsed, tokens, place, half=half) for place in range(len(tokens)))


def _moment(value: date | time | timedelta) -> tuple[datetime, timedelta]:
    """Give the moment, rounded to milliseconds, and what passed since the day that spreadsheets count from."""
    begin = datetime.combine(_NO_DATE, time())
    if isinstance(value, timedelta):
        return begin + value % timedelta(days=1), value
    if isinstance(value, time):
        moment = datetime.combine(_NO_DATE, value)
    elif isinstance(value, datetime):
        moment = value.replace(tzinfo=None)
    else:
        moment = datetime.combine(value, time())
    # Days are stored as binary fractions, which are a few microseconds off.
    if moment.microsecond > 999_500 and moment < _LAST:
        moment = (moment + timedelta(milliseconds=1)).replace(microsecond=0)
    return moment, moment - begin


def _written(moment: datetime, elapsed: timedelta, tokens: list[re.Match[str]], place: int, *, half: bool) -> str:
    token = tokens[place]
    letter, length = token[0][0].lower(), len(token[0])
    if token[1] is not None or token[2] is not None:
        return token[1] or token[2] or ""
    if token[3] is not None:
        return _elapsed(elapsed, token[3].lower())
    if token[0].upper() in {"AM/PM", "A/P"}:
        return ("AM" if moment.hour < 12 else "PM")[: 2 if length > 3 else 1]
    if letter in "_*" and length == 2:
        return " " if letter == "_" else ""
    if letter == "m":
        return f"{moment.minute:0{length}d}" if _is_minute(tokens, place) else _month(moment, length)
    return _part(moment, token[0], half=half)


def _part(moment: datetime, token: str, *, half: bool) -> str:
    letter, length = token[0].lower(), len(token)
    if letter == "y":
        return f"{moment.year:04d}" if length > 2 else f"{moment.year % 100:02d}"
    if letter == "d":
        name = _DAYS[moment.weekday()]
        return f"{moment.day:0{length}d}" if length < 3 else name[:3] if length == 3 else name
    if letter == "h":
        hour = (moment.hour % 12 or 12) if half else moment.hour
        return f"{hour:0{length}d}"
    if letter == "s":
        seconds, _, decimals = token.partition(".")
        fraction = f".{moment.microsecond:06d}"[: len(decimals) + 1] if decimals else ""
        return f"{moment.second:0{len(seconds)}d}{fraction}"
    return token


def _month(moment: datetime, length: int) -> str:
    name = _MONTHS[moment.month - 1]
    if length < 3:
        return f"{moment.month:0{length}d}"
    return name[:3] if length == 3 else name if length == 4 else name[0]


def _is_minute(tokens: list[re.Match[str]], place: int) -> bool:
    """Look at the nearest date letters on both sides."""
    before = next((name for token in reversed(tokens[:place]) if (name := _name(token))), "")
    after = next((name for token in tokens[place + 1 :] if (name := _name(token))), "")
    return before == "h" or after == "s"


def _name(token: re.Match[str]) -> str:
    if token[3] is not None:
        return token[3][0].lower()
    is_literal = token[1] is not None or token[2] is not None
    letter = token[0][0].lower()
    return letter if not is_literal and letter in "ymdhs" else ""


def _elapsed(elapsed: timedelta, unit: str) -> str:
    """Write all hours, minutes or seconds of a duration, not only those of the last day."""
    seconds = round(elapsed.total_seconds())
    amount = abs(seconds) // {"h": 3600, "m": 60, "s": 1}[unit[0]]
    return f"{'-' if seconds < 0 else ''}{amount:0{len(unit)}d}"
