"""The page of the contract's statements is the present one, and no statement of this release lacks a test."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def statements():
    spec = importlib.util.spec_from_file_location("write_statements", ROOT / "tools/write_statements.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_that_of_the_present_tests(statements):
    assert statements.PAGE.read_text(encoding="utf-8") == statements.page(), "run tools/write_statements.py"


def test_every_statement_of_this_release_has_a_test(statements):
    cited = statements.citations()
    missing = [
        found.number
        for found in statements.statements()
        if found.area not in statements.LATER and found.number not in cited
    ]
    assert missing == []


def test_the_numbers_are_complete_and_in_order(statements):
    assert [found.number for found in statements.statements()] == [f"R-{number:03}" for number in range(1, 206)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("R-001.", {"R-001"}), ("R-084 to R-087", {"R-084", "R-085", "R-086", "R-087"}), ("X-001", set()),
        ("R-171..R-172, R-180", {"R-171", "R-172", "R-180"}),
    ],
)  # fmt: skip
def test_numbers_and_ranges_are_citations(statements, text, numbers):
    assert statements.cited_in(text) == numbers


def test_a_statement_without_a_test_says_so(statements):
    made = statements.Statement("R-999", "FORM", "something holds")
    assert "| no test |" in statements.row_of(made, [])
    assert "| tested | `tests/test_x.py::test_y` |" in statements.row_of(made, ["tests/test_x.py::test_y"])
