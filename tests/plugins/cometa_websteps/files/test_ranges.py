"""Sentences about many cells of spreadsheets."""

import csv

import pytest

ORDERS = "uploads/orders.xlsx"
COUNT = (
    'Open "{file}" and compare the number of rows in the "{column}" column, starting from row "{first}", '
    'to ensure that there are "{rows}" rows with option "{option}"'
)


@pytest.mark.parametrize(
    ("cells", "values", "option"),
    [
        ("B2:B", "ada;bob", "match exact"),
        ("A2:C2", "1;ada;1,234.50", "Match  EXACT"),
        ("A2:B3", "1; ada ;2;bob", "match exact"),
        ("All Users!A2", "Ada", "match exact"),
        ("B2:B3", "eve;bob", "match partial"),
    ],
)
def test_cells_are_compared_in_reading_order(orders, do, cells, values, option) -> None:
    do(f'Open Excel from "{ORDERS}" and test that cells "{cells}" contain "{values}" options "{option}"')


def test_each_cell_has_a_line_in_the_attached_file(orders, do, desk, refuses) -> None:
    refuses(f'Open Excel from "{ORDERS}" and test that cells "B2:B3" contain "ada;eve;x" options "match exact"')
    do(f'Open Excel from "{ORDERS}" and test that cells "B2" contain "ada" options "match exact"')
    [(path, kind)] = desk.files
    assert (path.name, kind) == ("cells-2.csv", "report")
    with path.with_name("cells.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["cell", "expected", "found", "equal"],
            ["B2", "ada", "ada", "yes"],
            ["B3", "eve", "bob", "no"],
            ["", "x", "", "no"],
        ]


@pytest.mark.parametrize(
    ("cells", "values", "option", "code", "says"),
    [
        (
            "B2:B3",
            "ada;eve",
            "match exact",
            "assertion",
            'all of 2 values in B2:B3 of uploads/orders.xlsx, found "bob" ',
        ),
        ("B2:B3", "ada", "match exact", "assertion", 'found no value for B3, which shows "bob"'),
        ("B2", "ada;bob", "match exact", "assertion", 'found no cell for "bob"'),
        ("B2:B3", "x;y", "match partial", "assertion", "Expected at least one of 2 values"),
        ("B3:B2", "x", "match exact", "bad-value", "a range that begins at its upper left cell"),
        ("B:B", "x", "match exact", "bad-value", 'a range such as A2, A2:C2, A2:C3 or A2:A, found "B:B"'),
        ("A1:XFD1048576", "x", "match exact", "bad-value", "a range of at most 100,000 cells"),
        ("B2", "ada", "match some", "bad-value", '"match exact", "match partial"'),
    ],
)
@pytest.mark.usefixtures("orders")
def test_cells_with_other_values_fail(refuses, cells, values, option, code, says) -> None:
    """X-070, X-079."""
    failure = refuses(f'Open Excel from "{ORDERS}" and test that cells "{cells}" contain "{values}" options "{option}"')
    assert failure.code == code
    assert says in str(failure)


@pytest.mark.parametrize(
    ("column", "first", "option", "rows"),
    [
        ("A", 2, "", 3),
        ("B", 2, "without empty cells", 2),
        ("B", 2, "skip blank cells", 2),
        ("B", 2, "include EMPTY cells", 2),
        ("a", 1, "blank", 1),
        ("Z", 2, "anything", 0),
        ("A", 50, "anything", 0),
    ],
)
def test_cells_of_a_column_are_counted(orders, do, column, first, option, rows) -> None:
    do(COUNT.format(file=ORDERS, column=column, first=first, rows=rows, option=option))


@pytest.mark.parametrize(
    ("column", "first", "rows", "code", "says"),
    [
        ("A", "2", "4", "assertion", "Expected 4 filled cells in column A of uploads/orders.xlsx from row 2, found 3."),
        ("A1", "2", "4", "bad-value", "the letters of a column"),
        ("A", "0", "4", "bad-value", "a row from 1"),
        ("A", "2", "-1", "bad-value", "a number of rows from 0"),
        ("A", "2", "x", "bad-value", "total_rows to be a whole number"),
    ],
)
@pytest.mark.usefixtures("orders")
def test_another_number_of_cells_fails(refuses, column, first, rows, code, says) -> None:
    """X-070."""
    failure = refuses(COUNT.format(file=ORDERS, column=column, first=first, rows=rows, option=""))
    assert failure.code == code
    assert says in str(failure)
