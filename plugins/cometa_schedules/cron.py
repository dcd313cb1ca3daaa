"""Cron texts: what is accepted, and why everything else is refused.  Contract: rest-api A6.14, runner J.2."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cronsim import CronSim, CronSimError

LONGEST_TEXT = 200
WORDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
FIELDS = ("minute", "hour", "day of month", "month", "weekday")
NAMES = {
    "month": "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC",
    "weekday": "SUN|MON|TUE|WED|THU|FRI|SAT",
}
STEP = r"(?:/0*[1-9][0-9]{0,3})"
ONE_VALUE_RANGE = re.compile(r"(?P<value>[0-9A-Z]+)-(?P=value)/[0-9]+")
SOME_LEAP_YEAR = datetime(2000, 1, 1)  # noqa: DTZ001 - local times of no zone in particular


@dataclass(frozen=True)
class Cron:
    """An accepted cron text.

    Attributes:
        text: as entered, without blanks around it.
        fields: five fields that mean the same, in upper case.
    """

    text: str
    fields: str

    @property
    def is_hourly(self) -> bool:
        """Whether the hour is not restricted: then real time counts.  Contract: runner J.3."""
        return self.fields.split()[1] == "*"

    @property
    def steps_hours(self) -> bool:
        """Whether the hour is given by steps from midnight: then no missing hour is dropped.  Contract: runner J.3."""
        return self.fields.split()[1].startswith("*/")

    def local_times(self, after: datetime) -> Iterator[datetime]:
        """Iterate over the matching times of a clock that never jumps, ascending.

        Args:
            after: time without zone; the first one given back is later.
        """
        return iter(CronSim(self.fields, after))


def parse_cron(text: str) -> Cron:
    """Read a cron text.

    Raises:
        ValueError: it is refused; the text says why.  Contract: R-176.
    """
    entered = text.strip()
    if len(entered) > LONGEST_TEXT:
        raise ValueError(f"at most {LONGEST_TEXT} characters")
    if entered.startswith("@"):
        fields = WORDS.get(entered.lower(), "")
        if not fields:
            raise ValueError(f"{entered} is no known word; use one of {', '.join(WORDS)}")
        return Cron(entered, fields)
    parts = entered.upper().split()
    if len(parts) != len(FIELDS):
        raise ValueError(f"expected five fields (minute hour day month weekday), not {len(parts)}")
    fields = " ".join(_field(name, part) for name, part in zip(FIELDS, parts, strict=True))
    try:
        next(CronSim(fields, SOME_LEAP_YEAR))
    except CronSimError as error:
        raise ValueError(_reason(str(error))) from error
    except StopIteration as error:
        raise ValueError("it never fires: there is no such day") from error
    return Cron(entered, fields)


def _field(name: str, part: str) -> str:
    """Check the grammar of one field; which numbers it may hold is left to the library."""
    value = rf"(?:[0-9]{{1,2}}|{NAMES[name]})" if name in NAMES else r"[0-9]{1,2}"
    item = re.compile(rf"\*{STEP}?|{value}(?:-{value}{STEP}?)?")
    for each in part.split(","):
        if not item.fullmatch(each):
            raise ValueError(f"the field {name} cannot be {each!r}: use numbers, *, lists, ranges, */n or a-b/n")
    # The library takes a range of one value with a step for an open range.
    return ",".join(ONE_VALUE_RANGE.sub(r"\g<value>", each) for each in part.split(","))


def _reason(complaint: str) -> str:
    field = complaint.removeprefix("Bad ").replace("day-of-month", "day of month").replace("day-of-week", "weekday")
    return f"the field {field} has a number out of range, a range that runs backwards, or a day that never comes"
