"""Spreadsheet files of both kinds behind one interface, and what bounds them.

Contract: steps.json, category ``files-excel``; X-086.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from cometa_runner.steps import Deadline, StepFailure
from cometa_runner.steps.failure import quoted
from cometa_websteps.files.addresses import Area
from cometa_websteps.files.csv_tables import CsvTable

MOST_BYTES: Final = 50 * 1024 * 1024
"""Largest spreadsheet file that is opened."""

CSV_ENDINGS: Final = (".csv", ".tsv", ".txt")
"""Endings of files that are read as tables of text."""

EXCEL_ENDINGS: Final = (".xlsx", ".xlsm")
"""Endings of files that are read as workbooks."""


class Table(Protocol):
    """An open spreadsheet file."""

    def __init__(self, path: Path, name: str, deadline: Deadline) -> None: ...

    def close(self) -> None:
        """Close the file."""

    def sheet(self, name: str | None) -> str:
        """Find a sheet; None is the active one and an empty name the first one.

        Raises:
            StepFailure: ``bad-value`` naming the sheets that exist.
        """

    def read(self, sheet: str, area: Area) -> list[list[str]]:
        """Give the displayed values of an area, row by row.

        Empty cells are empty texts.  An area without a last row ends with the last row that is used; the rows of an
        area without a last column end with their last cell.

        Raises:
            StepFailure: ``file`` when the sheet is too large or damaged; ``bad-value`` for a formula without a result.
        """

    def write(self, sheet: str, row: int, column: int, value: str, target: Path) -> None:
        """Write a copy of the file in which one cell is changed.

        Raises:
            StepFailure: ``file`` or ``bad-value``.
        """


@contextmanager
def open_table(path: Path, name: str, deadline: Deadline) -> Iterator[Table]:
    """Open a spreadsheet file.

    Args:
        path: the file.
        name: as testers write it, for messages.
        deadline: checked while large files are read.

    Raises:
        StepFailure: ``file`` when it is too large, damaged or of a kind that is not understood.
    """
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise StepFailure(
            "file", expected=f"a spreadsheet of at most {MOST_BYTES:,} bytes", found=f"{quoted(name)} with {size:,}"
        )
    table = _kind(path, name)(path, name, deadline)
    try:
        yield table
    finally:
        table.close()


def _kind(path: Path, name: str) -> type[Table]:
    ending = path.suffix.lower()
    if ending in EXCEL_ENDINGS:
        # The web process loads step libraries too and must not pay for openpyxl.
        from cometa_websteps.files.excel_tables import ExcelTable  # noqa: PLC0415 - see above

        return ExcelTable
    if ending in CSV_ENDINGS:
        return CsvTable
    known = ", ".join((*EXCEL_ENDINGS, *CSV_ENDINGS))
    raise StepFailure("file", expected=f"a file that ends with one of {known}", found=quoted(name))
