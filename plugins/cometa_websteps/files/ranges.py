"""Sentences about many cells of spreadsheets.

Contract: steps.json, category ``files-excel``.
"""

import csv
from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path
from typing import Final, NamedTuple

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import File, Number, Option, Text
from cometa_runner.steps.values import folded_word, whole_number
from cometa_runner.steps.values import option as read_option
from cometa_websteps.files.addresses import MOST_SHEET_ROWS, Area, cell_name, column_number, range_address
from cometa_websteps.files.finding import SPREADSHEET, find
from cometa_websteps.files.tables import open_table
from cometa_websteps.report_files import new_report

MATCH_EXACT: Final = "match exact"
"""Option: all cells must have their values."""

MATCH_PARTIAL: Final = "match partial"
"""Option: at least one cell must have its value."""

_SHOWN: Final = 5


class _Pair(NamedTuple):
    """A cell and what it should show; the texts are None where there are more of the other."""

    cell: str
    expected: str | None
    found: str | None

    @property
    def is_equal(self) -> bool:
        """Tell whether the cell shows the value."""
        return self.expected is not None and self.expected == self.found


@step(
    'Open Excel from "{file}" and test that cells "{excel_range}" contain "{values}" options "{match_type}"',
    category="files-excel",
    example='Open Excel from "downloads/orders.xlsx" and test that cells "A2:A" contain "ada;bob" '
    'options "match exact"',
    file=SPREADSHEET,
    excel_range="A2, A2:C2, A2:C3, or A2:A for as many rows as values",
    values="semicolon list",
    match_type="`match exact` (all) or `match partial` (at least one)",
)
def compare_cells(context: StepContext, file: File, excel_range: Text, values: Text, match_type: Option) -> None:
    """Compares cells in reading order with the values and attaches a CSV with one line per cell."""
    option = read_option(match_type, (MATCH_EXACT, MATCH_PARTIAL), "match_type")
    wanted = [value.strip() for value in values.split(";")]
    address = range_address(excel_range, len(wanted))
    with open_table(find(context, file), file.strip(), context.deadline) as table:
        rows = table.read(table.sheet(address.sheet), address.area)
    pairs = _pairs(address.area, rows, wanted)
    context.attach(_report(context, pairs), "report")
    equal = sum(pair.is_equal for pair in pairs)
    if equal < (len(pairs) if option == MATCH_EXACT else 1):
        raise StepFailure(
            "assertion",
            expected=f"{'all' if option == MATCH_EXACT else 'at least one'} of {len(wanted)} values in "
            f"{excel_range.strip()} of {file.strip()}",
            found=_differences(pairs),
        )
    context.detail(f"{equal} of {len(pairs)} cells have their values.")


def _pairs(area: Area, rows: list[list[str]], wanted: list[str]) -> list[_Pair]:
    cells = [
        (cell_name(area.top + down, area.left + right), text.strip())
        for down, row in enumerate(rows)
        for right, text in enumerate(row)
    ]
    return [
        _Pair(cell[0] if cell else "", value, cell[1] if cell else None) for cell, value in zip_longest(cells, wanted)
    ]


def _differences(pairs: Iterable[_Pair]) -> str:
    different = [_difference(pair) for pair in pairs if not pair.is_equal]
    more = f" and {len(different) - _SHOWN} more" if len(different) > _SHOWN else ""
    return "; ".join(different[:_SHOWN]) + more


def _difference(pair: _Pair) -> str:
    if pair.found is None:
        return f"no cell for {quoted(pair.expected or '')}"
    if pair.expected is None:
        return f"no value for {pair.cell}, which shows {quoted(pair.found)}"
    return f"{quoted(pair.found)} instead of {quoted(pair.expected)} in {pair.cell}"


def _report(context: StepContext, pairs: Iterable[_Pair]) -> Path:
    path = new_report(context, "cells", ".csv")
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("cell", "expected", "found", "equal"))
        writer.writerows((pair.cell, pair.expected, pair.found, "yes" if pair.is_equal else "no") for pair in pairs)
    return path


@step(
    'Open "{excelfile}" and compare the number of rows in the "{column}" column, starting from row "{starting_row}", '
    'to ensure that there are "{total_rows}" rows with option "{option}"',
    category="files-excel",
    example='Open "downloads/orders.xlsx" and compare the number of rows in the "A" column, starting from row "2", '
    'to ensure that there are "40" rows with option "without empty cells"',
    excelfile=SPREADSHEET,
    column="column letter",
    starting_row="first row, from 1",
    total_rows="expected number",
    option="an option that mentions `blank` or `empty` and not `skip`/`without` counts empty cells; anything else "
    "counts filled cells",
)
def count_rows(
    context: StepContext, excelfile: File, column: Text, starting_row: Number, total_rows: Number, option: Option
) -> None:
    """Counts the cells of a column down to the last used row and compares the number."""
    place, first = column_number(column), whole_number(starting_row, "starting_row")
    wanted = whole_number(total_rows, "total_rows")
    if not 1 <= first <= MOST_SHEET_ROWS or wanted < 0:
        raise StepFailure(
            "bad-value",
            expected=f"a row from 1 to {MOST_SHEET_ROWS} and a number of rows from 0",
            found=f"{quoted(starting_row)} and {quoted(total_rows)}",
        )
    with open_table(find(context, excelfile), excelfile.strip(), context.deadline) as table:
        rows = table.read(table.sheet(None), Area(first))
    filled = sum(1 for row in rows if place <= len(row) and row[place - 1].strip())
    counts_empty = _counts_empty(option)
    found = len(rows) - filled if counts_empty else filled
    kind = "empty" if counts_empty else "filled"
    if found != wanted:
        place_name = f"column {column.strip()} of {excelfile.strip()} from row {first}"
        raise StepFailure("assertion", expected=f"{wanted} {kind} cells in {place_name}", found=str(found))
    context.detail(f"{found} {kind} cells.")


def _counts_empty(option: str) -> bool:
    words = folded_word(option)
    asks = "blank" in words or "empty" in words
    return asks and "skip" not in words and "without" not in words
