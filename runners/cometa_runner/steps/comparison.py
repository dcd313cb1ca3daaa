"""The comparison words of conditions and checks.

Contract: steps section 5.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from cometa_runner.steps.failure import StepFailure, quoted
from cometa_runner.steps.values import decimal_or_none, folded_word, option


def compare(left: str, operator: str, right: str) -> bool:
    """Compare two values.

    Args:
        left: the value found; outer blanks are ignored, case matters.
        operator: a word of ``OPERATORS``, in any case.
        right: the value it is compared with.

    Raises:
        StepFailure: ``bad-value`` for an unknown operator, for size words without numbers and for an invalid regular
            expression.  Contract: X-079.
    """
    word = option(operator, OPERATORS, "the comparison")
    return OPERATORS[word](left.strip(), right.strip())


def is_operator(word: str) -> bool:
    """Tell whether a literally written word is a comparison word.  Contract: steps 5.2."""
    return folded_word(word) in OPERATORS


def _equal(left: str, right: str) -> bool:
    first, second = decimal_or_none(left), decimal_or_none(right)
    return left == right if first is None or second is None else first == second


def _matching(left: str, right: str) -> bool:
    try:
        return re.fullmatch(right, left) is not None
    except re.error as error:
        raise StepFailure("bad-value", expected="a regular expression", found=f"{quoted(right)} ({error})") from error


def _one_of(left: str, right: str) -> bool:
    return any(_equal(left, part.strip()) for part in right.split(";"))


def _by_size(accepts: Callable[[Decimal, Decimal], bool]) -> Callable[[str, str], bool]:
    def holds(left: str, right: str) -> bool:
        first, second = decimal_or_none(left), decimal_or_none(right)
        if first is None or second is None:
            raise StepFailure(
                "bad-value",
                expected="decimal numbers on both sides of the comparison",
                found=f"{quoted(left)} and {quoted(right)}",
            )
        return accepts(first, second)

    return holds


def _negated(holds: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    return lambda left, right: not holds(left, right)


def _operators() -> Mapping[str, Callable[[str, str], bool]]:
    less = _by_size(lambda left, right: left < right)
    at_most = _by_size(lambda left, right: left <= right)
    greater = _by_size(lambda left, right: left > right)
    at_least = _by_size(lambda left, right: left >= right)
    not_equal = _negated(_equal)
    return MappingProxyType(
        {
            "equal to": _equal,
            "==": _equal,
            "not equal to": not_equal,
            "!=": not_equal,
            "containing": lambda left, right: right in left,
            "not containing": lambda left, right: right not in left,
            "starting with": str.startswith,
            "ending with": str.endswith,
            "matching": _matching,
            "not matching": _negated(_matching),
            "empty": lambda left, _right: not left,
            "not empty": lambda left, _right: bool(left),
            "one of": _one_of,
            "not one of": _negated(_one_of),
            "less than": less,
            "<": less,
            "at most": at_most,
            "<=": at_most,
            "greater than": greater,
            ">": greater,
            "at least": at_least,
            ">=": at_least,
        }
    )


OPERATORS = _operators()
"""Comparison word -> whether it holds for (left, right) without outer blanks; never changes."""
