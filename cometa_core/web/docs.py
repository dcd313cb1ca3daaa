"""The documentation of the running API: a page with Swagger UI and the OpenAPI document, all from this server.

Contract: rest-api A6.18, R-191.
"""

from importlib import resources
from typing import Any

from pyramid.config import Configurator
from pyramid.response import Response

from cometa_core.errors import Unauthenticated
from cometa_core.security.permission import PUBLIC
from cometa_core.web.openapi import build_document
from cometa_core.web.request import Request
from cometa_core.web.service import Service

page = Service("docs", "/docs/", description="Documentation of this API for people.", tag="Documentation")
document = Service("openapi", "/docs/openapi.json/", description="This document.", tag="Documentation")

# Swagger UI sets style attributes and embeds its icons; scripts come from files alone.
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
CACHE_KEY = "cometa.openapi"


def includeme(config: Configurator) -> None:
    """Serve the files of Swagger UI and the one script of our own."""
    config.add_static_view("docs/files/swagger", "openapi_ui_bundles:swagger_ui/vendor/", cache_max_age=86_400)
    config.add_static_view("docs/files/own", "cometa_core.web:files/", cache_max_age=3600)


@page.get(permission=PUBLIC, media_type="text/html")
def read_page(request: Request) -> Response:
    """Show the documentation as a page."""
    require_reader(request)
    html = resources.files("cometa_core.web").joinpath("files/docs.html").read_text(encoding="utf-8")
    response = Response(text=html, content_type="text/html", charset="utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    return response


@document.get(permission=PUBLIC, answer=dict[str, Any])
def read_document(request: Request) -> dict[str, Any]:
    """Give the OpenAPI 3.1 document of the running server, plugins included."""
    require_reader(request)
    registry = request.registry
    if CACHE_KEY not in registry:
        registry[CACHE_KEY] = build_document(registry.cornice_services.values())
    found: dict[str, Any] = registry[CACHE_KEY]
    return found


def require_reader(request: Request) -> None:
    """Refuse strangers where the documentation is not public.

    Raises:
        Unauthenticated: ``cometa.docs_public`` is off and nobody is calling.
    """
    if not request.registry.settings.get("cometa.docs_public", True) and request.identity is None:
        raise Unauthenticated("The documentation of this server needs an identity.")
