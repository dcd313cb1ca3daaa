"""Sentences that check values."""

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.amounts import amount
from cometa_runner.steps.comparison import NUMBER_WORDS, OPERATORS, compare
from cometa_runner.steps.expressions import fits
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Code, Number, Option, Text
from cometa_runner.steps.values import number, option
from cometa_websteps.differences import first_difference, named

_CATEGORY = "assertions"


@step(
    'Value "{actual}" should equal "{expected}"',
    category=_CATEGORY,
    example='Value "$order_state" should equal "paid"',
    actual="value found",
    expected="value wanted",
)
def value_equals(context: StepContext, actual: Text, expected: Text) -> None:  # noqa: ARG001 - behave's signature
    """Compares two texts after trimming outer blanks.

    The error shows both, marks the first difference and names invisible characters.
    """
    found, wanted = actual.strip(), expected.strip()
    if found != wanted:
        raise StepFailure(
            "assertion",
            expected=quoted(named(wanted)),
            found=f"{quoted(named(found))} ({first_difference(found, wanted)})",
        )


@step(
    'Value "{actual}" should contain "{part}"',
    category=_CATEGORY,
    example='Value "$message" should contain "thank you"',
    actual="value found",
    part="wanted part",
)
def value_contains(context: StepContext, actual: Text, part: Text) -> None:  # noqa: ARG001 - behave's signature
    """Fails unless the first text contains the second, case matters."""
    if part not in actual:
        raise StepFailure("assertion", expected=f"a text with {quoted(named(part))}", found=quoted(named(actual)))


@step(
    'Compare "{value_one}" and "{value_two}" with a "{variance}"',
    category=_CATEGORY,
    example='Compare "10.05 EUR" and "10.00" with a "0.1"',
    value_one="first number, text around it is ignored",
    value_two="second number",
    variance="largest allowed distance",
)
def compare_with_variance(context: StepContext, value_one: Number, value_two: Number, variance: Number) -> None:
    """Compares two numbers as exact decimals.

    Fails when they differ by more than the variance or a value holds no number.

    Contract: steps 5.3.
    """
    allowed = number(variance, "the variance")
    if allowed < 0:
        raise StepFailure("bad-value", expected="a variance of at least 0", found=quoted(variance))
    first, second = amount(value_one, "the first value"), amount(value_two, "the second value")
    distance = abs(first - second)
    context.detail(f"{first:f} and {second:f} differ by {distance:f}.")
    if distance > allowed:
        raise StepFailure(
            "assertion",
            expected=f"{quoted(value_one)} and {quoted(value_two)} to differ by at most {allowed:f}",
            found=f"a distance of {distance:f} between {first:f} and {second:f}",
        )


@step(
    'Value "{actual}" should not equal "{other}"',
    category=_CATEGORY,
    example='Value "$before" should not equal "$after"',
    actual="value found",
    other="unwanted value",
)
def value_differs(context: StepContext, actual: Text, other: Text) -> None:  # noqa: ARG001 - behave's signature
    """Fails when both texts are equal after trimming outer blanks."""
    if actual.strip() == other.strip():
        raise StepFailure(
            "assertion", expected=f"a value other than {quoted(named(other.strip()))}", found="this very value"
        )


@step(
    'Value "{actual}" should not contain "{part}"',
    category=_CATEGORY,
    example='Value "$message" should not contain "error"',
    actual="value found",
    part="unwanted part",
)
def value_lacks(context: StepContext, actual: Text, part: Text) -> None:  # noqa: ARG001 - behave's signature
    """Fails when the first text contains the second."""
    if part in actual:
        place = actual.index(part) + 1
        raise StepFailure(
            "assertion",
            expected=f"a text without {quoted(named(part))}",
            found=f"{quoted(named(actual))}, which has it at character {place}",
        )


@step(
    'Value "{actual}" should match regex "{regex}"',
    category=_CATEGORY,
    example='Value "$order" should match regex "[A-Z]{2}-[0-9]{6}"',
    actual="value found",
    regex="regular expression, must fit the whole value",
)
def value_matches(context: StepContext, actual: Text, regex: Code) -> None:
    """Fails unless the whole value fits the expression; matching runs with a time limit.

    Contract: X-088.
    """
    if not fits(regex, actual.strip(), context.deadline):
        raise StepFailure("assertion", expected=f"a value that fits {quoted(regex)}", found=quoted(named(actual)))


@step(
    'Number "{actual}" should be "{operator}" "{limit}"',
    category=_CATEGORY,
    example='Number "$rows" should be "at least" "3"',
    actual="number found",
    operator="comparison word, see the operator list in the step language",
    limit="number to compare with",
)
def number_is(context: StepContext, actual: Number, operator: Option, limit: Number) -> None:
    """Compares two exact decimals.

    Contract: steps 5.1, X-079.
    """
    word = option(operator, OPERATORS, "the comparison")
    found = number(actual, "the number found")
    wanted = f"{number(limit, 'the number to compare with'):f}" if word in NUMBER_WORDS else limit
    if not compare(f"{found:f}", word, wanted, context.deadline):
        raise StepFailure("assertion", expected=f"a number {word} {quoted(wanted)}", found=f"{found:f}")
