"""Tables of text: values with separators between them.

Contract: steps.json, category ``files-excel``.
"""

import csv
import io
from pathlib import Path
from typing import Final

from cometa_runner.steps import Deadline, StepFailure
from cometa_runner.steps.failure import quoted
from cometa_websteps.files.addresses import Area, cell_name
from cometa_websteps.files.limits import CellBudget, fitted, replaced

_SEPARATORS: Final = ",;\t|"
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SAMPLE_ROWS: Final = 50
_SAMPLE_LETTERS: Final = 64 * 1024
_LONGEST_VALUE: Final = 10 * 1024 * 1024
_CHECK_ROWS: Final = 1000


class CsvTable:
    """A file of one sheet, whose name is the name of the file without its ending.

    The encoding is told by the first bytes of the file, else it is UTF-8, else Windows-1252.  The separator is the one
    of comma, semicolon, tab and bar that cuts the first rows into the most columns of equal number; a first line
    ``sep=;`` wins and is no row.

    Args:
        path: the file.
        name: as testers write it.
        deadline: checked while rows are read.

    Raises:
        StepFailure: ``file`` when it is no text.
    """

    def __init__(self, path: Path, name: str, deadline: Deadline) -> None:
        self._name = name
        self._deadline = deadline
        self._title = path.stem
        content = path.read_bytes()
        self._encoding = _encoding(content)
        text = self._decoded(content)
        self._preface, text = _without_preface(text)
        self._separator = self._preface[4:5] or _separator(text)
        self._line_end = "\r\n" if "\r\n" in text[:_SAMPLE_LETTERS] else "\n"
        self._text = text

    def close(self) -> None:
        """Forget the text."""
        self._text = ""

    def sheet(self, name: str | None) -> str:
        """Give the name of the only sheet.

        Raises:
            StepFailure: ``bad-value`` when another one is asked for.
        """
        if name and name.casefold() != self._title.casefold():
            raise StepFailure(
                "bad-value",
                expected=f"the sheet {quoted(name)} in {self._name}",
                found="a CSV file, which has only one",
            )
        return self._title

    def read(self, sheet: str, area: Area) -> list[list[str]]:  # noqa: ARG002 - there is only one sheet
        """Give the values of an area."""
        rows = self._rows(area.bottom)[area.top - 1 :]
        return fitted([row[area.left - 1 : area.right] for row in rows], area)

    def write(self, sheet: str, row: int, column: int, value: str, target: Path) -> None:  # noqa: ARG002 - see read
        """Write a copy in which one value is changed; separator, encoding and line ends stay.

        Raises:
            StepFailure: ``bad-value`` when the encoding of the file has no such letter, or the cell is too far away.
        """
        CellBudget(self._name).take(row, column)
        rows = self._rows(None)
        rows += [[] for _ in range(row - len(rows))]
        changed = rows[row - 1]
        changed += [""] * (column - len(changed))
        changed[column - 1] = value
        written = io.StringIO(self._preface, newline="")
        written.seek(0, io.SEEK_END)
        csv.writer(written, delimiter=self._separator, lineterminator=self._line_end).writerows(rows)
        try:
            content = written.getvalue().encode(self._encoding)
        except UnicodeEncodeError as error:
            wanted = f"only letters that {self._name} can hold ({self._encoding})"
            raise StepFailure(
                "bad-value", expected=wanted, found=f"{quoted(value)} for {cell_name(row, column)}"
            ) from error
        replaced(target, lambda path: path.write_bytes(content))

    def _rows(self, last: int | None) -> list[list[str]]:
        rows: list[list[str]] = []
        budget = CellBudget(self._name)
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=self._separator)
        csv.field_size_limit(_LONGEST_VALUE)
        try:
            for number, row in enumerate(reader, start=1):
                if last is not None and number > last:
                    break
                budget.take(number, len(row))
                if number % _CHECK_ROWS == 0:
                    self._deadline.check()
                rows.append(row)
        except csv.Error as error:
            raise self._damaged(f"line {reader.line_num}: {error}") from error
        return rows

    def _decoded(self, content: bytes) -> str:
        try:
            text = content.decode(self._encoding)
        except UnicodeDecodeError as error:
            raise self._damaged(f"bytes that are not {self._encoding}") from error
        if "\0" in text:
            raise self._damaged("bytes that are no text")
        return text

    def _damaged(self, found: str) -> StepFailure:
        return StepFailure("file", expected=f"a CSV file {quoted(self._name)}", found=found)


def _encoding(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _without_preface(text: str) -> tuple[str, str]:
    """Split off the line in which spreadsheet programs name the separator."""
    line, end, rest = text.partition("\n")
    if len(line.rstrip("\r")) == 5 and line.lower().startswith("sep=") and line[4] in _SEPARATORS:
        return line + end, rest
    return "", text


def _separator(text: str) -> str:
    """Choose the separator that gives the same number of columns, and the most, in the first rows."""

    def weight(separator: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text[:_SAMPLE_LETTERS], newline=""), delimiter=separator)
        try:
            widths = [len(row) for _, row in zip(range(_SAMPLE_ROWS), reader, strict=False) if row]
        except csv.Error:
            return 0, 0
        first = widths[0] if widths else 1
        # The last row of the sample may be cut off.
        alike = sum(width == first for width in widths[:-1] or widths)
        return (alike, first) if first > 1 else (0, 0)

    return max(_SEPARATORS, key=weight)
