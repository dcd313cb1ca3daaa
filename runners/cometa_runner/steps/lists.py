"""Lists as testers write them.

Contract: steps.json, ``For each ...``: JSON array or semicolon list.
"""

import json

from cometa_runner.steps.failure import StepFailure, quoted


def entries_of(text: str) -> list[object]:
    """Read a JSON array, or a list whose entries are separated by semicolons.

    Entries of a semicolon list lose their outer blanks; an empty text is an empty list.

    Raises:
        StepFailure: ``bad-value`` for what looks like JSON and is no array.
    """
    stripped = text.strip()
    if not stripped:
        return []
    if stripped[0] not in "[{":
        return [entry.strip() for entry in stripped.split(";")]
    try:
        entries = json.loads(stripped)
    except ValueError as error:
        raise _no_list(text) from error
    if not isinstance(entries, list):
        raise _no_list(text)
    return entries


def _no_list(text: str) -> StepFailure:
    return StepFailure("bad-value", expected="a JSON array or a semicolon list", found=quoted(text))
