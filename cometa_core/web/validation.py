"""Reading and checking bodies and queries.  Contract: rest-api A1.3, A1.5."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from cometa_core.errors import BadRequest, Invalid, TooLarge, UnsupportedMediaType
from cometa_core.web.request import Request

JSON_TYPES = ("application/json", "+json")
Validated = TypeVar("Validated", bound=BaseModel)


class Body(BaseModel):
    """A request body; unknown keys are refused.  Contract: R-008."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class LenientBody(BaseModel):
    """A request body whose unknown keys are ignored.  Contract: R-009."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class Query(BaseModel):
    """Query parameters; unknown ones are ignored."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


def read_object(request: Request) -> dict[str, Any]:
    """Read the body as a JSON object.

    Raises:
        TooLarge: longer than ``cometa.max_body_bytes``.
        UnsupportedMediaType: not JSON by its content type.
        BadRequest: ``malformed_json``.
    """
    limit = int(request.registry.settings.get("cometa.max_body_bytes", 10 * 1024 * 1024))
    if (request.content_length or 0) > limit:
        raise TooLarge(f"The body is larger than {limit} bytes.")
    if not request.content_type.endswith(JSON_TYPES):
        raise UnsupportedMediaType(f"Send application/json, not {request.content_type or 'a body without type'}.")
    raw = request.body_file_raw.read(limit + 1) if not request.is_body_seekable else request.body
    if len(raw) > limit:
        raise TooLarge(f"The body is larger than {limit} bytes.")
    return parse_object(raw)


def parse_object(raw: bytes) -> dict[str, Any]:
    """Parse JSON strictly: UTF-8, an object at the top, no NaN and no infinity.

    Raises:
        BadRequest: ``malformed_json``.
    """
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is not valid JSON: {error}.", code="malformed_json") from error
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object.", code="malformed_json")
    return value


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return number


def validate_body(model: type[Validated], value: Mapping[str, Any]) -> Validated:
    """Check the fields of a body.

    Raises:
        Invalid: 422 with every field; ``unknown_field`` when nothing but unknown keys is wrong.
    """
    nul = sorted(places_of_nul(value))
    if nul:
        raise Invalid(
            f"Field {nul[0]} must not contain the character U+0000.",
            fields={place: ["must not contain the character U+0000"] for place in nul},
        )
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise refused(error) from error


def places_of_nul(value: object, place: str = "") -> list[str]:
    """Find texts and keys that contain U+0000.  Contract: R-011."""
    if isinstance(value, str):
        return [place] if "\0" in value else []
    if isinstance(value, Mapping):
        inner = [found for key, item in value.items() for found in places_of_nul(item, _below(place, key))]
        return [*inner, *(place for key in value if "\0" in key)]
    if isinstance(value, Sequence):
        return [found for index, item in enumerate(value) for found in places_of_nul(item, f"{place}[{index}]")]
    return []


def refused(error: ValidationError) -> Invalid:
    """Turn pydantic's findings into the contract's error: a path and sentences for each field."""
    fields: dict[str, list[str]] = {}
    kinds = set()
    for found in error.errors(include_url=False, include_context=False, include_input=False):
        kinds.add(found["type"])
        place = path_of(found["loc"])
        text = "unknown field" if found["type"] == "extra_forbidden" else sentence_of(found["msg"])
        fields.setdefault(place, []).append(text)
    first = next(iter(fields))
    if kinds == {"extra_forbidden"}:
        return Invalid(f"The field {first} is unknown.", code="unknown_field", fields=fields)
    return Invalid(f"Field {first}: {fields[first][0]}", fields=fields)


def path_of(location: Sequence[int | str]) -> str:
    """Write a location as a JSON path, for instance ``steps_content[3].timeout``."""
    path = ""
    for part in location:
        path = f"{path}[{part}]" if isinstance(part, int) else _below(path, part)
    return path or "body"


def sentence_of(message: str) -> str:
    """Take pydantic's prefix off a message of our own validators."""
    return message.removeprefix("Value error, ")


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def validate_query(model: type[Validated], request: Request) -> Validated:
    """Check the query parameters; of repeated ones the last counts.

    Raises:
        BadRequest: ``invalid_query`` naming the parameter.
    """
    try:
        values = dict(request.GET.items())
    except UnicodeDecodeError as error:
        raise BadRequest("The query is not UTF-8.") from error
    try:
        return model.model_validate(values)
    except ValidationError as error:
        fields = refused(error).fields
        first = next(iter(fields))
        raise BadRequest(f"Query parameter {first}: {fields[first][0]}", fields=fields) from error
