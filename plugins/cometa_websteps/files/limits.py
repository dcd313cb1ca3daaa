"""What keeps spreadsheets from filling the memory of a run, and the safe way to write one."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cometa_runner.steps import StepFailure
from cometa_websteps.files.addresses import Area

MOST_ROWS: Final = 100_000
"""Rows that are read or written."""

MOST_CELLS: Final = 2_000_000
"""Cells that are read at once."""


class CellBudget:
    """Counts the cells of one reading.

    Args:
        name: of the file, for messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._left = MOST_CELLS

    def take(self, row: int, cells: int) -> None:
        """Count a row.

        Raises:
            StepFailure: ``file`` when there are too many rows or cells.
        """
        self._left -= cells
        if row > MOST_ROWS:
            raise StepFailure("file", expected=f"at most {MOST_ROWS:,} rows in {self._name}", found="more")
        if self._left < 0:
            raise StepFailure("file", expected=f"at most {MOST_CELLS:,} cells in {self._name}", found="more")


def replaced(target: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place and move it there, so that nobody ever reads half of it."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    written = Path(name)
    try:
        write(written)
        written.replace(target)
    finally:
        written.unlink(missing_ok=True)


def fitted(rows: list[list[str]], area: Area) -> list[list[str]]:
    """Give the rows of an area the shape that it asks for.

    Args:
        rows: what was found, from the first row and the first column of the area on.
        area: the area; see ``Table.read``.
    """
    if area.bottom is None:
        while rows and not any(rows[-1]):
            rows.pop()
    else:
        rows += [[] for _ in range(area.bottom - area.top + 1 - len(rows))]
    if area.right is None:
        return rows
    width = area.right - area.left + 1
    return [(row + [""] * width)[:width] for row in rows]
