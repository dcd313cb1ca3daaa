"""Kinds of parameters (steps section 3)."""

from decimal import Decimal

import pytest

from cometa_runner.steps import StepFailure, values


def test_values_are_read_as_their_kind_says() -> None:
    assert values.number(" -1.50 ", "amount") == Decimal("-1.5")
    assert values.whole_number("3.0", "count") == 3
    assert values.seconds("0.25", "time") == 0.25
    assert values.variable_name("$first-name.2") == "first-name.2"
    assert values.option(" Trim  the SPACES ", ["trim the spaces"], "option") == "trim the spaces"
    assert values.options("a;;B", ["a", "b"], "option") == {"a", "b"}
    assert values.options("", ["a"], "option") == frozenset()


@pytest.mark.parametrize(
    ("read", "text", "says"),
    [
        (lambda text: values.number(text, "amount"), "1e5", "amount to be a number"),
        (lambda text: values.number(text, "amount"), "1,5", "amount to be a number"),
        (lambda text: values.number(text, "amount"), "", "amount to be a number"),
        (lambda text: values.whole_number(text, "count"), "1.5", "count to be a whole number"),
        (lambda text: values.seconds(text, "time"), "7201", "from 0 to 7200"),
        (lambda text: values.seconds(text, "time"), "-1", "from 0 to 7200"),
        (values.variable_name, "a b", "a variable name"),
        (values.variable_name, "", "a variable name"),
        (values.variable_name, "x" * 101, "at most 100"),
        (lambda text: values.option(text, ["yes", "no"], "answer"), "perhaps", '"yes", "no"'),
        (lambda text: values.options(text, ["yes", "no"], "answer"), "yes;perhaps", 'found "perhaps"'),
    ],
)
def test_a_bad_value_names_what_was_wanted_and_what_was_given(read, text, says) -> None:
    """X-079, X-081."""
    with pytest.raises(StepFailure) as failure:
        read(text)
    assert failure.value.code == "bad-value"
    assert says in str(failure.value)
    assert text.rpartition(";")[2][:100] in failure.value.found
