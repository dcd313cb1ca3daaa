"""Errors as answers: the one place that knows both.  Contract: rest-api A1.5, R-003, R-004, R-018, R-019."""

import logging
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPException, HTTPMethodNotAllowed, HTTPNotFound
from pyramid.response import Response
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError

from cometa_core.errors import BadRequest, CometaError, Conflict, NotFound, Unavailable
from cometa_core.web.dialect import json_response
from cometa_core.web.request import Request

logger = logging.getLogger(__name__)


class MethodNotAllowed(CometaError):
    """The route exists, the verb does not (405)."""

    code = "method_not_allowed"
    status = 405


def includeme(config: Configurator) -> None:
    """Register the exception views."""
    config.add_notfound_view(no_route)
    views = (
        (CometaError, refusal),
        (HTTPMethodNotAllowed, wrong_verb),
        (HTTPException, other_http_error),
        (IntegrityError, violated_constraint),
        (OperationalError, database_away),
        (InterfaceError, database_away),
        (UnicodeDecodeError, malformed_path),
        (Exception, unexpected),
    )
    for context, view in views:
        config.add_exception_view(view, context=context)


def refusal(error: CometaError, request: Request) -> Response:
    """Answer a refusal of the domain; one that means a fault of the server is logged."""
    if error.status >= 500:
        logger.error("%s %s: %s", request.request_id, request.path, error)
    response: Response = request.registry["cometa.dialect"].error(request, error)
    return response


def no_route(_context: Any, request: Request) -> Response:
    """Answer an unknown route."""
    return refusal(NotFound(f"There is no route {request.path}.", code="route_not_found"), request)


def wrong_verb(error: HTTPMethodNotAllowed, request: Request) -> Response:
    """Answer a known route with a wrong verb, and OPTIONS with the list of verbs."""
    verbs = sorted({*error.allow, "OPTIONS"})
    if request.method == "OPTIONS":
        response = json_response({"success": True, "allow": verbs})
    else:
        text = f"{request.method} is not possible here. Possible: {', '.join(verbs)}."
        response = refusal(MethodNotAllowed(text), request)
    response.headers["Allow"] = ", ".join(verbs)
    return response


def other_http_error(error: HTTPException, request: Request) -> Response:
    """Answer redirects as they are and every other error of Pyramid in our shape."""
    if error.status_int < 400:
        return error
    problem: CometaError = (
        NotFound() if isinstance(error, HTTPNotFound) else BadRequest(error.explanation or error.title)
    )
    problem.status = error.status_int
    return refusal(problem, request)


def violated_constraint(error: IntegrityError, request: Request) -> Response:
    """Answer a constraint that another request violated at the same moment."""
    logger.warning("%s A constraint was violated: %s", request.request_id, error.orig)
    return refusal(Conflict("Another request changed the same rows at this moment. Read them and try again."), request)


def database_away(error: OperationalError, request: Request) -> Response:
    """Answer while the database cannot be reached.  Contract: R-062, R-189."""
    logger.error("%s The database is away: %s", request.request_id, error.orig)
    problem = Unavailable("The database does not answer. Nothing was stored; try again.", code="database_unavailable")
    return refusal(problem, request)


def malformed_path(_error: UnicodeDecodeError, request: Request) -> Response:
    """Answer a path that is not UTF-8."""
    return refusal(BadRequest("The path is not percent-encoded UTF-8.", code="malformed_path"), request)


def unexpected(error: Exception, request: Request) -> Response:
    """Answer an exception that nobody foresaw: no details to the caller, all of them to the log."""
    logger.error("%s %s %s failed", request.request_id, request.method, request.path, exc_info=error)
    problem = CometaError("The server failed. The log has the details under the request id.", code="internal_error")
    return refusal(problem, request)
