"""The date macro ``#today``.

Contract: runner G.1.
"""

import re
from datetime import UTC, datetime, timedelta

from cometa_runner.steps.failure import StepFailure, quoted

DEFAULT_FORMAT = "%Y-%m-%d"
"""Format of a macro that names none."""

_BARE = re.compile(r"#today(?=$|;|\s)")
_BRACED = re.compile(r"#\{today([^{}]*)\}")
_SHIFT = re.compile(r"(seconds|minutes|hours|days|weeks)\s*=\s*([+-]?\d{1,9})", re.ASCII)


def read_macro(text: str, start: int, moment: datetime, *, bare: bool) -> tuple[str, int] | None:
    """Read the macro that begins at a place.

    Args:
        text: whole value.
        start: index of the ``#``.
        moment: clock reading of the step.
        bare: whether ``#today`` without braces is a macro here; in selectors it is an id.

    Returns:
        The date and the index after the macro; None when no macro begins here.  Contract: X-115.

    Raises:
        StepFailure: ``bad-value`` for a part that is neither a shift nor a format.
    """
    braced = _BRACED.match(text, start)
    if braced:
        return _date(braced[1], moment), braced.end()
    found = _BARE.match(text, start) if bare else None
    if found is None:
        return None
    rest = text[found.end() :]
    # "#today FORMAT" is a macro, while "#today is Monday" is a remark that must stay as it was written.
    if rest.strip() and not rest.startswith(";") and "%" not in rest:
        return None
    return _date(rest, moment), len(text)


def _date(parts: str, moment: datetime) -> str:
    layout = DEFAULT_FORMAT
    try:
        for part in filter(None, (part.strip() for part in parts.split(";"))):
            shift = _SHIFT.fullmatch(part)
            if shift:
                moment = _shifted(moment, shift[1], int(shift[2]))
            elif "%" in part:
                layout = part
            else:
                raise StepFailure(
                    "bad-value",
                    expected="a date such as #today;%d.%m.%Y;days=+3",
                    found=f"the part {quoted(part)}",
                )
        return moment.strftime(layout)
    except (OverflowError, ValueError) as error:
        raise StepFailure("bad-value", expected="a date that exists", found=f"#today{parts} ({error})") from error


def _shifted(moment: datetime, unit: str, number: int) -> datetime:
    """Add days and weeks by the calendar, and shorter times as they pass, also where clocks are changed."""
    shift = timedelta(**{unit: number})
    if unit in ("days", "weeks"):
        return moment + shift
    return (moment.astimezone(UTC) + shift).astimezone(moment.tzinfo)
