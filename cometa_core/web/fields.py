"""Types of fields that the whole contract shares.  Contract: rest-api A1.3."""

import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

MOMENT_PATTERN = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"
WRITTEN_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
WRITTEN_DECIMAL = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*", re.ASCII | re.IGNORECASE)
FORBIDDEN_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f/\\]")
LARGEST_INTEGER = 2**53 - 1
HUNDREDTH = Decimal("0.01")


def moment_text(moment: datetime) -> str:
    """Write a moment in UTC with six digits.  Contract: R-010."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


Timestamp = Annotated[
    datetime,
    PlainSerializer(moment_text, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "pattern": MOMENT_PATTERN,
            "examples": ["2026-01-31T08:15:30.123456Z"],
        },
        mode="serialization",
    ),
]
"""A moment: out always UTC with six digits; in ISO 8601."""


def in_utc(moment: datetime) -> datetime:
    """Read a moment without offset as UTC."""
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("must be between the years 1 and 9999 in UTC") from error


def written_moment(value: object) -> object:
    """Refuse the seconds since 1970 that pydantic also reads, as numbers and as texts; leave everything else to it."""
    if isinstance(value, int | float) or (isinstance(value, str) and not WRITTEN_DATE.match(value)):
        raise ValueError("expected a date and time by ISO 8601, for instance 2026-01-31T08:15:30Z")
    return value


MomentIn = Annotated[datetime, BeforeValidator(written_moment), AfterValidator(in_utc)]
"""A moment in a body: ISO 8601, without offset it is UTC."""


def valid_name(text: str) -> str:
    """Check the name rule: 1 to 100 characters after trimming, no control characters, slashes or dot names."""
    name = text.strip()
    if not name:
        raise ValueError("must not be empty")
    if len(name) > 100:
        raise ValueError("at most 100 characters")
    if FORBIDDEN_IN_NAMES.search(name) or name in {".", ".."}:
        raise ValueError("must not contain control characters, / or \\, and must not be . or ..")
    return name


NAME_SCHEMA = {
    "type": "string",
    "minLength": 1,
    "maxLength": 100,
    "description": "Trimmed. No control characters, `/` or `\\`; not `.` or `..`.",
}

Name = Annotated[str, AfterValidator(valid_name), WithJsonSchema(NAME_SCHEMA)]
"""A name by the name rule."""

Id = Annotated[int, Field(ge=1, le=10**18 - 1, strict=True)]
"""Key of a row in a body."""

Integer = Annotated[int, Field(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER, strict=True)]
"""An integer that every JSON reader keeps exactly."""

Flag = Annotated[bool, Field(strict=True)]
"""A JSON boolean; no words, no numbers."""


def two_decimals(value: object) -> object:
    """Round a number or text half up to two decimals; leave everything else, and refusing negatives, to the type."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return value
    if isinstance(value, str) and not WRITTEN_DECIMAL.fullmatch(value):
        raise ValueError("expected a decimal number")
    try:
        number = Decimal(str(value))
        # Rounded first, -0.004 would be allowed; abs takes the sign off -0.
        return number if number < 0 else abs(number.quantize(HUNDREDTH, ROUND_HALF_UP))
    except ArithmeticError as error:
        raise ValueError("expected a decimal number") from error


DecimalText = Annotated[
    Decimal,
    BeforeValidator(two_decimals),
    Field(ge=0, le=Decimal("99999999.99")),
    PlainSerializer(lambda value: f"{value:.2f}", return_type=str),
]
"""A decimal: in as number or text, out as text with exactly two decimals."""
