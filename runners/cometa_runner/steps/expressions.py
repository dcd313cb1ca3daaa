"""Regular expressions of testers: Python's syntax, bounded in time.

Contract: steps 2.4 and 5, runner X-088.
"""

from typing import NoReturn

from cometa_runner.steps.confined import RefusedWork, UnfinishedWork, Work, confined
from cometa_runner.steps.deadline import Deadline
from cometa_runner.steps.failure import StepFailure, quoted

MATCHING_SECONDS = 2.0
"""How long one match may take; expressions that explode need years, all others milliseconds."""

LONGEST_PATTERN = 10_000
"""Characters of an expression."""


def fits(pattern: str, text: str, deadline: Deadline | None = None) -> bool:
    """Tell whether a whole text fits an expression.

    Args:
        pattern: in the syntax of Python's ``re``; case matters unless it says otherwise (``(?i)``).
        text: what is looked at.
        deadline: of the step; the match may take 2 s of it.

    Raises:
        StepFailure: ``bad-value`` for an invalid expression, ``limit`` for one that takes too long.  Contract: X-088.
        Cancelled: somebody stopped the run.
    """
    return _ask("fits", pattern, text, deadline)


def finds(pattern: str, text: str, deadline: Deadline | None = None) -> bool:
    """Tell whether some part of a text fits an expression; as ``fits`` for everything else."""
    return _ask("finds", pattern, text, deadline)


def time_for(seconds: float, deadline: Deadline | None) -> Deadline:
    """Give a deadline for work of at most these seconds within the step."""
    return deadline.within(seconds) if deadline is not None else Deadline(seconds)


def refuse(pattern: str, error: RefusedWork | UnfinishedWork) -> NoReturn:
    """Say why an expression cannot be used.

    Raises:
        StepFailure: always; ``bad-value`` or ``limit``.
    """
    if isinstance(error, RefusedWork):
        raise StepFailure("bad-value", expected="a regular expression", found=f"{quoted(pattern)} ({error})") from error
    raise StepFailure(
        "limit",
        expected=f"the regular expression {quoted(pattern)} to be decided within {MATCHING_SECONDS:g} s",
        found=f"that it needs more {error}: simplify repetitions inside of repetitions",
    ) from error


def _ask(work: Work, pattern: str, text: str, deadline: Deadline | None) -> bool:
    if len(pattern) > LONGEST_PATTERN:
        raise StepFailure(
            "limit", expected=f"an expression of at most {LONGEST_PATTERN:,} characters", found=f"{len(pattern):,}"
        )
    try:
        return bool(confined(work, {"pattern": pattern, "text": text}, time_for(MATCHING_SECONDS, deadline)))
    except (RefusedWork, UnfinishedWork) as error:
        refuse(pattern, error)
