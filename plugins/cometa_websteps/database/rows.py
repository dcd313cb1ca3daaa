"""Rows of a query as objects that sentences can use.

Contract: steps.json (Ask database): a list of objects.
"""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

_INTEGER_DIGITS = 19


def records(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Make an object of each row; of several columns with one name the later ones get a number: ``id``, ``id_2``."""
    names = unique(columns)
    return [dict(zip(names, (plain(value) for value in row), strict=True)) for row in rows]


def unique(columns: Sequence[str]) -> list[str]:
    """Give each column a name of its own."""
    names: list[str] = []
    for column in columns:
        number, name = 1, column
        while name in names:
            number += 1
            name = f"{column}_{number}"
        names.append(name)
    return names


def plain(value: Any) -> Any:
    """Write a value as JSON has it: exact numbers as numbers, moments in ISO 8601, bytes in hexadecimal."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    return _number(value) if isinstance(value, float | Decimal) else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return bytes(value).hex() if isinstance(value, bytes | bytearray | memoryview) else str(value)


def _number(value: float | Decimal) -> int | float | str:
    """Write a number as a number where nothing of it is lost, else as text."""
    if not math.isfinite(value):
        return str(value)
    if isinstance(value, float):
        return value
    if value == value.to_integral_value() and value.adjusted() < _INTEGER_DIGITS:
        return int(value)
    short = float(value)
    return short if math.isfinite(short) and Decimal(repr(short)) == value else str(value)
