"""Errors as answers: the one place that knows both.  Contract: rest-api A1.5, R-003, R-004, R-018, R-019."""

import logging
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPException, HTTPMethodNotAllowed
from pyramid.response import Response
from pyramid_retry import is_error_retryable
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from cometa_core.errors import (
    BadRequest,
    CometaError,
    Conflict,
    Forbidden,
    Invalid,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from cometa_core.web.dialect import json_response
from cometa_core.web.request import Request

logger = logging.getLogger(__name__)

OUT_OF_RANGE = "22003"
"""PostgreSQL's state for a number that does not fit into a column."""

DatabaseAway = OperationalError | InterfaceError | PoolTimeoutError


KINDS: dict[int, type[CometaError]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    413: TooLarge,
    415: UnsupportedMediaType,
    503: Unavailable,
}
"""Our errors for those that Pyramid and libraries raise by status."""


def includeme(config: Configurator) -> None:
    """Register the exception views."""
    config.add_notfound_view(no_route)
    views = (
        (CometaError, refusal),
        (HTTPMethodNotAllowed, wrong_verb),
        (MethodNotAllowed, refused_get),
        (HTTPException, other_http_error),
        (IntegrityError, violated_constraint),
        (DataError, beyond_the_column),
        (OperationalError, database_away),
        (InterfaceError, database_away),
        (PoolTimeoutError, database_away),
        (Exception, unexpected),
    )
    for context, view in views:
        config.add_exception_view(view, context=context)


def answer(error: CometaError, request: Request) -> Response:
    """Let the dialect of the application say it."""
    response: Response = request.registry["cometa.dialect"].error(request, error)
    return response


def refusal(error: CometaError, request: Request) -> Response:
    """Answer a refusal of the domain; one that means a fault of the server is logged."""
    if error.status >= 500:
        logger.error("%s %s: %s", request.request_id, request.path, error)
    if isinstance(error, Forbidden) and request.changes_something and request.identity is not None:
        request.registry["cometa.auditor"].refused(request)
    return answer(error, request)


def no_route(_context: Any, request: Request) -> Response:
    """Answer an unknown route."""
    return answer(NotFound(f"There is no route {request.original_path}.", code="route_not_found"), request)


def wrong_verb(error: HTTPMethodNotAllowed, request: Request) -> Response:
    """Answer a known route with a wrong verb, and OPTIONS with the list of verbs."""
    verbs = sorted({*(error.allow or ()), "OPTIONS"})
    if request.method == "OPTIONS":
        response = json_response({"success": True, "allow": verbs})
    else:
        text = f"{request.method} is not possible here. Possible: {', '.join(verbs)}."
        response = answer(MethodNotAllowed(text), request)
    response.headers["Allow"] = ", ".join(verbs)
    return response


def refused_get(error: MethodNotAllowed, request: Request) -> Response:
    """Answer a GET that changes something where it is not possible, with the verbs that are."""
    response = answer(error, request)
    service = request.registry.cornice_services[request.matched_route.pattern]
    response.headers["Allow"] = ", ".join(sorted({*service.operations, "OPTIONS"} - {"GET"}))
    return response


def other_http_error(error: HTTPException, request: Request) -> Response:
    """Answer redirects as they are and every other error of Pyramid in our shape."""
    status: int = error.status_int
    if status < 400:
        return error
    if status >= 500 and status not in KINDS:
        return unexpected(error, request)
    problem = KINDS.get(status, BadRequest)(error.detail or error.explanation or error.title)
    problem.status = status
    return refusal(problem, request)


def violated_constraint(error: IntegrityError, request: Request) -> Response:
    """Answer a constraint that another request violated at the same moment."""
    logger.warning("%s A constraint was violated: %s", request.request_id, first_line(error))
    return answer(Conflict("Another request changed the same rows at this moment. Read them and try again."), request)


def beyond_the_column(error: DataError, request: Request) -> Response:
    """Answer an id or number that PostgreSQL cannot compare with its narrower column: no row has it.

    Before the body was accepted the number stood in path or query.
    """
    if getattr(error.orig, "sqlstate", None) != OUT_OF_RANGE:
        return unexpected(error, request)
    is_in_body = request.body_model is not None
    return answer(Invalid("A number in the body is out of range.") if is_in_body else NotFound(), request)


def database_away(error: DatabaseAway, request: Request) -> Response:
    """Answer while the database cannot be reached.  Contract: R-062, R-189."""
    level = logging.INFO if is_error_retryable(request, error) else logging.ERROR
    logger.log(level, "%s The database does not answer: %s", request.request_id, first_line(error))
    sentence = "The database does not answer. Nothing was stored; try again."
    return answer(Unavailable(sentence, code="database_unavailable"), request)


def first_line(error: Exception) -> str:
    """Take the driver's complaint without statement, parameters and the rows that PostgreSQL quotes below it."""
    return str(getattr(error, "orig", None) or error).partition("\n")[0]


def unexpected(error: Exception, request: Request) -> Response:
    """Answer an exception that nobody foresaw: no details to the caller, all of them to the log."""
    logger.error("%s %s %s failed", request.request_id, request.method, request.path, exc_info=error)
    sentence = "The server failed. The log has the details under the request id."
    return answer(CometaError(sentence, code="internal_error"), request)
