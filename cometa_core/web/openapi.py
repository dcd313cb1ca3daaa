"""The OpenAPI 3.1 document of the running application, read from its services.  Contract: R-191."""

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from inspect import cleandoc
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from cometa_core import __version__
from cometa_core.security.permission import PUBLIC
from cometa_core.web.service import Operation, Service

REFERENCE = "#/components/schemas/{model}"
PLACEHOLDER = re.compile(r"\{(?P<name>\w+)(?::(?P<pattern>(?:[^{}]|\{[^{}]*\})*))?\}")
JSON = "application/json"
ERROR = {"$ref": "#/components/schemas/ErrorBody"}


class ErrorBody(BaseModel):
    """Every refusal: a sentence for people, a code for programs and the id of the request in the log."""

    success: bool
    error: str
    code: str
    request_id: str
    fields: dict[str, list[str]] | None = None


def build_document(services: Iterable[Service]) -> dict[str, Any]:
    """Describe services as an OpenAPI 3.1 document."""
    services = sorted(services, key=lambda service: service.path)
    definitions = _definitions(services)
    paths: dict[str, Any] = {}
    for service in services:
        path = PLACEHOLDER.sub(lambda found: f"{{{found['name']}}}", service.path)
        entry = paths.setdefault(path, {})
        for method, operation in service.operations.items():
            entry[method.lower()] = _operation(service, method, operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Cometa Core", "version": __version__, "license": {"name": "MIT", "identifier": "MIT"}},
        "tags": [{"name": tag} for tag in sorted({service.tag for service in services if service.tag})],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "API key: cmt_<id>_<secret>"}
            },
        },
    }


def _models(services: Iterable[Service]) -> Iterator[tuple[type[BaseModel], str]]:
    yield ErrorBody, "serialization"
    for service in services:
        for operation in service.operations.values():
            if operation.body is not None:
                yield operation.body, "validation"


def _definitions(services: list[Service]) -> dict[str, Any]:
    inputs = list(dict.fromkeys(_models(services)))
    _, top = models_json_schema(inputs, ref_template=REFERENCE)  # type: ignore[arg-type]  # modes are literals above
    definitions: dict[str, Any] = dict(top.get("$defs", {}))
    for service in services:
        for operation in service.operations.values():
            if operation.answer is not None:
                definitions |= _answer_schema(operation).pop("$defs", {})
    return definitions


def _answer_schema(operation: Operation) -> dict[str, Any]:
    return TypeAdapter(operation.answer).json_schema(ref_template=REFERENCE, mode="serialization")


def _operation(service: Service, method: str, operation: Operation) -> dict[str, Any]:
    text = cleandoc((operation.view.__doc__ if operation.view else None) or service.description)
    summary, _, rest = text.partition("\n")
    described: dict[str, Any] = {
        "operationId": f"{service.name}_{method.lower()}",
        "summary": summary,
        "description": (rest.strip() + f"\n\nPermission: `{operation.permission}`.").strip(),
        "parameters": [*_path_parameters(service.path), *_query_parameters(operation)],
        "responses": {str(operation.status): _success(operation), **_refusals(operation)},
        "security": [] if operation.permission == PUBLIC else [{"key": []}],
    }
    if service.tag:
        described["tags"] = [service.tag]
    if operation.body is not None:
        schema = {"$ref": REFERENCE.format(model=operation.body.__name__)}
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return described


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": found["name"],
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 0} if found["pattern"] else {"type": "string"},
        }
        for found in PLACEHOLDER.finditer(path)
    ]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = operation.query.model_json_schema(ref_template=REFERENCE)
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part}
        for name, part in schema.get("properties", {}).items()
    ]


def _success(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase}
    if operation.media_type is not None:
        described["content"] = {operation.media_type: {"schema": {"type": "string", "format": "binary"}}}
    elif operation.answer is not None:
        schema = _answer_schema(operation)
        schema.pop("$defs", None)
        described["content"] = {JSON: {"schema": schema}}
    return described


def _refusals(operation: Operation) -> dict[str, Any]:
    codes = f" Codes: {', '.join(f'`{code}`' for code in operation.errors)}." if operation.errors else ""
    return {"default": {"description": f"Refused.{codes}", "content": {JSON: {"schema": ERROR}}}}
