"""Reading and checking bodies and queries.  Contract: rest-api A1.3, A1.5."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from cometa_core.errors import BadRequest, Invalid, TooLarge, UnsupportedMediaType
from cometa_core.web.request import Request

DEEPEST_NESTING = 100
"""Levels of a body; whoever walks through it may call itself for each."""

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""U+0000 and halves of surrogate pairs: JSON can escape them, databases cannot store them."""

LARGEST_STORABLE = 2**63 - 1

MOST_FINDINGS = 10_000
"""Wrong fields that are listed; a body of the largest size can have millions, and its answer would be far larger."""

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

    @field_validator("*")
    @classmethod
    def fit_into_a_column(cls, value: Any) -> Any:
        """Refuse integers that no database can look for."""
        if isinstance(value, int) and abs(value) > LARGEST_STORABLE:
            raise ValueError("is too large")
        return value


def read_object(request: Request) -> dict[str, Any]:
    """Read the body as a JSON object.

    Raises:
        TooLarge: longer than ``cometa.max_body_bytes``.
        UnsupportedMediaType: not JSON by its content type.
        BadRequest: ``malformed_json``.
    """
    limit = int(request.registry.settings.get("cometa.max_body_bytes", 10 * 1024 * 1024))
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    kind = request.content_type.lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMediaType(f"Send application/json, not {kind or 'a body without type'}.")
    return parse_object(read_bytes(request, limit))


def read_bytes(request: Request, limit: int) -> bytes:
    """Read the body as it is.

    Raises:
        TooLarge: longer than the limit in bytes.
    """
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    if request.is_body_seekable:
        # An earlier attempt of the same call may have read it.
        request.body_file_raw.seek(0)
    raw: bytes = request.body_file.read(limit + 1)
    if len(raw) > limit:
        raise _too_large(limit)
    return raw


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is larger than {limit} bytes.")


def read_parameters(model: type[BaseModel], request: Request) -> dict[str, Any]:
    """Read the parameters of a GET that changes something: from a JSON body, if there is one, and the query string.

    The query wins.  Its texts are read as JSON where the model does not take them as they are: ``wait=true`` is a
    boolean, ``browsers=[…]`` a list, but ``schedule=@daily`` a text.  Contract: rest-api A1.7.

    Raises:
        BadRequest: the body is no JSON object, or the query is not UTF-8.
    """
    values = read_object(request) if request.body else {}
    texts = texts_of_query(request)
    # Parameters that the model does not know are ignored in a query, as everywhere.
    known = {name for key, field in model.model_fields.items() for name in (key, field.alias) if name}
    sent = {name: text for name, text in texts.items() if name in known}
    values.update(sent)
    try:
        model.model_validate(values)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_context=False, include_input=False):
            name = str(found["loc"][0]) if found["loc"] else ""
            if name in sent:
                values[name] = _as_json(sent[name])
    return values


def _as_json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        return text


def texts_of_query(request: Request) -> dict[str, str]:
    """Return the query parameters; of repeated ones the last counts.

    Raises:
        BadRequest: ``invalid_query``, the query is not UTF-8.
    """
    try:
        return dict(request.GET.items())
    except UnicodeDecodeError as error:
        raise BadRequest("The query is not percent-encoded UTF-8.") from error


def parse_object(raw: bytes) -> dict[str, Any]:
    """Parse JSON strictly: UTF-8, an object at the top, each key once, no NaN and no infinity, not nested absurdly.

    Raises:
        BadRequest: ``malformed_json``.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_unambiguous
        )
    except RecursionError as error:
        raise _malformed("it is nested too deeply") from error
    except ValueError as error:
        raise _malformed(str(error)) from error
    if not isinstance(value, dict):
        raise _malformed("it must be an object")
    if _is_deeper_than(DEEPEST_NESTING, value):
        raise _malformed(f"it is nested more than {DEEPEST_NESTING} levels deep")
    return value


def _malformed(reason: str) -> BadRequest:
    return BadRequest(f"The body is not valid JSON: {reason}.", code="malformed_json")


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has a key twice")
    return found


def _is_deeper_than(levels: int, value: object) -> bool:
    level = [value]
    for _ in range(levels):
        level = [child for parent in level for child in _containers_in(parent)]
    return bool(level)


def _containers_in(value: object) -> Iterator[object]:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (child for child in children if isinstance(child, dict | list))


def validate_body(model: type[Validated], value: Mapping[str, Any]) -> Validated:
    """Check the fields of a body.

    Raises:
        Invalid: 422 with the fields; ``unknown_field`` when there is a key that the model does not have.
    """
    refuse_unstorable(value)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise refused(error, value) from error


def refuse_unstorable(value: Mapping[str, Any]) -> None:
    """Refuse texts, keys and integers that no database stores.  Contract: R-011.

    Raises:
        Invalid: 422 with the places.
    """
    places = sorted(set(islice(_places_of_unstorable(value), MOST_FINDINGS)))
    if places:
        text = "must not contain U+0000, half a surrogate pair or an integer beyond 64 bits"
        raise Invalid(f"Field {places[0]} {text}.", fields={place: [text] for place in places})


def _places_of_unstorable(value: object, place: str = "") -> Iterator[str]:
    if isinstance(value, str):
        if UNSTORABLE.search(value):
            yield place
    elif isinstance(value, int):
        if abs(value) > LARGEST_STORABLE:
            yield place
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if UNSTORABLE.search(key):
                yield place or "body"
            else:
                yield from _places_of_unstorable(item, _below(place, key))
    elif isinstance(value, Sequence):
        for index, item in enumerate(value):
            yield from _places_of_unstorable(item, f"{place}[{index}]")


def refused(error: ValidationError, value: Mapping[str, Any]) -> Invalid:
    """Turn pydantic's findings into the contract's error: a path and sentences for each field.

    Args:
        error: the findings; when there are too many to list, the error has no fields.
        value: what was checked.
    """
    if error.error_count() > MOST_FINDINGS:
        return Invalid(f"The fields are wrong in {error.error_count()} ways, too many to list them.")
    fields: dict[str, list[str]] = {}
    unknown = []
    for found in error.errors(include_url=False, include_context=False, include_input=False):
        place = path_of(found["loc"], value, missing=found["type"] == "missing")
        if found["type"] == "extra_forbidden":
            unknown.append(place)
        text = "unknown field" if found["type"] == "extra_forbidden" else sentence_of(found["msg"])
        fields.setdefault(place, []).append(text)
    if unknown:
        return Invalid(f"The field {unknown[0]} is unknown.", code="unknown_field", fields=fields)
    first = next(iter(fields))
    return Invalid(f"Field {first}: {fields[first][0]}", fields=fields)


def path_of(location: Sequence[int | str], value: object, *, missing: bool) -> str:
    """Write a location as a JSON path, for instance ``steps_content[3].timeout``.

    Args:
        location: keys and indexes as pydantic names them; where a field may be of several types it names these too.
        value: what was checked; words of the location that lead nowhere in it are names of types.
        missing: True when the last word names a key that is not there.
    """
    path = ""
    for place, part in enumerate(location):
        is_missing = missing and place == len(location) - 1
        if isinstance(part, int):
            path = f"{path}[{part}]"
            value = value[part] if isinstance(value, list) and part < len(value) else None
        elif not path or is_missing or (isinstance(value, Mapping) and part in value):
            path = _below(path, part)
            value = value.get(part) if isinstance(value, Mapping) else None
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
        Invalid: a parameter contains U+0000.
    """
    values = texts_of_query(request)
    try:
        query = model.model_validate(values)
    except ValidationError as error:
        fields = refused(error, values).fields
        first = next(iter(fields))
        raise BadRequest(f"Query parameter {first}: {fields[first][0]}", fields=fields) from error
    refuse_unstorable(query.model_dump())
    return query
