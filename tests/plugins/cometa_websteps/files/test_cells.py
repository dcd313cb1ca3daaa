"""Sentences about cells of spreadsheets."""

import hashlib

import pytest
from openpyxl import Workbook, load_workbook

ORDERS = "uploads/orders.xlsx"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("A1", "No"),
        ("B2", "ada"),
        ("C2", "1,234.50"),
        ("$D$2", "31.01.2026"),
        ("E2", "12.5%"),
        ("c5", "1,333.50"),
        ("B4", ""),
        ("Z99", ""),
        ("orders!B3", "bob"),
        ("All Users!B2", "ada@shop.example"),
        ("'All Users'!A3", "Bob"),
    ],
)
def test_a_cell_is_compared_as_it_is_displayed(orders, do, desk, cell, shown) -> None:
    """Contract: steps.json; X-070."""
    do(f'Open "Uploads/orders.xlsx" and assert " {shown}" is in cell "{cell}"')
    assert desk.details == [f'{cell} shows "{shown}".']


@pytest.mark.parametrize(
    ("cell", "value", "code", "says"),
    [
        ("B2", "Ada", "assertion", 'Expected "Ada" in B2 of uploads/orders.xlsx, found "ada" (first difference at'),
        ("B4", "ada", "assertion", 'Expected "ada" in B4 of uploads/orders.xlsx, found an empty cell'),
        ("C2", "1234.5", "assertion", 'found "1,234.50"'),
        ("Users!A1", "x", "bad-value", 'the sheet "Users" in uploads/orders.xlsx, found only "Orders", "All Users"'),
        ("B0", "x", "bad-value", 'Expected a row from 1 to 1048576, found "B0"'),
        ("XFE1", "x", "bad-value", "a column from A to XFD"),
        ("2B", "x", "bad-value", 'Expected a cell such as B2 or Sheet!B2, found "2B"'),
        ("", "x", "bad-value", "a cell such as B2"),
    ],
)
@pytest.mark.usefixtures("orders")
def test_a_cell_that_shows_something_else_fails(refuses, cell, value, code, says) -> None:
    """X-070, X-081."""
    failure = refuses(f'Open "{ORDERS}" and assert "{value}" is in cell "{cell}"')
    assert failure.code == code
    assert says in str(failure)


def test_a_formula_without_a_stored_result_is_a_bad_value(desk, refuses, do) -> None:
    book = Workbook()
    book.active.append(["=1+1", "", '=IF(1,"","x")'])
    book.save(desk.workdir / "uploads" / "sums.xlsx")
    failure = refuses('Open "uploads/sums.xlsx" and assert "2" is in cell "A1"')
    assert failure.code == "bad-value"
    assert 'Expected a value in A1 of uploads/sums.xlsx, found the formula "=1+1" without a stored result' in str(
        failure
    )
    do('Open "uploads/sums.xlsx" and assert "" is in cell "B1"')


def test_an_empty_result_of_a_formula_is_an_empty_cell(desk, do, orders, with_result) -> None:
    with_result(orders, '<c r="C5" s="1"><f>C2+C3</f><v>1333.5</v></c>', '<c r="C5" t="str"><f>A1</f><v></v></c>')
    do(f'Open "{ORDERS}" and assert "" is in cell "C5"')


def test_the_value_of_a_cell_is_stored_in_the_environment(orders, do, desk) -> None:
    do(f'Open "{ORDERS}" and set environment variable "$first" with value from cell "C2"')
    assert desk.variables.get("first").value == "1,234.50"
    do(f'Open "{ORDERS}" and set environment variable "first" with value from cell "B4"')
    assert (desk.variables.get("first").value, desk.details) == ("", ["B4 is empty."])


@pytest.mark.parametrize(
    ("file", "words", "code"),
    [
        (ORDERS, '"a b" with value from cell "A1"', "bad-value"),
        (ORDERS, '"first" with value from cell "one"', "bad-value"),
        ("uploads/none.xlsx", '"first" with value from cell "A1"', "file"),
        ("uploads/../orders.xlsx", '"first" with value from cell "A1"', "file"),
    ],
)
@pytest.mark.usefixtures("orders")
def test_a_value_that_cannot_be_stored_fails(refuses, desk, file, words, code) -> None:
    """X-070, X-130."""
    assert refuses(f'Open "{file}" and set environment variable {words}').code == code
    assert desk.variables.get("first") is None


def test_the_file_of_the_department_is_never_changed(orders, do, desk) -> None:
    """X-086."""
    before = hashlib.sha256(orders.read_bytes()).hexdigest()
    do(f'Edit "{ORDERS}" and set "50" to "C2"')
    assert desk.details == ["Set C2 of Orders in downloads/orders.xlsx."]
    do(f'Edit "{ORDERS}" and set "new one" to "All Users!A4"')
    assert hashlib.sha256(orders.read_bytes()).hexdigest() == before
    copy = load_workbook(desk.workdir / "downloads" / "orders.xlsx")
    assert (copy["Orders"]["C2"].value, copy["All Users"]["A4"].value) == (50, "new one")
    do('Open "downloads/orders.xlsx" and assert "50.00" is in cell "C2"')
    do(f'Open "{ORDERS}" and assert "1,234.50" is in cell "C2"')


@pytest.mark.parametrize(
    ("value", "kept"),
    [("007", "007"), ("-1.5", -1.5), ("1234567890123456789", "1234567890123456789"), ("=1+1", "=1+1"), ("", None)],
)
def test_numbers_are_written_as_numbers_and_all_else_as_text(orders, do, desk, value, kept) -> None:
    do(f'Edit "{ORDERS}" and set "{value}" to "G9"')
    cell = load_workbook(desk.workdir / "downloads" / "orders.xlsx")["Orders"]["G9"]
    assert cell.value == kept
    assert cell.data_type != "f"
    do(f'Open "downloads/orders.xlsx" and assert "{value}" is in cell "G9"')


def test_a_download_is_changed_where_it_is(orders, do, desk) -> None:
    place = desk.workdir / "downloads" / "mine.xlsx"
    place.write_bytes(orders.read_bytes())
    do('Edit "downloads/last_downloaded_file.xlsx" and set "eve" to "B2"')
    assert load_workbook(place)["Orders"]["B2"].value == "eve"
    assert [path.name for path in (desk.workdir / "downloads").iterdir()] == ["mine.xlsx"]


def test_a_changed_copy_is_not_the_last_download(orders, do, desk, refuses) -> None:
    do(f'Edit "{ORDERS}" and set "eve" to "B2"')
    failure = refuses('Open "downloads/last_downloaded_file.xlsx" and assert "eve" is in cell "B2"')
    assert "Expected a download that ends with .xlsx, found in downloads/: orders.xlsx." in str(failure)


def test_the_name_of_a_download_is_not_taken_for_a_copy(orders, refuses, desk) -> None:
    (desk.workdir / "downloads" / "orders.xlsx").write_bytes(b"downloaded")
    failure = refuses(f'Edit "{ORDERS}" and set "eve" to "B2"')
    assert failure.code == "file"
    assert "downloads/orders.xlsx to be free for the changed copy, found a download of this run" in str(failure)
    assert (desk.workdir / "downloads" / "orders.xlsx").read_bytes() == b"downloaded"


def test_merged_cells_are_changed_by_their_first_one(orders, do, refuses, desk) -> None:
    book = Workbook()
    book.active.merge_cells("A1:B2")
    book.save(desk.workdir / "uploads" / "merged.xlsx")
    do('Edit "uploads/merged.xlsx" and set "x" to "A1"')
    failure = refuses('Edit "uploads/merged.xlsx" and set "x" to "B2"')
    assert (failure.code, failure.found) == ("bad-value", "B2 inside of A1:B2")


@pytest.mark.parametrize(
    ("file", "cell", "code"),
    [
        ("uploads/none.xlsx", "B2", "file"),
        ("uploads/../orders.xlsx", "B2", "file"),
        (ORDERS, "B", "bad-value"),
        (ORDERS, "None!B2", "bad-value"),
    ],
)
def test_what_cannot_be_edited_fails_and_leaves_no_copy(orders, refuses, desk, file, cell, code) -> None:
    """X-070, X-130."""
    assert refuses(f'Edit "{file}" and set "x" to "{cell}"').code == code
    assert list((desk.workdir / "downloads").iterdir()) == []


def test_a_copy_with_a_secret_is_never_attached(orders, do, refuses, desk) -> None:
    """Runner G.5."""
    desk.store_variable("password", "s3cr3t-word", "run", secret=True)
    do(f'Edit "{ORDERS}" and set "$password" to "B2"')
    assert desk.warnings == ["downloads/orders.xlsx has a secret now and is not attached to the result."]
    failure = refuses('Attach the "orders.xlsx" from Downloads folder to the current execution results')
    assert str(failure).startswith("Expected a file without secrets, found orders.xlsx, into which a step wrote one.")
    assert desk.files == []
    do('Delete files matching "*.xlsx" from local download folder')
    do(f'Edit "{ORDERS}" and set "harmless" to "B2"')
    do('Attach the "orders.xlsx" from Downloads folder to the current execution results')
