"""Names of cells, as in ``B2`` or ``Orders!B2``.

Contract: steps.json, parameters ``cell``, ``excel_range`` and ``column``.
"""

import re
from dataclasses import dataclass
from typing import Final

from cometa_runner.steps import StepFailure
from cometa_runner.steps.failure import quoted

MOST_COLUMNS: Final = 16_384
"""Columns of the largest sheet of Excel; its last one is XFD."""

MOST_SHEET_ROWS: Final = 1_048_576
"""Rows of the largest sheet of Excel."""

MOST_RANGE_CELLS: Final = 100_000
"""Cells that a range may name."""

_SHEET = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(.*)", re.DOTALL)
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})", re.ASCII)
_RANGE_END = re.compile(r"\$?([A-Za-z]{1,3})(?:\$?(\d{1,7}))?", re.ASCII)
_COLUMN = re.compile(r"\$?([A-Za-z]{1,3})", re.ASCII)


@dataclass(frozen=True)
class Area:
    """A rectangle of cells, counted from 1.

    Attributes:
        top: first row.
        left: first column.
        bottom: last row; None for the last one that is used.
        right: last column; None for the last one of each row.
    """

    top: int
    left: int = 1
    bottom: int | None = None
    right: int | None = None

    @classmethod
    def cell(cls, row: int, column: int) -> "Area":
        """Make the area of one cell."""
        return cls(row, column, row, column)


@dataclass(frozen=True)
class Address:
    """An area and the sheet that it lies on.

    Attributes:
        sheet: name of the sheet; None for the active one.
        area: the cells.
    """

    sheet: str | None
    area: Area


def cell_address(text: str) -> Address:
    """Read the name of one cell.

    Raises:
        StepFailure: ``bad-value``.
    """
    sheet, name = _without_sheet(text)
    found = _CELL.fullmatch(name)
    if found is None:
        raise _bad("a cell such as B2 or Sheet!B2", text)
    return Address(sheet, Area.cell(_row(found[2], text), _column(found[1], text)))


def range_address(text: str, values: int) -> Address:
    """Read the name of a range; where its last row is left out, it has as many rows as are needed for the values.

    Args:
        text: such as ``A2``, ``A2:C2``, ``A2:C3`` or ``A2:A``.
        values: how many values are to be compared.

    Raises:
        StepFailure: ``bad-value``.
    """
    sheet, name = _without_sheet(text)
    first, colon, last = name.partition(":")
    begin = _CELL.fullmatch(first.strip())
    end = _RANGE_END.fullmatch(last.strip()) if colon else None
    if begin is None or (colon and end is None):
        raise _bad("a range such as A2, A2:C2, A2:C3 or A2:A", text)
    top, left = _row(begin[2], text), _column(begin[1], text)
    if end is None:
        return Address(sheet, Area.cell(top, left))
    right = _column(end[1], text)
    width = right - left + 1
    bottom = _row(end[2], text) if end[2] else top + -(-max(1, values) // max(1, width)) - 1
    if right < left or bottom < top:
        raise _bad("a range that begins at its upper left cell", text)
    if width * (bottom - top + 1) > MOST_RANGE_CELLS:
        raise _bad(f"a range of at most {MOST_RANGE_CELLS:,} cells", text)
    return Address(sheet, Area(top, left, bottom, right))


def column_number(text: str) -> int:
    """Read the letters of a column.

    Raises:
        StepFailure: ``bad-value``.
    """
    found = _COLUMN.fullmatch(text.strip())
    if found is None:
        raise _bad("the letters of a column such as A or AB", text)
    return _column(found[1], text)


def cell_name(row: int, column: int) -> str:
    """Write the name of a cell."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def _without_sheet(text: str) -> tuple[str | None, str]:
    found = _SHEET.fullmatch(text.strip())
    if found is None:
        return None, text.strip()
    name = found[1].replace("''", "'") if found[1] else found[2]
    return name.strip(), found[3].strip()


def _row(digits: str, text: str) -> int:
    row = int(digits)
    if not 1 <= row <= MOST_SHEET_ROWS:
        raise _bad(f"a row from 1 to {MOST_SHEET_ROWS}", text)
    return row


def _column(letters: str, text: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    if number > MOST_COLUMNS:
        raise _bad("a column from A to XFD", text)
    return number


def _bad(expected: str, text: str) -> StepFailure:
    return StepFailure("bad-value", expected=expected, found=quoted(text))
