"""Spreadsheet files of all kinds, sizes and states."""

import zipfile

import pytest
from openpyxl import Workbook

from cometa_runner.steps import Cancelled, Deadline, StepFailure
from cometa_websteps.files import csv_tables, excel_tables, limits, tables
from cometa_websteps.files.addresses import Area
from cometa_websteps.files.tables import open_table


def rows_of(path, sheet=None):
    """All rows of a file."""
    with open_table(path, path.name, Deadline(20)) as table:
        return table.read(table.sheet(sheet), Area(1))


def changed(path, row, column, value):
    """The bytes of a copy in which a cell is changed."""
    target = path.with_name("copy" + path.suffix)
    with open_table(path, path.name, Deadline(20)) as table:
        table.write(table.sheet(None), row, column, value, target)
    return target.read_bytes()


def refused(path):
    """The failure of reading a file."""
    with pytest.raises(StepFailure) as failure:
        rows_of(path)
    return failure.value


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        (b"a;b\r\n1,5;2\r\n", [["a", "b"], ["1,5", "2"]]),
        (b"a\tb\n1\t2", [["a", "b"], ["1", "2"]]),
        (b"a|b\n1|2", [["a", "b"], ["1", "2"]]),
        (b'a,b\n"x, ""y""\nz",2\n', [["a", "b"], ['x, "y"\nz', "2"]]),
        (b"sep=|\r\na,b|c\r\n", [["a,b", "c"]]),
        (b"only\nlines\n", [["only"], ["lines"]]),
        ("grün,ß\n".encode(), [["grün", "ß"]]),
        ("grün,ß\n".encode("cp1252"), [["grün", "ß"]]),
        ("grün,ß\n".encode("utf-8-sig"), [["grün", "ß"]]),
        ("grün,ß\n".encode("utf-16"), [["grün", "ß"]]),
        (b"a,b\n\n,\n\n", [["a", "b"]]),
        (b"", []),
    ],
)
def test_csv_files_are_read_whatever_their_dialect(tmp_path, content, rows) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    assert rows_of(path) == rows


@pytest.mark.parametrize(
    ("content", "after"),
    [
        (b"a;b\r\n1;2\r\n", b"a;b\r\n1;x\r\n"),
        (b"a\tb\n1\t2\n", b"a\tb\n1\tx\n"),
        ("ü,b\n1,2\n".encode("utf-8-sig"), "ü,b\n1,x\n".encode("utf-8-sig")),
        (b"sep=;\na;b\n1;2\n", b"sep=;\na;b\n1;x\n"),
        (b"a\n", b"a\n,x\n"),
    ],
)
def test_a_changed_csv_file_keeps_its_dialect(tmp_path, content, after) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    assert changed(path, 2, 2, "x") == after
    assert path.read_bytes() == content


def test_a_letter_that_the_encoding_has_not_is_a_bad_value(tmp_path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("grün,b\n".encode("cp1252"))
    with pytest.raises(StepFailure) as failure:
        changed(path, 1, 1, "漢")
    assert failure.value.code == "bad-value"
    assert 'only letters that list.csv can hold (cp1252), found "漢" for A1' in str(failure.value)


def test_the_sheet_of_a_csv_file_has_the_name_of_the_file(tmp_path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("a\n")
    assert rows_of(path, "List") == rows_of(path, "") == [["a"]]
    with pytest.raises(StepFailure, match="bad-value") as failure:
        rows_of(path, "Other")
    assert 'Expected the sheet "Other" in list.csv, found a CSV file, which has only one' in str(failure.value)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.xlsx", b"no archive", "a damaged one (BadZipFile"),
        ("a.xlsx", b"", "a damaged one (BadZipFile"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0old", "a password or the format of Excel 97 (.xls)"),
        ("a.csv", b"a\0b", "bytes that are no text"),
        ("a.csv", b"\xff\xfea", "bytes that are not utf-16"),
        ("a.pdf", b"%PDF", '"a.pdf"'),
    ],
)
def test_files_that_are_no_spreadsheets_are_refused(tmp_path, name, content, found) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    failure = refused(path)
    assert failure.code == "file"
    assert found in failure.found


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("content", [b"", b"<broken", b"<a/>", None])
def test_damaged_workbooks_are_refused_or_read_but_never_an_accident(tmp_path, part, content) -> None:
    path = workbook(tmp_path)
    damage(path, part, content)
    try:
        found = rows_of(path)
    except StepFailure as failure:
        found = failure.expected
    assert found in ([], [["a", "b"]], 'an Excel file "book.xlsx"')


def test_entities_are_not_unfolded(tmp_path) -> None:
    path = workbook(tmp_path)
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    damage(path, "xl/worksheets/sheet1.xml", bomb)
    assert "EntitiesForbidden" in refused(path).found


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path, monkeypatch) -> None:
    path = workbook(tmp_path)
    damage(path, "xl/media/image1.png", b"0" * 2_000_000)
    monkeypatch.setattr(excel_tables, "MOST_UNPACKED", 1_000_000)
    failure = refused(path)
    assert failure.code == "file"
    assert "Expected at most 1,000,000 bytes in the unpacked book.xlsx, found 2,0" in str(failure)
    monkeypatch.setattr(excel_tables, "MOST_UNPACKED", 3_000_000)
    monkeypatch.setattr(excel_tables, "MOST_UNPACKED_TO_EDIT", 1_000_000)
    with pytest.raises(StepFailure, match="file"):
        changed(path, 1, 1, "x")


@pytest.mark.parametrize("name", ["book.xlsx", "list.csv"])
def test_large_files_are_refused(tmp_path, monkeypatch, name) -> None:
    workbook(tmp_path)
    (tmp_path / "list.csv").write_text("a,b\n" * 5)
    path = tmp_path / name
    monkeypatch.setattr(limits, "MOST_ROWS", 0)
    assert "Expected at most 0 rows in" in str(refused(path))
    monkeypatch.setattr(limits, "MOST_ROWS", 100)
    monkeypatch.setattr(limits, "MOST_CELLS", 1)
    assert "Expected at most 1 cells in" in str(refused(path))
    monkeypatch.setattr(tables, "MOST_BYTES", 10)
    assert "Expected a spreadsheet of at most 10 bytes" in str(refused(path))


def test_reading_ends_with_the_time_of_the_step(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(csv_tables, "_CHECK_ROWS", 1)
    monkeypatch.setattr(excel_tables, "_CHECK_ROWS", 1)
    (tmp_path / "list.csv").write_text("a\n" * 5)
    for path in (workbook(tmp_path), tmp_path / "list.csv"):
        with pytest.raises(StepFailure) as failure, open_table(path, path.name, Deadline(0)) as table:
            table.read(table.sheet(None), Area(1))
        assert failure.value.code == "timeout"


def test_a_cancelled_run_stops_reading(tmp_path) -> None:
    class Stopped(Deadline):
        def check(self) -> None:
            raise Cancelled

    path = tmp_path / "list.csv"
    path.write_text("a\n" * 1001)
    with pytest.raises(Cancelled), open_table(path, path.name, Stopped(5)) as table:
        table.read(table.sheet(None), Area(1))


def test_what_a_sheet_says_about_its_size_does_not_matter(tmp_path, with_result) -> None:
    path = workbook(tmp_path)
    with_result(path, '<dimension ref="A1:B1" />', '<dimension ref="A1:A1"/>')
    assert rows_of(path) == [["a", "b"]]


def workbook(folder):
    """A workbook with one row."""
    book = Workbook()
    book.active.append(["a", "b"])
    path = folder / "book.xlsx"
    book.save(path)
    return path


def damage(path, part, content) -> None:
    """Replace a part of a workbook; None leaves it out."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            if body is not None:
                archive.writestr(name, body)
