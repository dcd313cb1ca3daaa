"""jq filters over the last response.

Contract: steps.json, library rest; steps 2.4.
"""

import json
from typing import Any

from cometa_runner.steps import Deadline, StepFailure
from cometa_runner.steps.confined import RefusedWork, UnfinishedWork, confined
from cometa_runner.steps.failure import quoted

FILTER_SECONDS = 10.0
"""How long a filter may take."""


def part_of(source: str, query: str, deadline: Deadline) -> str | dict[str, Any] | list[Any] | None:
    """Apply a filter.

    Args:
        source: JSON that it is applied to.
        query: the filter.
        deadline: of the step.

    Returns:
        The only result: structures as they are, None for null, everything else as text in which numbers keep their
        digits.  Several results are a list.

    Raises:
        StepFailure: ``bad-value`` for a filter that is none or does not fit the source, ``limit`` for one that takes
            too long, ``assertion`` when it gives nothing.
    """
    given = {"query": query, "source": source}
    try:
        results: list[str] = confined("filtered", given, deadline.within(FILTER_SECONDS))
    except RefusedWork as error:
        raise StepFailure(
            "bad-value", expected="a jq filter that fits the response", found=f"{quoted(query)} ({error})"
        ) from error
    except UnfinishedWork as error:
        raise StepFailure(
            "limit", expected=f"the jq filter {quoted(query)} to be done soon", found=f"that it needs more {error}"
        ) from error
    if not results:
        raise StepFailure("assertion", expected=f"a value in the response at {query.strip()}", found="none")
    return _value(results[0]) if len(results) == 1 else [json.loads(result) for result in results]


def _value(result: str) -> str | dict[str, Any] | list[Any] | None:
    value = json.loads(result)
    return value if value is None or isinstance(value, str | dict | list) else result
