"""Sentences that work a new value out of others."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.confined import RefusedWork, UnfinishedWork, confined
from cometa_runner.steps.expressions import time_for
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Code, Option, Text, Variable
from cometa_runner.steps.values import decimal_or_none, folded_word, option
from cometa_runner.steps.values import variable_name as read_name
from cometa_websteps.meanings import RESULT
from cometa_websteps.variables.arithmetic import Incalculable, calculated

FILTER_SECONDS = 5.0
"""How long a jq filter may work."""

YES = frozenset({"true", "yes", "on", "1"})
"""Words for true, in small letters."""

NO = frozenset({"false", "no", "off", "0"})
"""Words for false, in small letters."""

_CATEGORY = "variables"
# Control and format characters, but no blanks: zero-width joiners, byte order marks, directions, soft hyphens.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_DIGITS = re.compile(r"[+-]?\d+", re.ASCII)


@step(
    'Work out "{expression}" and remember it as "{variable}"',
    category=_CATEGORY,
    example='Work out "($price + 4.90) * 3" and remember it as "total"',
    expression="numbers, + - * / // % **, brackets, round, min, max, abs",
    variable=RESULT,
)
def work_out(context: StepContext, expression: Code, variable: Variable) -> None:
    """Evaluates arithmetic with exact decimals in a small parser (no program code is run).

    Division by zero or an unknown word fails.

    Contract: X-082.
    """
    name = read_name(variable)
    try:
        result = calculated(expression)
    except Incalculable as reason:
        raise StepFailure(
            "bad-value", expected="an expression that can be worked out", found=f"{quoted(expression)}: {reason}"
        ) from None
    _remember(context, name, result)


@step(
    'Pick "{query}" out of "{source}" and remember it as "{variable}"',
    category=_CATEGORY,
    example='Pick ".user.name" out of "$profile" and remember it as "name"',
    query="jq filter such as `.items[0].id`",
    source="JSON text or a variable that holds an object",
    variable=RESULT,
)
def pick(context: StepContext, query: Code, source: Text, variable: Variable) -> None:
    """Applies a jq filter to JSON and keeps the result.

    Text stays text, objects and lists stay structured; no result fails the step.
    """
    name = read_name(variable)
    results = [result for result in _filtered(context, query, source) if result != "null"]
    if not results:
        raise StepFailure(
            "assertion", expected=f"{quoted(query)} to find something", found=f"nothing in {_cut(source)}"
        )
    if len(results) > 1:
        context.warn(f"The filter has {len(results):,} results; they are kept as a list.")
        _remember(context, name, [_value_of(result) for result in results])
    else:
        _remember(context, name, _value_of(results[0]))


@step(
    'Convert "{value}" to "{type}" and remember it as "{variable}"',
    category=_CATEGORY,
    example='Convert "007" to "integer" and remember it as "n"',
    value="text to convert",
    type="`text`, `integer`, `decimal`, `boolean` or `json`",
    variable=RESULT,
)
def convert(context: StepContext, value: Text, type: Option, variable: Variable) -> None:  # noqa: A002 - the placeholder is called so
    """Converts a text and keeps the typed value; text that does not fit the type fails."""
    name = read_name(variable)
    wanted = option(type, CONVERSIONS, "the type")
    try:
        converted = CONVERSIONS[wanted](value)
    except (ValueError, RecursionError):
        raise StepFailure("bad-value", expected=f"a text of the type {wanted}", found=quoted(value)) from None
    _remember(context, name, converted)


@step(
    'Clean the text "{value}" and remember it as "{variable}"',
    category=_CATEGORY,
    example='Clean the text "$raw" and remember it as "clean"',
    value="text to clean",
    variable=RESULT,
)
def clean(context: StepContext, value: Text, variable: Variable) -> None:
    """Normalises Unicode (NFKC), removes invisible characters and folds runs of blanks."""
    name = read_name(variable)
    normal = unicodedata.normalize("NFKC", value)
    visible = (letter for letter in normal if letter.isspace() or unicodedata.category(letter) not in _INVISIBLE)
    _remember(context, name, " ".join("".join(visible).split()))


def _remember(context: StepContext, name: str, value: object) -> None:
    context.store_variable(name, value, "run")
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    context.detail(f"${name} is {quoted(shown)}")


def _filtered(context: StepContext, query: str, source: str) -> list[str]:
    try:
        json.loads(source)
    except (ValueError, RecursionError):
        raise StepFailure("bad-value", expected="a source of JSON text", found=_cut(source)) from None
    try:
        given = {"query": query, "source": source}
        return list(confined("filtered", given, time_for(FILTER_SECONDS, context.deadline)))
    except RefusedWork as error:
        raise StepFailure(
            "bad-value", expected="a jq filter for this source", found=f"{quoted(query)} ({error})"
        ) from error
    except UnfinishedWork as error:
        raise StepFailure(
            "limit",
            expected=f"the jq filter {quoted(query)} to end within {FILTER_SECONDS:g} s",
            found=f"that it needs more {error}",
        ) from error


def _value_of(result: str) -> object:
    """Read a result of jq: numbers as they are written, so that 1.10 stays 1.10 and long ones keep their digits."""
    return result if decimal_or_none(result) is not None else json.loads(result)


def _cut(source: str) -> str:
    return quoted(source, 200)


def _integer(text: str) -> int:
    if not _DIGITS.fullmatch(text.strip()):
        raise ValueError(text)
    return int(text)


def _decimal(text: str) -> object:
    """Give a number; one that no computer number can express stays the text that it is."""
    exact = decimal_or_none(text)
    if exact is None:
        raise ValueError(text)
    inexact = float(exact)
    return inexact if f"{exact.normalize():f}" == f"{decimal_or_none(repr(inexact)) or 0:f}" else f"{exact:f}"


def _boolean(text: str) -> bool:
    word = folded_word(text)
    if word not in YES | NO:
        raise ValueError(text)
    return word in YES


def _json(text: str) -> object:
    return json.loads(text, parse_constant=_no_constant)


def _no_constant(name: str) -> object:
    raise ValueError(name)


CONVERSIONS: Mapping[str, Callable[[str], object]] = {
    "text": str,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "json": _json,
}
"""Type -> what makes it of a text; raises ValueError for what does not fit.  Never changes."""
