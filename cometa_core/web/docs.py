"""The documentation of the running API: a page with Swagger UI and the OpenAPI document, all from this server.

Contract: rest-api A6.18, R-191.
"""

from html import escape
from importlib import resources
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPFound, HTTPMethodNotAllowed
from pyramid.path import AssetResolver
from pyramid.response import FileResponse, Response

from cometa_core.errors import NotFound, Unauthenticated
from cometa_core.security.permission import PUBLIC
from cometa_core.web.openapi import build_document
from cometa_core.web.request import Request
from cometa_core.web.service import Service

TAG = "Documentation"
page = Service("docs", "/docs/", description="Documentation of this API for people.", tag=TAG)
document = Service("openapi", "/docs/openapi.json/", description="This document.", tag=TAG)
files = Service("docs_files", "/docs/files/{name}/", description="Files of the page.", tag=TAG)

# Swagger UI sets style attributes and embeds its icons; scripts come from files alone.
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
CACHE_KEY = "cometa.openapi"
CACHED_SECONDS = 3600
READING = ("GET", "HEAD")

# One by one: the folder of Swagger UI also holds a page that asks another host.
FILES = {
    **{
        name: f"openapi_ui_bundles:swagger_ui/vendor/{name}"
        for name in ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
    },
    "start.js": "cometa_core.web:files/start.js",
}


def includeme(config: Configurator) -> None:
    """Let the bare address of the server lead to the page; it is no route of the API."""
    config.add_route("root", "/")
    config.add_view(read_root, route_name="root", permission=PUBLIC)


def read_root(request: Request) -> Response:
    """Lead whoever opens the address of the server to the documentation, with the prefix that was used."""
    if request.method not in READING:
        refused = HTTPMethodNotAllowed()
        refused.allow = READING
        raise refused
    return HTTPFound(f"{request.caller_base}/docs/")


@page.get(permission=PUBLIC, media_type="text/html")
def read_page(request: Request) -> Response:
    """Show the documentation as a page."""
    require_reader(request)
    html = resources.files("cometa_core.web").joinpath("files/docs.html").read_text(encoding="utf-8")
    html = html.replace("{base}", escape(request.caller_base))
    response = Response(text=html, content_type="text/html", charset="utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    return response


@files.get(permission=PUBLIC, media_type="application/octet-stream")
def read_file(request: Request) -> Response:
    """Give one file of the page."""
    asset = FILES.get(request.matchdict["name"])
    if asset is None:
        raise NotFound
    return FileResponse(AssetResolver().resolve(asset).abspath(), request, cache_max_age=CACHED_SECONDS)


@document.get(permission=PUBLIC, answer=dict[str, Any])
def read_document(request: Request) -> dict[str, Any]:
    """Give the OpenAPI 3.1 document of the running server, plugins included."""
    require_reader(request)
    registry = request.registry
    if CACHE_KEY not in registry:
        registry[CACHE_KEY] = build_document(registry.cornice_services)
    return {**registry[CACHE_KEY], "servers": [{"url": request.caller_base or "/"}]}


def require_reader(request: Request) -> None:
    """Refuse strangers where the documentation is not public.

    Raises:
        Unauthenticated: ``cometa.docs_public`` is off and nobody is calling.
    """
    if not request.registry.settings.get("cometa.docs_public", True) and request.identity is None:
        raise Unauthenticated("The documentation of this server needs an identity.")
