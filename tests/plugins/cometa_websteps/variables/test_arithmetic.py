"""Arithmetic with exact decimals (runner X-082)."""

import time

import pytest

from cometa_websteps.variables.arithmetic import Incalculable, calculated


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("1 + 2 * 3", "7"),
        ("(10 + 4.90) * 3", "44.70"),
        ("0.1 + 0.2", "0.3"),
        ("4.90 / 2", "2.45"),
        ("10 / 4", "2.5"),
        ("1 / 3", "0.3333333333333333333333333333"),
        ("1 / 3 * 3", "1"),
        ("2 / 3", "0.6666666666666666666666666667"),
        ("7 // 2", "3"),
        ("-7 // 2", "-4"),
        ("-7 % 3", "2"),
        ("2 ** 10", "1024"),
        ("2 ** 3 ** 2", "512"),
        ("2 ** -1", "0.5"),
        ("-2 ** 2", "-4"),
        ("(-2) ** 3", "-8"),
        ("--5 + +1", "6"),
        ("-0", "0"),
        (".5 + 5.", "5.5"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(2.345, 2)", "2.35"),
        ("round(2, 2)", "2.00"),
        ("min(1, 2, .5) + max(3)", "3.5"),
        ("abs(-4.50)", "4.50"),
        ("10 ** -50 * 10 ** 50", "1"),
        ("12345678901234567890123456789 + 0.1", "12345678901234567890123456789.1"),
        ("1\n+\t1", "2"),
    ],
)
def test_results_are_exact(expression, result) -> None:
    assert calculated(expression) == result


ATTACKS = [
    "__import__('os').system('id')",
    "eval('1')",
    "exec('1')",
    "open('/etc/passwd').read()",
    "().__class__.__bases__[0]",
    "(1).__class__",
    "1 .real",
    "[].append(1)",
    "[x for x in (1, 2)]",
    "{1: 2}",
    "lambda: 1",
    "lambda x: x",
    "print(1)",
    "globals()",
    "locals()",
    "os.system('id')",
    "import os",
    "import os; os.system('id')",
    "1; 2",
    "a = 1",
    "a := 1",
    "f'{1}'",
    "'a' * 1000000000",
    '"a" + "b"',
    "`id`",
    "$(id)",
    "${7*7}",
    "{{7*7}}",
    "1 if 1 else 2",
    "1 and 2",
    "not 1",
    "1 == 1",
    "1 < 2",
    "1 << 1000000",
    "1 | 2",
    "~1",
    "1 ^ 2",
    "0x10",
    "0b1",
    "1e999999999",
    "1j",
    "1_000",
    "9 ** 9 ** 9",
    "9 ** 999999999999",
    "(9 ** 1000) ** 1000",
    "9 ** 999 * 9 ** 999 * 9 ** 999",
    "2 ** 0.5",
    "(" * 5000,
    "-" * 900 + "1",
    "1" * 1001,
    "round(1, 1000000000)",
    "max()",
    "abs(1, 2)",
    "round",
    "\uff11 + 1",
    "1 \u2212 1",
    "\x001",
    "infinity",
    "nan",
    "min(__builtins__)",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_program_code_is_refused(attack) -> None:
    """X-082."""
    begin = time.monotonic()
    with pytest.raises(Incalculable):
        calculated(attack)
    assert time.monotonic() - begin < 0.5


def test_the_list_of_attacks_is_long_enough() -> None:
    """X-082: a list of 50 attack strings."""
    assert len(set(ATTACKS)) >= 50


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "it ends where a number is needed"),
        ("1 +", "it ends where a number is needed"),
        ("(1", "')' is missing"),
        ("1 2", "'2' stands where the end is needed"),
        ("10 EUR", "'EUR' stands where the end is needed"),
        ("1,5", "',' stands where the end is needed"),
        ("total * 2", "'total' stands where a number is needed"),
        ("1 / 0", "it divides by zero"),
        ("1 // 0", "it divides by zero"),
        ("1 % (2 - 2)", "it divides by zero"),
        ("0 ** -1", "it divides by zero"),
        ("2 ** 0.5", "an exponent must be a whole number from -1000 to 1000"),
        ("round(1, -1)", "round needs a whole number of places from 0 to 100"),
        ("abs(1, 2)", "abs does not take 2 numbers"),
        ("(" * 40 + "1" + ")" * 40, "it is nested more than 30 deep"),
        ("9 ** 1000 * 9 ** 999", "a number gets too large"),
    ],
)
def test_what_cannot_be_worked_out_says_why(expression, reason) -> None:
    with pytest.raises(Incalculable) as refusal:
        calculated(expression)
    assert str(refusal.value) == reason


def test_results_without_an_end_are_rounded() -> None:
    assert calculated("1 / 2 ** 1000").startswith("0." + "0" * 301 + "9332636185032188789900895447")
    assert calculated("2 ** 1000").endswith("5668069376")
