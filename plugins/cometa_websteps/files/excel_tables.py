"""Workbooks of Excel.

Only the module ``tables`` imports this one, when a workbook is opened: openpyxl is large.

Contract: steps.json, category ``files-excel``.
"""

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from cometa_runner.steps import Cancelled, Deadline, StepFailure
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.values import decimal_or_none
from cometa_websteps.files.addresses import Area, cell_name
from cometa_websteps.files.limits import CellBudget, fitted, replaced
from cometa_websteps.files.number_formats import GENERAL, shown

MOST_UNPACKED: Final = 100 * 1024 * 1024
"""Bytes of a workbook after unpacking: small files may unpack to very large ones."""

MOST_UNPACKED_TO_EDIT: Final = 40 * 1024 * 1024
"""The same for workbooks that are changed, which are held in memory as a whole."""

_OLD_FORMAT: Final = b"\xd0\xcf\x11\xe0"
_CHECK_ROWS: Final = 200
_MOST_DIGITS: Final = 15
_TEXT_FORMAT: Final = "@"
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")


class ExcelTable:
    """A workbook.

    Args:
        path: the file.
        name: as testers write it.
        deadline: checked while rows are read.

    Raises:
        StepFailure: ``file`` when it is damaged, encrypted or too large.
    """

    def __init__(self, path: Path, name: str, deadline: Deadline) -> None:
        self._path = path
        self._name = name
        self._deadline = deadline
        self._opened = ExitStack()
        self._check_size(MOST_UNPACKED)
        with self._opened as opened:
            self._shown = self._workbook(data_only=True)
            # What was opened stays open unless the workbook turned out to be damaged.
            self._opened = opened.pop_all()

    def close(self) -> None:
        """Close the file."""
        self._opened.close()

    def sheet(self, name: str | None) -> str:
        """Find a sheet; case does not matter, as in spreadsheet programs.

        Raises:
            StepFailure: ``bad-value`` naming the sheets that exist.
        """
        titles = [sheet.title for sheet in self._shown.worksheets]
        if name:
            found = next((title for title in titles if title.casefold() == name.casefold()), None)
            if found is None:
                listed = ", ".join(quoted(title) for title in titles)
                wanted = f"the sheet {quoted(name)} in {self._name}"
                raise StepFailure("bad-value", expected=wanted, found=f"only {listed}")
            return found
        if not titles:
            raise self._damaged("no sheet with cells")
        active = self._shown.active.title if name is None and self._shown.active is not None else titles[0]
        # The active sheet may be a chart.
        return active if active in titles else titles[0]

    def read(self, sheet: str, area: Area) -> list[list[str]]:
        """Give the displayed values of an area."""
        rows, blanks = self._read_shown(sheet, area)
        if blanks and self._has_formulas():
            self._refuse_formulas(sheet, area, blanks)
        return fitted(rows, area)

    def write(self, sheet: str, row: int, column: int, value: str, target: Path) -> None:
        """Write a copy of the workbook in which one cell is changed.

        The results of formulas are not kept: nothing here could calculate the ones that depend on the cell.

        Raises:
            StepFailure: ``bad-value`` inside of merged cells, ``file`` when the workbook is too large to be changed.
        """
        self._check_size(MOST_UNPACKED_TO_EDIT)
        with self._understood():
            with self._path.open("rb") as stream:
                workbook = _loaded(stream, keep_vba=self._path.suffix.lower() == ".xlsm")
            self._deadline.check()
            self._set(workbook[sheet], row, column, value)
            replaced(target, workbook.save)

    def _set(self, sheet: Worksheet, row: int, column: int, value: str) -> None:
        cell = sheet.cell(row, column)
        if not isinstance(cell, Cell):
            merged = next((str(area) for area in sheet.merged_cells.ranges if cell.coordinate in area), "")
            wanted = f"a cell of its own, or the first one of merged cells, in {self._name}"
            raise StepFailure("bad-value", expected=wanted, found=f"{cell.coordinate} inside of {merged}")
        number = None if cell.number_format == _TEXT_FORMAT else decimal_or_none(value)
        if number is not None and _is_number(value):
            cell.value = float(number) if "." in value else int(number)
        else:
            cell.value = value
            # A text that begins with = is a text: values are never program code here.
            cell.data_type = "s"

    def _read_shown(self, sheet: str, area: Area) -> tuple[list[list[str]], set[tuple[int, int]]]:
        """Give the texts of an area, and the places of cells without a value."""
        budget, rows, blanks = CellBudget(self._name), [], set()
        for number, cells in self._cells(self._shown, sheet, area):
            budget.take(number, len(cells))
            texts = []
            for offset, cell in enumerate(cells):
                if cell.value is None and cell.data_type != "str":
                    blanks.add((number, area.left + offset))
                texts.append(shown(cell.value, cell.number_format or GENERAL))
            rows.append(texts)
        return rows, blanks

    def _refuse_formulas(self, sheet: str, area: Area, blanks: set[tuple[int, int]]) -> None:
        """Tell empty cells from formulas whose results were never stored."""
        for number, cells in self._cells(self._workbook(data_only=False), sheet, area):
            for offset, cell in enumerate(cells):
                if cell.data_type == "f" and (number, area.left + offset) in blanks:
                    place = cell_name(number, area.left + offset)
                    formula = getattr(cell.value, "text", cell.value)
                    raise StepFailure(
                        "bad-value",
                        expected=f"a value in {place} of {self._name}",
                        found=f"the formula {quoted(str(formula))} without a stored result: no program has calculated "
                        "it since the file was written",
                    )

    def _has_formulas(self) -> bool:
        """Look for formulas without understanding the sheets: most have none, and parsing them again takes long."""
        with self._understood(), zipfile.ZipFile(self._path) as archive:
            parts = [name for name in archive.namelist() if "worksheets/" in name and name.endswith(".xml")]
            return any(_FORMULA.search(archive.read(part)) for part in parts)

    def _cells(self, workbook: Workbook, title: str, area: Area) -> Iterator[tuple[int, Sequence[Any]]]:
        """Go through the rows of an area that are in the file."""
        sheet: Any = workbook[title]
        # What a file says about its own size may be wrong.
        sheet.reset_dimensions()
        with self._understood():
            rows = sheet.iter_rows(min_row=area.top, max_row=area.bottom, min_col=area.left, max_col=area.right)
            for number, cells in enumerate(rows, start=area.top):
                if number % _CHECK_ROWS == 0:
                    self._deadline.check()
                yield number, cells

    def _workbook(self, *, data_only: bool) -> Workbook:
        """Open the workbook for reading, row by row."""
        stream = self._opened.enter_context(self._path.open("rb"))
        with self._understood():
            workbook = _loaded(stream, read_only=True, data_only=data_only)
        self._opened.callback(workbook.close)
        return workbook

    @contextmanager
    def _understood(self) -> Iterator[None]:
        """Turn whatever a damaged file causes into words for testers."""
        try:
            yield
        except (StepFailure, Cancelled):
            raise
        except Exception as error:  # openpyxl raises what the libraries below it raise, from KeyError to zlib.error
            cause = error.__cause__ or error
            reason = str(cause).partition("\n")[0]
            raise self._damaged(f"a damaged one ({type(cause).__name__}: {reason})") from error

    def _check_size(self, most: int) -> None:
        with self._path.open("rb") as stream:
            if stream.read(4) == _OLD_FORMAT:
                raise self._damaged("one that has a password or the format of Excel 97 (.xls); save it as .xlsx")
        with self._understood(), zipfile.ZipFile(self._path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > most:
            raise StepFailure(
                "file", expected=f"at most {most:,} bytes in the unpacked {self._name}", found=f"{size:,}"
            )

    def _damaged(self, found: str) -> StepFailure:
        return StepFailure("file", expected=f"an Excel file {quoted(self._name)}", found=found)


def _loaded(stream: BinaryIO, **options: bool) -> Workbook:
    with warnings.catch_warnings():
        # They tell which decorations of a sheet are not understood; no cell depends on them.
        warnings.simplefilter("ignore")
        return load_workbook(stream, **options)


def _is_number(value: str) -> bool:
    """Tell numbers from identifiers that consist of digits: 007, or more digits than a number can have."""
    digits = value.strip().lstrip("+-")
    return len(digits.replace(".", "")) <= _MOST_DIGITS and not (digits.startswith("0") and digits[1:2].isdigit())
