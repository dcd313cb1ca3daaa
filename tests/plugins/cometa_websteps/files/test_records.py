"""Sentences that take rows of spreadsheets as variables."""

import json

import pytest

ORDERS = "uploads/orders.xlsx"


def value_of(desk, name):
    """The value of a variable, as structure."""
    return json.loads(json.dumps(desk.variables.get(name).value))


def test_a_row_becomes_an_object(orders, do, desk) -> None:
    do(f'Take row "2" of sheet "all users" in "{ORDERS}" as variable "user"')
    assert value_of(desk, "user") == {"Name": "Ada", "E-Mail address": "ada@shop.example", "Role": "admin"}
    do(f'Take row "3" of sheet "" in "{ORDERS}" as variable "order"')
    assert value_of(desk, "order") == {
        "No": "2",
        "Customer": "bob",
        "Total": "99.00",
        "Day": "01.02.2026",
        "Share": "50.0%",
    }
    assert desk.details == ["Row 3 has 5 values."]


def test_all_rows_become_a_list_for_a_loop(orders, do, desk) -> None:
    do(f'Take all rows of sheet "All Users" in "{ORDERS}" as variable "$users"')
    assert [row["Name"] for row in value_of(desk, "users")] == ["Ada", "Bob"]
    assert value_of(desk, "users")[1]["Role"] == ""
    assert desk.details == ["2 rows with 3 columns."]
    do(f'Take all rows of sheet "" in "{ORDERS}" as variable "orders"')
    assert [row["No"] for row in value_of(desk, "orders")] == ["1", "2", "4"]
    assert value_of(desk, "orders")[2]["Total"] == "1,333.50"


def test_a_row_becomes_single_variables(orders, do, desk) -> None:
    do(f'Take row "2" of sheet "All Users" in "{ORDERS}" as single variables')
    assert desk.variables.get("name").value == "Ada"
    assert desk.variables.get("e-mail_address").value == "ada@shop.example"
    assert desk.details == ["Set $name, $e-mail_address, $role."]


@pytest.mark.parametrize(
    "sentence",
    [
        'Take row "{row}" of sheet "{sheet}" in "{file}" as variable "user"',
        'Take row "{row}" of sheet "{sheet}" in "{file}" as single variables',
    ],
)
@pytest.mark.parametrize(
    ("row", "sheet", "code", "says"),
    [
        ("1", "All Users", "bad-value", 'a row from 2 to 1048576; row 1 holds the names, found "1"'),
        ("two", "All Users", "bad-value", 'row to be a whole number, found "two"'),
        ("4", "All Users", "bad-value", "Expected row 4 of All Users in uploads/orders.xlsx, found a last row 3"),
        ("2", "Users", "bad-value", 'found only "Orders", "All Users"'),
    ],
)
@pytest.mark.usefixtures("orders")
def test_a_row_that_is_not_there_fails(refuses, sentence, row, sheet, code, says) -> None:
    """X-070."""
    failure = refuses(sentence.format(row=row, sheet=sheet, file=ORDERS))
    assert failure.code == code
    assert says in str(failure)


@pytest.mark.usefixtures("orders")
def test_rows_of_a_file_that_is_not_there_fail(refuses) -> None:
    """X-070."""
    failure = refuses('Take all rows of sheet "" in "uploads/none.xlsx" as variable "users"')
    assert failure.code == "file"
    assert 'Expected the file "uploads/none.xlsx", found in uploads/: orders.xlsx' in str(failure)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "an empty row"),
        (",\n1,2\n", "an empty row"),
        ("a, a\n1,2\n", '"a" in A1 and B1'),
    ],
)
def test_rows_without_proper_names_fail(desk, refuses, text, found) -> None:
    (desk.workdir / "uploads" / "list.csv").write_text(text)
    failure = refuses('Take all rows of sheet "" in "uploads/list.csv" as variable "list"')
    assert (failure.code, failure.found) == ("bad-value", found)


def test_names_that_become_the_same_variable_fail(desk, refuses) -> None:
    (desk.workdir / "uploads" / "list.csv").write_text("First Name,first name\na,b\n")
    failure = refuses('Take row "2" of sheet "" in "uploads/list.csv" as single variables')
    assert failure.found == '"First Name" and "first name", which both become $first_name'
