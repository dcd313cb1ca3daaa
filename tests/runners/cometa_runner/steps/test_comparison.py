"""Comparison words (steps section 5)."""

import pytest

from cometa_runner.steps import Deadline, StepFailure
from cometa_runner.steps.comparison import OPERATORS, compare, is_operator

TABLE = [
    ("a", "equal to", "a", True),
    (" a ", "==", "a", True),
    ("a", "equal to", "A", False),
    ("1.0", "equal to", "1", True),
    ("1.0", "!=", "1", False),
    ("1e1", "equal to", "10", False),
    ("a", "not equal to", "b", True),
    ("abc", "containing", "b", True),
    ("abc", "containing", "B", False),
    ("abc", "not containing", "x", True),
    ("abc", "starting with", "ab", True),
    ("abc", "starting with", "b", False),
    ("abc", "ending with", "bc", True),
    ("abc", "ending with", "b", False),
    ("A-17", "matching", r"[A-Z]-\d+", True),
    ("A-17x", "matching", r"[A-Z]-\d+", False),
    ("A-17x", "not matching", r"[A-Z]-\d+", True),
    ("  ", "empty", "whatever", True),
    ("x", "empty", "", False),
    ("x", "not empty", "", True),
    ("b", "one of", "a; b ;c", True),
    ("d", "one of", "a;b;c", False),
    ("d", "not one of", "a;b;c", True),
    ("9", "less than", "10", True),
    ("9", "<", "9", False),
    ("9", "at most", "9.0", True),
    ("-9", "<=", "-10", False),
    ("10", "greater than", "9", True),
    ("10", ">", "10", False),
    ("10", "at least", "10", True),
    ("9.99", ">=", "10", False),
    ("a", "  Equal   TO ", "a", True),
]


@pytest.mark.parametrize(("left", "operator", "right", "holds"), TABLE)
def test_words_compare_as_the_contract_says(left, operator, right, holds) -> None:
    assert compare(left, operator, right) is holds


def test_every_word_is_in_the_table() -> None:
    assert {" ".join(operator.split()).lower() for _left, operator, _right, _holds in TABLE} == set(OPERATORS)


@pytest.mark.parametrize("word", ["eqal to", "", "is", "=", "not"])
def test_an_unknown_word_fails_and_is_never_false(word) -> None:
    """X-079."""
    assert not is_operator(word)
    with pytest.raises(StepFailure) as failure:
        compare("a", word, "b")
    assert failure.value.code == "bad-value"
    assert '"equal to"' in str(failure.value)


@pytest.mark.parametrize(("left", "right"), [("ten", "9"), ("9", ""), ("1,5", "2"), ("0x1", "2"), ("nan", "1")])
@pytest.mark.parametrize("word", ["less than", "at most", ">", ">="])
def test_size_words_never_fall_back_to_text_order(left, right, word) -> None:
    with pytest.raises(StepFailure, match="decimal numbers on both sides") as failure:
        compare(left, word, right)
    assert failure.value.code == "bad-value"


def test_an_invalid_regular_expression_is_a_bad_value() -> None:
    with pytest.raises(StepFailure, match="regular expression") as failure:
        compare("a", "matching", "(")
    assert failure.value.code == "bad-value"


@pytest.mark.parametrize("word", ["matching", "not matching"])
def test_an_expression_that_explodes_ends_and_is_never_false(word) -> None:
    """X-079, X-088."""
    with pytest.raises(StepFailure, match="more time") as failure:
        compare("a" * 60 + "b", word, "(a|aa)+$", Deadline(0.2))
    assert failure.value.code == "limit"


@pytest.mark.parametrize(("word", "holds"), [("one of", True), ("not one of", False)])
def test_entries_of_a_list_compare_as_equal_to_does(word, holds) -> None:
    """Steps 5.1: as numbers when both are numbers, without outer blanks."""
    assert compare("1.0", word, "2; 1 ;x") is holds
    assert compare("", word, "a;;b") is holds


def test_long_numbers_keep_all_their_digits() -> None:
    """Exact decimals, never binary ones."""
    assert not compare("0.1000000000000000000001", "==", "0.1")
    assert compare("12345678901234567890.2", ">", "12345678901234567890.1")
    assert compare("-0", "==", "0")
