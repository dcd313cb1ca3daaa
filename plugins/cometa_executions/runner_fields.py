"""Types of fields that runners send.  Contract: rest-api A1.3 (ids are also accepted as digit strings)."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

DIGITS = re.compile(r"[0-9]{1,18}")
LARGEST_ID = 10**18 - 1
LARGEST_COUNT = 2**31 - 1


def digits_as_number(value: object) -> object:
    """Read digits as a number; leave everything else, and refusing what is no integer, to the type."""
    return int(value) if isinstance(value, str) and DIGITS.fullmatch(value) else value


def _schema(least: int, largest: int) -> WithJsonSchema:
    number = {"type": "integer", "minimum": least, "maximum": largest}
    return WithJsonSchema({"anyOf": [number, {"type": "string", "pattern": "^[0-9]{1,18}$"}]})


RunnerId = Annotated[
    int, BeforeValidator(digits_as_number), Field(ge=1, le=LARGEST_ID, strict=True), _schema(1, LARGEST_ID)
]
"""Key of a row, as number or digits."""

OptionalRunnerId = Annotated[
    int, BeforeValidator(digits_as_number), Field(ge=0, le=LARGEST_ID, strict=True), _schema(0, LARGEST_ID)
]
"""Key of a row, as number or digits; 0 = none."""

ProcessId = Annotated[
    int, BeforeValidator(digits_as_number), Field(ge=1, le=LARGEST_COUNT, strict=True), _schema(1, LARGEST_COUNT)
]
"""Number of a process, as number or digits."""

Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT, strict=True)]
"""A number of steps or pixels."""
