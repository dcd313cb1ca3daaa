"""Spreadsheets in a runner process, from the file of the department to what is attached to the result."""

import hashlib

import pytest
from openpyxl import Workbook, load_workbook

LIBRARIES = [{"name": "files", "module": "cometa_websteps.files"}]
SET = 'Edit "{file}" and set "{value}" to "{cell}"'
IS = 'Open "{excelfile}" and assert "{value}" is in cell "{cell}"'
ALL = 'Take all rows of sheet "{sheet}" in "{file}" as variable "{variable}"'


@pytest.fixture
def users(short_path):
    """A workbook of the department in the work folder of a run."""
    folder = short_path / "run"
    (folder / "uploads").mkdir(parents=True)
    book = Workbook()
    for row in (["Name", "Age"], ["Ada", 36], ["Bob", 41]):
        book.active.append(row)
    book.save(folder / "uploads" / "users.xlsx")
    return folder / "uploads" / "users.xlsx"


@pytest.fixture
def run(runners, users):
    """Give a function that executes steps in the folder of the workbook."""

    def run(*tree, **more):
        return runners.run(list(tree), workdir=users.parents[1], libraries=LIBRARIES, **more)

    return run


def test_a_changed_copy_is_attached_and_the_file_of_the_department_stays(run, users, maker):
    """X-086."""
    before = hashlib.sha256(users.read_bytes()).hexdigest()
    ended = run(
        maker.step(SET, file="uploads/users.xlsx", value="37", cell="B2"),
        maker.step(IS, excelfile="downloads/users.xlsx", value="37", cell="B2"),
        maker.step(IS, excelfile="uploads/users.xlsx", value="36", cell="B2"),
    )
    assert ended.rows() == ["0 Success", "1 Success", "2 Success"]
    [event] = ended.of("file")
    assert (event["name"], event["kind"]) == ("users.xlsx", "download")
    assert load_workbook(users.parents[1] / "artifacts" / event["file"]).active["B2"].value == 37
    assert hashlib.sha256(users.read_bytes()).hexdigest() == before


def test_rows_become_a_list_of_objects(run, maker):
    """Steps.json, ``Take all rows of sheet ...``."""
    ended = run(
        maker.step(ALL, sheet="", file="uploads/users.xlsx", variable="users"),
        maker.step(IS, excelfile="uploads/users.xlsx", value="$users", cell="A9"),
    )
    [variable] = ended.of("variable_set")
    assert variable["value"] == [{"Name": "Ada", "Age": "36"}, {"Name": "Bob", "Age": "41"}]
    assert (variable["name"], variable["scope"]) == ("users", "run")
    assert '[{"Name":"Ada","Age":"36"},{"Name":"Bob","Age":"41"}]' in ended.error["expected"]


def test_a_copy_with_a_secret_is_not_attached(run, maker):
    """Runner G.5."""
    secret = {"name": "password", "value": "s3cr3t-word", "scope": "environment", "secret": True}
    ended = run(maker.step(SET, file="uploads/users.xlsx", value="$password", cell="B2"), variables=[secret])
    assert ended.rows() == ["0 Success"]
    assert ended.of("file") == []
    assert ended.of("step_end")[0]["warnings"] == [
        "downloads/users.xlsx has a secret now and is not attached to the result."
    ]


def test_more_rows_than_a_variable_holds_fail(run, users, maker):
    """Runner B.3: lines are bounded."""
    (users.parent / "long.csv").write_text("name,text\n" + "x,yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n" * 5000)
    ended = run(maker.step(ALL, sheet="", file="uploads/long.csv", variable="rows"))
    assert ended.rows() == ["0 Failed"]
    assert ended.error["code"] == "limit"
