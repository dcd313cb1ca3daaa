"""Sentences that take rows of spreadsheets as variables; row 1 holds the names of the columns.

Contract: steps.json, category ``files-excel``.
"""

import re

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import File, Number, Text, Variable
from cometa_runner.steps.values import variable_name, whole_number
from cometa_websteps.files.addresses import MOST_SHEET_ROWS, Area, cell_name
from cometa_websteps.files.finding import SPREADSHEET, find
from cometa_websteps.files.tables import open_table
from cometa_websteps.meanings import RESULT

FIRST_SHEET = "sheet name; empty means the first"
"""Meaning of the parameter that names a sheet."""

_FIRST_ROW = 2
_NOT_OF_NAMES = re.compile(r"[^\w.-]+")


@step(
    'Take row "{row}" of sheet "{sheet}" in "{file}" as variable "{variable}"',
    category="files-excel",
    example='Take row "2" of sheet "Users" in "uploads/users.xlsx" as variable "user"',
    row="row number as shown in the file; row 1 holds the names",
    sheet=FIRST_SHEET,
    file=SPREADSHEET,
    variable=RESULT,
)
def take_row(context: StepContext, row: Number, sheet: Text, file: File, variable: Variable) -> None:
    """Keeps one row as an object whose keys are the column names."""
    name, number = variable_name(variable), _row_number(row)
    record = _record(context, file, sheet, number)
    context.store_variable(name, record, "run")
    context.detail(f"Row {number} has {len(record)} values.")


@step(
    'Take all rows of sheet "{sheet}" in "{file}" as variable "{variable}"',
    category="files-excel",
    example='Take all rows of sheet "Users" in "uploads/users.xlsx" as variable "users"',
    sheet=FIRST_SHEET,
    file=SPREADSHEET,
    variable=RESULT,
)
def take_all_rows(context: StepContext, sheet: Text, file: File, variable: Variable) -> None:
    """Keeps all rows as a list of objects, ready for a For each loop."""
    name = variable_name(variable)
    with open_table(find(context, file), file.strip(), context.deadline) as table:
        rows = table.read(table.sheet(sheet.strip()), Area(1))
    columns = _columns(rows[0] if rows else [], file)
    # A row without any value is a gap in the sheet and no record.
    records = [_object(columns, row) for row in rows[1:] if any(row)]
    context.store_variable(name, records, "run")
    context.detail(f"{len(records)} row{'' if len(records) == 1 else 's'} with {len(columns)} columns.")


@step(
    'Take row "{row}" of sheet "{sheet}" in "{file}" as single variables',
    category="files-excel",
    example='Take row "2" of sheet "Users" in "uploads/users.xlsx" as single variables',
    row="row number as shown in the file",
    sheet=FIRST_SHEET,
    file=SPREADSHEET,
)
def take_row_as_variables(context: StepContext, row: Number, sheet: Text, file: File) -> None:
    """Creates one run variable per column (names in lower case, blanks become underscores)."""
    record = _record(context, file, sheet, _row_number(row))
    names: dict[str, str] = {}
    for column in record:
        # Other letters that no name of a variable can have are treated like blanks.
        name = variable_name(_NOT_OF_NAMES.sub("_", column.lower()))
        if name in names:
            found = f"{quoted(names[name])} and {quoted(column)}, which both become ${name}"
            raise StepFailure("bad-value", expected=f"different column names in {file.strip()}", found=found)
        names[name] = column
    for name, column in names.items():
        context.store_variable(name, record[column], "run")
    context.detail(f"Set {', '.join(f'${name}' for name in names)}.")


def _row_number(text: str) -> int:
    number = whole_number(text, "row")
    if not _FIRST_ROW <= number <= MOST_SHEET_ROWS:
        wanted = f"a row from {_FIRST_ROW} to {MOST_SHEET_ROWS}; row 1 holds the names"
        raise StepFailure("bad-value", expected=wanted, found=quoted(text))
    return number


def _record(context: StepContext, file: str, sheet: str, number: int) -> dict[str, str]:
    """Read one row.

    Raises:
        StepFailure: ``bad-value`` when the sheet ends before it.
    """
    with open_table(find(context, file), file.strip(), context.deadline) as table:
        title = table.sheet(sheet.strip())
        [names] = table.read(title, Area(1, bottom=1))
        columns = _columns(names, file)
        [row] = table.read(title, Area(number, bottom=number))
        if not any(row) and not table.read(title, Area(number)):
            last = len(table.read(title, Area(1)))
            wanted = f"row {number} of {title} in {file.strip()}"
            raise StepFailure("bad-value", expected=wanted, found=f"a last row {last}")
    return _object(columns, row)


def _columns(names: list[str], file: str) -> dict[str, int]:
    """Give name of a column -> its place in a row; columns without a name are passed over.

    Raises:
        StepFailure: ``bad-value`` when there are no names, or two columns have the same one.
    """
    columns: dict[str, int] = {}
    for place, name in enumerate(name.strip() for name in names):
        if name in columns:
            found = f"{quoted(name)} in {cell_name(1, columns[name] + 1)} and {cell_name(1, place + 1)}"
            raise StepFailure("bad-value", expected=f"different column names in row 1 of {file.strip()}", found=found)
        if name:
            columns[name] = place
    if not columns:
        raise StepFailure("bad-value", expected=f"column names in row 1 of {file.strip()}", found="an empty row")
    return columns


def _object(columns: dict[str, int], row: list[str]) -> dict[str, str]:
    return {name: row[place] if place < len(row) else "" for name, place in columns.items()}
