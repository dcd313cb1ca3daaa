"""Numbers inside of texts (steps 5.3)."""

from decimal import Decimal

import pytest

from cometa_runner.steps import StepFailure
from cometa_runner.steps.amounts import amount


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10.05 EUR", "10.05"),
        ("10", "10"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234,5678", "1234.5678"),
        ("1.234.567,89 €", "1234567.89"),
        ("12,34,567.89", "1234567.89"),
        ("1,234", "1234"),
        ("1,23", "1.23"),
        ("1,2345", "1.2345"),
        ("1.234", "1.234"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234\u202f567", "1234567"),
        ("1'234.50", "1234.50"),
        (".5", "0.5"),
        (",5", "0.5"),
        ("100 %", "100"),
        ("5, or so", "5"),
        ("It costs 5.", "5"),
        ("-5", "-5"),
        ("\u22127", "-7"),
        ("+3", "3"),
        ("-$5.00", "-5.00"),
        ("$-5", "-5"),
        ("EUR -1.234,50", "-1234.50"),
        ("A-17", "17"),
        ("line\n 7 \n", "7"),
    ],
)
def test_the_single_number_of_a_text_is_read(text, value) -> None:
    found = amount(text, "the value")
    assert found == Decimal(value)
    assert f"{found:f}" == value


@pytest.mark.parametrize(
    "text", ["10-20", "3 of 4", "1.2.3", "1,2,3", "H2O 5", "1 234,56", "1e5", "12,345,6", "1,234.567,8", "26.11.2026"]
)
def test_more_than_one_number_fails(text) -> None:
    with pytest.raises(StepFailure) as failure:
        amount(text, "the value")
    assert failure.value.code == "bad-value"
    assert failure.value.expected == "the value to hold one number"
    assert failure.value.found == f'"{text}" with more than one'


@pytest.mark.parametrize("text", ["", "none", "-", ".", "\u0663", "EUR"])
def test_a_text_without_a_number_fails(text) -> None:
    with pytest.raises(StepFailure, match="the value to hold a number") as failure:
        amount(text, "the value")
    assert failure.value.code == "bad-value"
