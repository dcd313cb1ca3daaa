"""What happens around every request: id, path, headers, origins.  Contract: rest-api A1.1, A1.3, R-001, R-012."""

import re
import secrets
from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from pyramid.response import Response
from pyramid.tweens import INGRESS

from cometa_core.errors import BadRequest
from cometa_core.web.dialect import JSON, json_response
from cometa_core.web.request import ORIGINAL_PATH, PREFIX, Request

REQUEST_ID = "cometa.request_id"
KEPT_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
ALLOWED_HEADERS = (
    "Authorization, Content-Type, If-Match, X-Request-Id, X-Requested-With, X-CSRF-Token, X-XSRF-TOKEN, "
    "AMVARAORIGIN, COMETA-ORIGIN, X-SERVER"
)
EXPOSED_HEADERS = "Content-Disposition, ETag, Link, Retry-After, X-Request-Id, X-Total-Count"
VERBS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

Handler = Callable[[Request], Response]


def includeme(config: Configurator) -> None:
    """Put the tween in front of all others."""
    config.add_tween("cometa_core.web.tweens.around_requests", under=INGRESS)


def around_requests(handler: Handler, registry: Any) -> Handler:
    """Make the outermost tween."""
    origins = frozenset(registry.settings.get("cometa.cors_origins", ()))

    def tween(request: Request) -> Response:
        request.request_id = request_id_of(request)
        if not normalise_path(request):
            error = BadRequest("The path is not percent-encoded UTF-8.", code="malformed_path")
            response = registry["cometa.dialect"].error(request, error)
        elif is_preflight(request) and request.headers["Origin"] in origins:
            response = json_response({"success": True})
        else:
            response = handler(request)
        add_headers(request, response)
        add_origin(request, response, origins)
        return response

    return tween


def request_id_of(request: Request) -> str:
    """Keep a usable id of the caller, else make one; further attempts of one call share it."""
    sent = request.headers.get("X-Request-Id", "")
    made: str = request.environ.setdefault(REQUEST_ID, secrets.token_hex(8))
    return sent if KEPT_REQUEST_ID.fullmatch(sent) else made


def normalise_path(request: Request) -> bool:
    """Drop one ``/backend`` in front and give every path one closing slash, so that routes match without redirect.

    Returns:
        False when the path is not UTF-8.
    """
    if ORIGINAL_PATH in request.environ:
        # Another attempt after a conflict in the database: the environment is the one of the first.
        return True
    path = request.environ.get("PATH_INFO", "/")
    try:
        path.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return False
    request.environ[ORIGINAL_PATH] = request.path
    if path == PREFIX or path.startswith(f"{PREFIX}/"):
        path = path[len(PREFIX) :] or "/"
    if not path.endswith("/"):
        path += "/"
    request.environ["PATH_INFO"] = path
    return True


def is_preflight(request: Request) -> bool:
    """Tell whether a browser asks if it may call from another origin."""
    return request.method == "OPTIONS" and {"Origin", "Access-Control-Request-Method"} <= set(request.headers)


def add_headers(request: Request, response: Response) -> None:
    """Add the headers of every answer."""
    headers = response.headers
    headers["X-Request-Id"] = request.request_id
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    if response.content_type == JSON:
        headers.setdefault("Cache-Control", "no-store")


def add_origin(request: Request, response: Response, origins: frozenset[str]) -> None:
    """Let listed origins read the answer; one by one, never ``*``."""
    origin = request.headers.get("Origin")
    if not origins:
        return
    response.vary = [*(response.vary or ()), "Origin"]
    if origin in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Access-Control-Allow-Methods"] = VERBS
        response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
