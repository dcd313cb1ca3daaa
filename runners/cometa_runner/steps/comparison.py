"""The comparison words of conditions and checks.

Contract: steps section 5.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from cometa_runner.steps.deadline import Deadline
from cometa_runner.steps.expressions import fits
from cometa_runner.steps.failure import StepFailure, quoted
from cometa_runner.steps.values import decimal_or_none, folded_word, option

Comparison = Callable[[str, str, Deadline | None], bool]
"""Tells whether a word holds for (left, right) without outer blanks within the time of the step."""


def compare(left: str, operator: str, right: str, deadline: Deadline | None = None) -> bool:
    """Compare two values.

    Args:
        left: the value found; outer blanks are ignored, case matters.
        operator: a word of ``OPERATORS``, in any case.
        right: the value it is compared with.
        deadline: of the step, for regular expressions.

    Raises:
        StepFailure: ``bad-value`` for an unknown operator, for size words without numbers and for an invalid regular
            expression; ``limit`` for an expression that explodes.  Contract: X-079, X-088.
    """
    word = option(operator, OPERATORS, "the comparison")
    return OPERATORS[word](left.strip(), right.strip(), deadline)


def is_operator(word: str) -> bool:
    """Tell whether a literally written word is a comparison word.  Contract: steps 5.2."""
    return folded_word(word) in OPERATORS


def _equal(left: str, right: str) -> bool:
    first, second = decimal_or_none(left), decimal_or_none(right)
    return left == right if first is None or second is None else first == second


def _one_of(left: str, right: str) -> bool:
    return any(_equal(left, part.strip()) for part in right.split(";"))


def _by_size(accepts: Callable[[Decimal, Decimal], bool]) -> Comparison:
    def holds(left: str, right: str, _deadline: Deadline | None) -> bool:
        first, second = decimal_or_none(left), decimal_or_none(right)
        if first is None or second is None:
            raise StepFailure(
                "bad-value",
                expected="decimal numbers on both sides of the comparison",
                found=f"{quoted(left)} and {quoted(right)}",
            )
        return accepts(first, second)

    return holds


def _by_text(holds: Callable[[str, str], bool], *, negated: bool = False) -> Comparison:
    return lambda left, right, _deadline: holds(left, right) is not negated


def _operators() -> Mapping[str, Comparison]:
    words: dict[str, Comparison] = {
        "equal to": _by_text(_equal),
        "==": _by_text(_equal),
        "not equal to": _by_text(_equal, negated=True),
        "!=": _by_text(_equal, negated=True),
        "containing": _by_text(str.__contains__),
        "not containing": _by_text(str.__contains__, negated=True),
        "starting with": _by_text(str.startswith),
        "ending with": _by_text(str.endswith),
        "matching": lambda left, right, deadline: fits(right, left, deadline),
        "not matching": lambda left, right, deadline: not fits(right, left, deadline),
        "empty": _by_text(lambda left, _right: not left),
        "not empty": _by_text(lambda left, _right: bool(left)),
        "one of": _by_text(_one_of),
        "not one of": _by_text(_one_of, negated=True),
    }
    sizes: Sequence[tuple[str, str, Callable[[Decimal, Decimal], bool]]] = (
        ("less than", "<", Decimal.__lt__),
        ("at most", "<=", Decimal.__le__),
        ("greater than", ">", Decimal.__gt__),
        ("at least", ">=", Decimal.__ge__),
    )
    for word, sign, accepts in sizes:
        words[word] = words[sign] = _by_size(accepts)
    return MappingProxyType(words)


OPERATORS = _operators()
"""Comparison word -> what it asks; never changes."""

NUMBER_WORDS = frozenset(
    {"equal to", "==", "not equal to", "!=", "less than", "<", "at most", "<=", "greater than", ">", "at least", ">="}
)
"""The words that compare two numbers as numbers."""
