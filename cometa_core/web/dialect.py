"""The dialect seam: the one place that turns rows, lists and errors into HTTP.  Contract: rest-api A1.3 to A1.5."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

from pydantic_core import to_json
from pyramid.response import Response

from cometa_core.errors import CometaError
from cometa_core.web.paging import Paging
from cometa_core.web.request import Request

JSON = "application/json"


@dataclass(frozen=True)
class Page:
    """One page of a list: presented rows and the number of rows before paging."""

    items: Sequence[Any]
    total: int


@dataclass(frozen=True)
class Created:
    """A row that was inserted."""

    row: Any


@dataclass(frozen=True)
class Updated:
    """A row that was changed; ``extra`` holds further top-level keys."""

    row: Any
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """Something was done that has no row to show; ``extra`` holds further top-level keys."""

    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Accepted:
    """The work goes on after the answer."""

    row: Any


class Dialect(Protocol):
    """How an application speaks."""

    def answer(self, request: Request, result: Any) -> Response:
        """Turn what a view returned into an answer."""

    def error(self, request: Request, error: CometaError) -> Response:
        """Turn a refusal into an answer."""


class DefaultDialect:
    """Chapter A of the contract: bare objects and arrays."""

    def answer(self, request: Request, result: Any) -> Response:
        """Turn what a view returned into an answer."""
        match result:
            case Response():
                response = result
            case Page():
                response = self._page(request, result)
            case Created(row=row):
                response = json_response(row, 201)
            case Accepted(row=row):
                response = json_response(row, 202)
            case Updated(row=row, extra=extra):
                response = json_response({"success": True, "data": row, **extra})
            case Done(extra=extra):
                response = json_response({"success": True, **extra})
            case _:
                response = json_response(result)
        return response

    def _page(self, request: Request, page: Page) -> Response:
        response = json_response(page.items)
        response.headers["X-Total-Count"] = str(page.total)
        if isinstance(request.query_model, Paging):
            links = link_header(request, request.query_model, page.total)
            if links:
                response.headers["Link"] = links
        return response

    def error(self, request: Request, error: CometaError) -> Response:
        """Turn a refusal into the error body.  Contract: R-018."""
        body: dict[str, Any] = {
            "success": False,
            "error": str(error),
            "code": error.code,
            "request_id": request.request_id,
        }
        if error.fields and error.status in {400, 422}:
            body["fields"] = error.fields
        # Twice, so that the further keys stand last and none of them hides a common one.
        response = json_response({**body, **error.extra, **body}, error.status)
        if error.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        if error.status == 429:
            response.headers["Retry-After"] = str(error.extra.get("retry_after", 60))
        return response


def json_response(value: Any, status: int = 200) -> Response:
    """Write a value (models, rows, plain data) as a JSON answer; NaN and infinities, which JSON lacks, become null."""
    response = Response(body=to_json(value, inf_nan_mode="null"), status=status, content_type=JSON)
    # WebOb drops the charset of JSON when it is given to the constructor.
    response.headers["Content-Type"] = f"{JSON}; charset=utf-8"
    return response


def link_header(request: Request, paging: Paging, total: int) -> str:
    """Write the links to the neighbouring pages, path-absolute, with everything else the caller sent."""
    others = [(key, value) for key, value in request.GET.items() if key not in {"page", "size"}]

    def link(number: int, relation: str) -> str:
        query = urlencode([*others, ("page", number), ("size", paging.rows)])
        return f'<{request.original_path}?{query}>; rel="{relation}"'

    links = []
    if paging.number * paging.rows < total:
        links.append(link(paging.number + 1, "next"))
    if paging.number > 1 and (paging.number - 2) * paging.rows < total:
        links.append(link(paging.number - 1, "prev"))
    return ", ".join(links)
