"""A run without a browser, and spreadsheets for it."""

import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from cometa_runner.steps import Match, StepFailure, StepLibrary, load_vocabulary
from cometa_runner.steps.plain_context import PlainContext

FILES = load_vocabulary([StepLibrary("files", "cometa_websteps.files", "Files")])


@pytest.fixture
def desk(tmp_path):
    """A run whose feature opens no browser."""
    run = PlainContext(tmp_path, timeout=5)
    yield run
    run.close_kept()


@pytest.fixture
def do(desk):
    """Give a function that carries out one sentence without a browser."""

    def do(sentence: str) -> None:
        match = FILES.match(sentence)
        assert isinstance(match, Match), sentence
        desk.perform(match.definition, match.values)

    return do


@pytest.fixture
def refuses(do):
    """Give a function that carries out a sentence that must fail, and returns its failure."""

    def refuses(sentence: str) -> StepFailure:
        with pytest.raises(StepFailure) as failure:
            do(sentence)
        return failure.value

    return refuses


@pytest.fixture
def orders(desk):
    """A workbook of the department: two sheets, numbers, dates and a formula with its stored result."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Orders"
    sheet.append(["No", "Customer", "Total", "Day", "Share"])
    sheet.append([1, "ada", 1234.5, datetime.fromisoformat("2026-01-31 00:00:00"), 0.125])
    sheet.append([2, "bob", 99, datetime.fromisoformat("2026-02-01 00:00:00"), 0.5])
    sheet.append([None, None, None, None, None])
    sheet.append([4, None, "=C2+C3", datetime.fromisoformat("2026-02-03 09:30:00"), None])
    for row in range(2, 6):
        sheet.cell(row, 3).number_format = "#,##0.00"
        sheet.cell(row, 4).number_format = "dd.mm.yyyy"
        sheet.cell(row, 5).number_format = "0.0%"
    users = book.create_sheet("All Users")
    users.append(["Name", "E-Mail address", "Role"])
    users.append(["Ada", "ada@shop.example", "admin"])
    users.append(["Bob", "bob@shop.example", None])
    path = desk.workdir / "uploads" / "orders.xlsx"
    book.save(path)
    rewrite(path, "<f>C2+C3</f><v />", "<f>C2+C3</f><v>1333.5</v>")
    return path


@pytest.fixture
def with_result():
    """Give the function that changes the text of the first sheet."""
    return rewrite


def rewrite(path, before, after) -> None:
    """Change the text of the first sheet of a workbook as another program would have written it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    assert before in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(before, after).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
