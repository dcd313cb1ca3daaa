"""Sentences about single cells of spreadsheets.

Contract: steps.json, category ``files-excel``; X-086.
"""

from pathlib import Path

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import File, Text, Variable
from cometa_runner.steps.values import variable_name as read_variable_name
from cometa_websteps.differences import first_difference, named
from cometa_websteps.files.addresses import Address, cell_address, cell_name
from cometa_websteps.files.finding import SPREADSHEET, downloads, find
from cometa_websteps.files.tables import open_table
from cometa_websteps.meanings import STORED

CELL = "cell such as B2, or Sheet!B2"
"""Meaning of the parameter that names a cell."""


@step(
    'Edit "{file}" and set "{value}" to "{cell}"',
    category="files-excel",
    example='Edit "uploads/orders.xlsx" and set "50" to "B2"',
    file=SPREADSHEET,
    value="new content",
    cell=CELL,
)
def edit_cell(context: StepContext, file: File, value: Text, cell: Text) -> None:
    """Writes a cell into a copy kept in the files of this run under the same name.

    The department file is not changed.

    Contract: X-086.
    """
    address = cell_address(cell)
    source = find(context, file)
    target = _copy_of(context, source)
    # What an earlier step changed stays changed.
    current = target if target.is_file() else source
    area = address.area
    with open_table(current, file.strip(), context.deadline) as table:
        sheet = table.sheet(address.sheet)
        table.write(sheet, area.top, area.left, value, target)
    of_run = downloads(context)
    if target != source:
        of_run.copies.add(target)
    if context.variables.shows_secret(value):
        # Texts are masked before they are stored; a workbook would be unreadable afterwards.
        of_run.secret.add(target)
        context.warn(f"downloads/{target.name} has a secret now and is not attached to the result.")
    context.detail(f"Set {cell_name(area.top, area.left)} of {sheet} in downloads/{target.name}.")


def _copy_of(context: StepContext, source: Path) -> Path:
    """Give the place of the changed copy: files of the run are changed where they are.

    Raises:
        StepFailure: ``file`` when the name belongs to a download.
    """
    folder = (context.workdir / "downloads").resolve()
    if folder in source.parents:
        return source
    target = folder / source.name
    if target.exists() and target not in downloads(context).copies:
        wanted = f"the name downloads/{source.name} to be free for the changed copy"
        raise StepFailure("file", expected=wanted, found="a download of this run")
    return target


@step(
    'Open "{excelfile}" and assert "{value}" is in cell "{cell}"',
    category="files-excel",
    example='Open "downloads/orders.xlsx" and assert "paid" is in cell "C4"',
    excelfile=SPREADSHEET,
    value="expected text",
    cell=CELL,
)
def assert_cell(context: StepContext, excelfile: File, value: Text, cell: Text) -> None:
    """Fails unless the displayed value of the cell equals the text; without a sheet name the active sheet counts."""
    address = cell_address(cell)
    found, wanted = _displayed(context, excelfile, address).strip(), value.strip()
    if found != wanted:
        place = f"{cell.strip()} of {excelfile.strip()}"
        raise StepFailure(
            "assertion",
            expected=f"{quoted(named(wanted))} in {place}",
            found=f"{quoted(named(found))} ({first_difference(found, wanted)})" if found else "an empty cell",
        )
    context.detail(f"{cell.strip()} shows {quoted(found)}.")


@step(
    'Open "{excelfile}" and set environment variable "{variable_name}" with value from cell "{cell}"',
    category="files-excel",
    example='Open "downloads/orders.xlsx" and set environment variable "first" with value from cell "A2"',
    excelfile=SPREADSHEET,
    variable_name=STORED,
    cell=CELL,
)
def store_cell(context: StepContext, excelfile: File, variable_name: Variable, cell: Text) -> None:
    """Stores the value of a cell in the run and in the environment."""
    name, address = read_variable_name(variable_name), cell_address(cell)
    found = _displayed(context, excelfile, address)
    context.store_variable(name, found, "environment")
    context.detail(f"{cell.strip()} shows {quoted(found)}." if found else f"{cell.strip()} is empty.")


def _displayed(context: StepContext, file: str, address: Address) -> str:
    with open_table(find(context, file), file.strip(), context.deadline) as table:
        return table.read(table.sheet(address.sheet), address.area)[0][0]
