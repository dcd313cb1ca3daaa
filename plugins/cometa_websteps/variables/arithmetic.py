"""Arithmetic with exact decimals: a small parser of its own, so that no program code is ever run.

Contract: steps 2.4, runner X-082.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Final

LONGEST: Final = 1000
"""Characters of an expression."""

DEEPEST: Final = 30
"""Brackets inside of brackets, and signs in front of signs."""

LARGEST_BITS: Final = 4096
"""Bits of a number, above and below the fraction line: about 1,200 digits."""

LARGEST_EXPONENT: Final = 1000
"""Largest exponent of a power."""

EXACT_PLACES: Final = 100
"""Decimal places up to which a result is written exactly."""

ROUNDED_DIGITS: Final = 28
"""Digits of a result that no decimal can express, such as 1 / 3."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<word>[^\W\d]\w*)|(?P<sign>\*\*|//|[-+*/%(),]))", re.ASCII
)


class Incalculable(Exception):
    """An expression has no result; the text says why."""


@dataclass(frozen=True)
class Exact:
    """A number without any rounding.

    Attributes:
        value: the number.
        places: decimal places that are written at least, so that 4.90 * 3 is 14.70.
    """

    value: Fraction
    places: int = 0

    def __post_init__(self) -> None:
        """Refuse numbers that would fill the memory."""
        if max(self.value.numerator.bit_length(), self.value.denominator.bit_length()) > LARGEST_BITS:
            raise Incalculable("a number gets too large")

    def __str__(self) -> str:
        """Write the number as a decimal: exactly where possible, else with 28 digits."""
        places = self.places
        while places <= EXACT_PLACES:
            scaled = self.value * 10**places
            if scaled.denominator == 1:
                return f"{Decimal(scaled.numerator).scaleb(-places, _WIDE):f}"
            places += 1
        rounding = Context(prec=ROUNDED_DIGITS, rounding=ROUND_HALF_UP)
        return f"{rounding.divide(Decimal(self.value.numerator), Decimal(self.value.denominator)):f}"


_WIDE = Context(prec=LARGEST_BITS)
_Operation = Callable[[Exact, Exact], Exact]


def calculated(expression: str) -> str:
    """Work out an expression and return its result as a decimal number.

    Known are numbers with a point, ``+ - * / // % **``, brackets, and ``round``, ``min``, ``max`` and ``abs``.  Powers
    need whole exponents and bind stronger than a sign before them; ``//`` rounds down and ``%`` has the sign of its
    right side; ``round`` rounds halves away from zero.

    Raises:
        Incalculable: an unknown word or sign, a division by zero, or a number, an exponent or an expression that is
            too large.  Contract: X-082.
    """
    if len(expression) > LONGEST:
        raise Incalculable(f"it has more than {LONGEST} characters")
    parser = _Parser(_tokens(expression))
    result = parser.sum()
    parser.expect("")
    return str(result)


def _tokens(expression: str) -> list[str]:
    tokens, place, text = [], 0, expression.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise Incalculable(f"{text[place:].strip()[:20]!r} is neither a number nor a sign")
        tokens.append(found[0].strip())
        place = found.end()
    return tokens


class _Parser:
    """Reads tokens from left to right, one method for each strength of binding."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = list(tokens)
        self._depth = 0

    def sum(self) -> Exact:
        """Read terms that are added."""
        return self._chain(self._product, _SUMS)

    def _product(self) -> Exact:
        return self._chain(self._signed, _PRODUCTS)

    def _chain(self, operand: Callable[[], Exact], operations: dict[str, _Operation]) -> Exact:
        result = operand()
        while self._next() in operations:
            operation = operations[self._take()]
            result = operation(result, operand())
        return result

    def _signed(self) -> Exact:
        if self._next() not in ("-", "+"):
            return self._power()
        sign = self._take()
        operand = self._deeper(self._signed)
        return Exact(-operand.value, operand.places) if sign == "-" else operand

    def _power(self) -> Exact:
        base = self._atom()
        if self._next() != "**":
            return base
        self._take()
        return _power(base, self._deeper(self._signed))

    def _atom(self) -> Exact:
        word = self._take()
        if word == "(":
            result = self._deeper(self.sum)
            self.expect(")")
            return result
        if word in _FUNCTIONS:
            return _call(word, self._arguments())
        if word[:1].isdigit() or word[:1] == ".":
            return Exact(Fraction(Decimal(word)), len(word.partition(".")[2]))
        raise Incalculable(f"{word!r} stands where a number is needed" if word else "it ends where a number is needed")

    def _arguments(self) -> list[Exact]:
        self.expect("(")
        arguments = [self._deeper(self.sum)]
        while self._next() == ",":
            self._take()
            arguments.append(self._deeper(self.sum))
        self.expect(")")
        return arguments

    def _deeper(self, read: Callable[[], Exact]) -> Exact:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Incalculable(f"it is nested more than {DEEPEST} deep")
        result = read()
        self._depth -= 1
        return result

    def expect(self, token: str) -> None:
        """Take a token that must come now; an empty one is the end."""
        found = self._take()
        if found != token:
            wanted = repr(token) if token else "the end"
            raise Incalculable(f"{found!r} stands where {wanted} is needed" if found else f"{wanted} is missing")

    def _next(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def _take(self) -> str:
        return self._tokens.pop(0) if self._tokens else ""


def _divisor(number: Exact) -> Fraction:
    if not number.value:
        raise Incalculable("it divides by zero")
    return number.value


def _power(base: Exact, exponent: Exact) -> Exact:
    size = exponent.value
    if size.denominator != 1 or abs(size) > LARGEST_EXPONENT:
        raise Incalculable(f"an exponent must be a whole number from -{LARGEST_EXPONENT} to {LARGEST_EXPONENT}")
    largest = max(base.value.numerator.bit_length(), base.value.denominator.bit_length())
    if largest * abs(int(size)) > LARGEST_BITS * 2:
        # Looked at before it is worked out: what comes out would only be refused after it filled the memory.
        raise Incalculable("a number gets too large")
    if size < 0:
        return Exact(Fraction(1) / _divisor(base) ** -int(size))
    return Exact(base.value ** int(size), min(base.places * int(size), EXACT_PLACES))


def _rounded(number: Exact, places: Exact) -> Exact:
    wanted = places.value
    if wanted.denominator != 1 or not 0 <= wanted <= EXACT_PLACES:
        raise Incalculable(f"round needs a whole number of places from 0 to {EXACT_PLACES}")
    factor = 10 ** int(wanted)
    nearest = (abs(number.value) * factor + Fraction(1, 2)) // 1
    return Exact(Fraction(nearest if number.value >= 0 else -nearest, factor), int(wanted))


def _call(name: str, arguments: list[Exact]) -> Exact:
    least, most, function = _FUNCTIONS[name]
    if not least <= len(arguments) <= most:
        raise Incalculable(f"{name} does not take {len(arguments)} numbers")
    return function(arguments)


def _by_value(number: Exact) -> Fraction:
    return number.value


_SUMS: Final[dict[str, _Operation]] = {
    "+": lambda left, right: Exact(left.value + right.value, max(left.places, right.places)),
    "-": lambda left, right: Exact(left.value - right.value, max(left.places, right.places)),
}
_PRODUCTS: Final[dict[str, _Operation]] = {
    "*": lambda left, right: Exact(left.value * right.value, min(left.places + right.places, EXACT_PLACES)),
    "/": lambda left, right: Exact(left.value / _divisor(right), max(0, left.places - right.places)),
    "//": lambda left, right: Exact(Fraction(left.value // _divisor(right))),
    "%": lambda left, right: Exact(left.value % _divisor(right), max(left.places, right.places)),
}
_FUNCTIONS: Final[dict[str, tuple[int, int, Callable[[list[Exact]], Exact]]]] = {
    "round": (1, 2, lambda numbers: _rounded(numbers[0], (*numbers, Exact(Fraction()))[1])),
    "min": (1, LONGEST, lambda numbers: min(numbers, key=_by_value)),
    "max": (1, LONGEST, lambda numbers: max(numbers, key=_by_value)),
    "abs": (1, 1, lambda numbers: Exact(abs(numbers[0].value), numbers[0].places)),
}
