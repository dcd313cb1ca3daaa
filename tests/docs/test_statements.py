"""The page of the contract's statements is the present one, and no statement of this release lacks a test."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def loaded():
    spec = importlib.util.spec_from_file_location("write_statements", ROOT / "tools/write_statements.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


STATEMENTS = loaded()


@pytest.fixture(scope="module")
def statements():
    return STATEMENTS


@pytest.fixture(params=STATEMENTS.PAGES, ids=lambda page: page.target.stem + " of " + page.target.parent.name)
def page(request):
    return request.param


def test_the_page_is_that_of_the_present_tests(statements, page):
    assert page.target.read_text(encoding="utf-8") == statements.text_of(page), "run tools/write_statements.py"


def test_every_statement_of_this_release_has_a_test(statements, page):
    cited = statements.citations()
    missing = [
        found.number
        for found in statements.statements(page)
        if not statements.is_later(page, found) and found.number not in cited
    ]
    assert missing == []


def test_what_is_not_part_of_this_release_has_no_test(statements, page):
    """As soon as one has, it is part of the release."""
    cited = statements.citations()
    assert [number for number in sorted(page.later) if number in cited] == []


@pytest.mark.parametrize(("place", "letter", "last"), [(0, "R", 205), (1, "X", 152)])
def test_the_numbers_are_complete_and_in_order(statements, place, letter, last):
    found = [each.number for each in statements.statements(statements.PAGES[place])]
    assert found == [f"{letter}-{number:03}" for number in range(1, last + 1)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("R-001.", {"R-001"}), ("R-084 to R-087", {"R-084", "R-085", "R-086", "R-087"}),
        ("X-001 to X-002, Y-003", {"X-001", "X-002"}), ("R-171..R-172, R-180", {"R-171", "R-172", "R-180"}),
    ],
)  # fmt: skip
def test_numbers_and_ranges_are_citations(statements, text, numbers):
    assert statements.cited_in(text) == numbers


def test_a_statement_without_a_test_says_so(statements):
    made = statements.Statement("R-999", "FORM", "something holds")
    assert "| no test |" in statements.row_of(made, [])
    assert "| tested | `tests/test_x.py::test_y` |" in statements.row_of(made, ["tests/test_x.py::test_y"])
