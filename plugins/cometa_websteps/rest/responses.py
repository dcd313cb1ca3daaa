"""Sentences that look at the last response."""

import re
from typing import Any

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.comparison import OPERATORS, compare
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Code, Number, Option, Text, Variable
from cometa_runner.steps.values import number, option, variable_name
from cometa_runner.steps.variables import as_text
from cometa_websteps.meanings import RESULT
from cometa_websteps.rest.conversation import conversation, document
from cometa_websteps.rest.filters import part_of

LONGEST_EXCERPT = 1000
"""Characters of a body in a message."""

_CATEGORY = "rest-api"
_STATUS = re.compile(r"[1-5]([0-9][0-9]|xx)")
_EMPTINESS = frozenset({"empty", "not empty"})


@step(
    'Response status should be "{status}"',
    category=_CATEGORY,
    step_type="API",
    example='Response status should be "2xx"',
    status="a number, a class such as 2xx, or a semicolon list",
)
def status_is(context: StepContext, status: Text) -> None:
    """Fails unless the last response has this status; the error shows status and the beginning of the body."""
    wanted = [part.strip().lower() for part in status.split(";") if part.strip()]
    if not wanted or not all(_STATUS.fullmatch(part) for part in wanted):
        raise StepFailure("bad-value", expected="a status such as 200, 2xx or 200;204", found=quoted(status))
    answer = conversation(context).response()
    if not {str(answer.status), f"{answer.status // 100}xx"} & set(wanted):
        body = quoted(answer.text(), LONGEST_EXCERPT) if answer.body else "no body"
        raise StepFailure(
            "assertion",
            expected=f"the response of {answer.url} to have the status {' or '.join(wanted)}",
            found=f"{answer.status} with {body}",
        )


@step(
    'Response at "{query}" should be "{operator}" "{expected}"',
    category=_CATEGORY,
    step_type="API",
    example='Response at ".body.items | length" should be "greater than" "0"',
    query="jq filter over status, headers, body and time_ms of the last response",
    operator="comparison word, see the operator list in the step language",
    expected="value wanted",
)
def response_compares(context: StepContext, query: Code, operator: Option, expected: Text) -> None:
    """Compares a part of the last response."""
    word = option(operator, OPERATORS, "the comparison")
    value = _part(context, query)
    found = "" if value is None and word in _EMPTINESS else as_text(value)
    if not compare(found, word, expected, context.deadline):
        wanted = word if word in _EMPTINESS else f"{word} {quoted(expected)}"
        raise StepFailure("assertion", expected=f"the response at {query.strip()} to be {wanted}", found=quoted(found))


@step(
    'Remember response at "{query}" as "{variable}"',
    category=_CATEGORY,
    step_type="API",
    example='Remember response at ".body.token" as "token"',
    query="jq filter over the last response",
    variable=RESULT,
)
def remember_response(context: StepContext, query: Code, variable: Variable) -> None:
    """Keeps a part of the last response for this run."""
    name = variable_name(variable)
    value = _part(context, query)
    if value is None:
        raise StepFailure("assertion", expected=f"a value in the response at {query.strip()}", found="null")
    context.store_variable(name, value, "run")


@step(
    'Response should arrive within "{milliseconds}" milliseconds',
    category=_CATEGORY,
    step_type="API",
    example='Response should arrive within "500" milliseconds',
    milliseconds="limit",
)
def arrives_within(context: StepContext, milliseconds: Number) -> None:
    """Fails when the last request took longer."""
    limit = number(milliseconds, "milliseconds")
    if limit < 0:
        raise StepFailure("bad-value", expected="a number of milliseconds from 0", found=quoted(milliseconds))
    answer = conversation(context).response()
    if answer.time_ms > limit:
        raise StepFailure(
            "assertion", expected=f"the response of {answer.url} within {limit} ms", found=f"{answer.time_ms} ms"
        )


def _part(context: StepContext, query: str) -> str | dict[str, Any] | list[Any] | None:
    return part_of(document(conversation(context).response()), query, context.deadline)
