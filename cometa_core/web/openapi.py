"""The OpenAPI 3.1 document of the running application, read from its services.  Contract: R-191."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from inspect import cleandoc, signature
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from cometa_core import __version__
from cometa_core.security.permission import PUBLIC
from cometa_core.web.dialect import Done, Page, Updated
from cometa_core.web.openapi_examples import Example, examples_of
from cometa_core.web.service import Operation, Service

JSON = "application/json"
PLACEHOLDER = re.compile(r"\{(?P<name>\w+)(?::(?P<pattern>(?:[^{}]|\{[^{}]*\})*))?\}")
DIGITS = "[0-9]"

GENERAL_CODES = {
    400: ("malformed_json", "malformed_path", "invalid_query"),
    401: ("no_identity", "invalid_credentials", "expired_credentials"),
    403: ("permission_missing", "scope_missing"),
    404: ("not_found",),
    413: ("body_too_large",),
    415: ("unsupported_media_type",),
    422: ("validation_failed", "unknown_field"),
}
"""Codes that routes share, by status."""

HEADERS_OF_LISTS = {
    "X-Total-Count": {"description": "Rows of all pages.", "schema": {"type": "integer", "minimum": 0}},
    "Link": {"description": "The next and the previous page, where they exist.", "schema": {"type": "string"}},
}

Mode = Literal["validation", "serialization"]


class ErrorBody(BaseModel):
    """Every refusal: a sentence for people, a code for programs and the id of the request in the log."""

    success: bool
    error: str
    code: str
    request_id: str
    fields: dict[str, list[str]] | None = None


@dataclass(frozen=True)
class Described:
    """One verb of one path."""

    path: str
    method: str
    service: Service
    operation: Operation

    @property
    def shown_path(self) -> str:
        """Return the path as OpenAPI writes it, placeholders without their patterns."""
        return PLACEHOLDER.sub(lambda found: f"{{{found['name']}}}", self.path)

    @property
    def returned(self) -> Any:
        """Return what the view says that it returns: what is around the row depends on it."""
        return signature(self.operation.view).return_annotation if self.operation.view else None

    def uses(self) -> Iterator[tuple[str, Any, Mode]]:
        """Yield a name for each type that the verb reads or writes, the type, and which of both."""
        parts = [
            ("body", self.operation.body, "validation"),
            ("query", self.operation.query, "validation"),
            ("answer", self.operation.answer, "serialization"),
            *((f"answer {status}", kind, "serialization") for status, kind in self.operation.other_answers.items()),
        ]
        for part, kind, mode in parts:
            if kind is not None:
                yield f"{part} of {self.method} {self.path}", kind, mode  # type: ignore[misc]  # literals above


class Schemas:
    """Schemas of all types, made in one go: pydantic tells different models of one name apart.

    Attributes:
        definitions: components by name.
    """

    def __init__(self, verbs: list[Described]) -> None:
        uses = [("error", ErrorBody, "serialization"), *(use for verb in verbs for use in verb.uses())]
        inputs: list[Any] = [(name, mode, TypeAdapter(kind)) for name, kind, mode in uses]
        by_use, top = TypeAdapter.json_schemas(inputs, ref_template="#/components/schemas/{model}")
        self._by_name = {name: schema for (name, _), schema in by_use.items()}
        self.definitions: dict[str, Any] = top.get("$defs", {})

    def of(self, part: str, verb: Described) -> dict[str, Any]:
        """Return the schema of body, query or answer of a verb that has it."""
        return self._by_name[f"{part} of {verb.method} {verb.path}"]

    def fields_of(self, part: str, verb: Described) -> dict[str, Any]:
        """Return the schema of a query or body as an object, not as a reference to one."""
        schema = self.of(part, verb)
        return self._resolved(schema)

    def is_structured(self, schema: Mapping[str, Any]) -> bool:
        """Tell whether values of a schema may be lists or objects."""
        parts = [self._resolved(part) for part in (schema, *schema.get("anyOf", ()))]
        return any(part.get("type") in {"array", "object"} for part in parts)

    def _resolved(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        return self.definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else dict(schema)

    @property
    def error(self) -> dict[str, Any]:
        """The schema of every refusal."""
        return self._by_name["error"]


def build_document(services: Mapping[str, Service]) -> dict[str, Any]:
    """Describe services as an OpenAPI 3.1 document.

    Args:
        services: services by path, as Cornice keeps them: with the prefix below which they were included.
    """
    verbs = [
        Described(f"/{path.lstrip('/')}", method, service, operation)
        for path, service in sorted(services.items())
        for method, operation in service.operations.items()
    ]
    schemas = Schemas(verbs)
    paths: dict[str, Any] = {}
    examples = examples_of(services.values())
    for verb in verbs:
        example = examples.get(f"{verb.method} {verb.shown_path}", {})
        paths.setdefault(verb.shown_path, {})[verb.method.lower()] = _operation(verb, schemas, example)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Cometa Core", "version": __version__, "license": {"name": "MIT", "identifier": "MIT"}},
        "tags": [{"name": tag} for tag in sorted({verb.service.tag for verb in verbs if verb.service.tag})],
        "paths": paths,
        "components": _components(schemas),
    }


def _components(schemas: Schemas) -> dict[str, Any]:
    return {
        "schemas": schemas.definitions,
        "responses": {
            str(status): _refusal(HTTPStatus(status).phrase, codes, schemas) for status, codes in GENERAL_CODES.items()
        },
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "API key: cmt_<id>_<secret>"}},
    }


def _operation(verb: Described, schemas: Schemas, example: Example) -> dict[str, Any]:
    service, operation = verb.service, verb.operation
    text = cleandoc((operation.view.__doc__ if operation.view else None) or service.description)
    summary, _, rest = text.partition("\n")
    described: dict[str, Any] = {
        "operationId": f"{service.name}_{verb.method.lower()}",
        "summary": summary,
        "description": f"{rest.strip()}\n\nPermission: `{operation.permission}`.".strip(),
        "parameters": [*_path_parameters(verb.path), *_query_parameters(verb, schemas)],
        "responses": {
            str(operation.status): _success(verb, schemas, example),
            **_other_successes(verb, schemas),
            **_refusals(verb, schemas),
        },
        "security": [] if operation.permission == PUBLIC else [{"key": []}],
    }
    if service.tag:
        described["tags"] = [service.tag]
    if operation.body is not None and verb.method != "GET":
        content = {"schema": schemas.of("body", verb), **_shown(example, "request")}
        described["requestBody"] = {"required": True, "content": {JSON: content}}
    if operation.takes is not None:
        content = {"schema": {"type": "string", "format": "binary"}}
        described["requestBody"] = {"required": True, "content": {operation.takes: content}}
    return described


def _shown(example: Example, part: str) -> dict[str, Any]:
    return {"example": example[part]} if part in example else {}


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": found["name"],
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 0}
            if (found["pattern"] or "").startswith(DIGITS)
            else {"type": "string"},
        }
        for found in PLACEHOLDER.finditer(path)
    ]


def _query_parameters(verb: Described, schemas: Schemas) -> list[dict[str, Any]]:
    found = []
    if verb.operation.query is not None:
        found += _parameters_in(schemas, schemas.fields_of("query", verb))
    if verb.operation.body is not None and verb.method == "GET":
        # A GET that changes something takes in its query what its POST takes in the body.
        found += _parameters_in(schemas, schemas.fields_of("body", verb))
    return found


def _parameters_in(schemas: Schemas, fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    required = set(fields.get("required", ()))
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            # Lists and objects are the JSON text that they are written as.
            **({"content": {JSON: {"schema": part}}} if schemas.is_structured(part) else {"schema": part}),
        }
        for name, part in fields.get("properties", {}).items()
    ]


def _success(verb: Described, schemas: Schemas, example: Example) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(verb.operation.status).phrase}
    if verb.operation.media_type is not None:
        described["content"] = {verb.operation.media_type: {"schema": {"type": "string", "format": "binary"}}}
        return described
    schema = _answer(verb, schemas)
    if schema is not None:
        described["content"] = {JSON: {"schema": schema, **_shown(example, "answer")}}
    if verb.returned is Page:
        described["headers"] = HEADERS_OF_LISTS
    return described


def _other_successes(verb: Described, schemas: Schemas) -> dict[str, Any]:
    return {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "content": {JSON: {"schema": schemas.of(f"answer {status}", verb)}},
        }
        for status in verb.operation.other_answers
    }


def _answer(verb: Described, schemas: Schemas) -> dict[str, Any] | None:
    row = schemas.of("answer", verb) if verb.operation.answer is not None else None
    if verb.returned is Updated:
        return _success_with(data=row or {})
    if verb.returned is Done and row is None:
        return _success_with()
    return row


def _success_with(**properties: Any) -> dict[str, Any]:
    described = {"success": {"type": "boolean", "const": True}, **properties}
    return {"type": "object", "properties": described, "required": list(described)}


def _refusals(verb: Described, schemas: Schemas) -> dict[str, Any]:
    operation = verb.operation
    statuses = set() if operation.permission == PUBLIC else {401, 403}
    if operation.body is not None or operation.takes is not None:
        statuses |= {400, 413, 415, 422}
    if operation.query is not None:
        statuses |= {400, 422}
    if operation.load is not None or "{" in verb.path:
        statuses |= {404}
    general = {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)}
    return {**general, "default": _refusal("Refused", operation.errors, schemas)}


def _refusal(phrase: str, codes: tuple[str, ...], schemas: Schemas) -> dict[str, Any]:
    shown = f" Codes: {', '.join(f'`{code}`' for code in codes)}." if codes else ""
    return {"description": f"{phrase}.{shown}", "content": {JSON: {"schema": schemas.error}}}
