"""Two routes with one path: Pyramid and Cornice accept them silently, so the core looks for them itself."""

import re
from collections import defaultdict
from typing import Any

from cornice.pyramidhook import register_service_views
from pyramid.config import Configurator

from cometa_core.errors import PluginError
from cometa_core.web.service import Service

PLACEHOLDER_NAME = re.compile(r"\{\w+")
REMEDY = "Disable one of their plugins with cometa.plugins.disabled."


def shape_of(path: str) -> str:
    """Write a path without the names of its placeholders: two paths of one shape match the same requests."""
    return PLACEHOLDER_NAME.sub("{", f"/{path.lstrip('/')}")


def add_service(config: Configurator, service: Service) -> None:
    """Add a service to an application; Pyramid's directive ``add_cornice_service``.

    Raises:
        PluginError: another service has its path or its name, which is also the name of its route; the second one
            would never be reached, or take the route of the first away.
    """
    path = f"{config.route_prefix or ''}{service.path}"
    for other_path, other in config.registry.cornice_services.items():
        if other is service:
            continue
        if shape_of(other_path) == shape_of(path):
            verbs = ", ".join(other.defined_methods)
            raise PluginError(
                f"Several services have the path {service.path} ({verbs}): {other.name}, {service.name}. {REMEDY}"
            )
        if other.name == service.name:
            raise PluginError(f"Several services have the name {service.name}: {other.path}, {service.path}. {REMEDY}")
    register_service_views(config, service)


def refuse_collisions(introspector: Any, services: dict[str, Service]) -> None:
    """Refuse an application in which two routes share a path, those outside of services included.

    Args:
        introspector: Pyramid's introspector after the commit.
        services: services by path, as Cornice keeps them.

    Raises:
        PluginError: the sentence names path and routes.
    """
    names = defaultdict(set)
    for entry in introspector.get_category("routes") or ():
        route = entry["introspectable"]
        names[shape_of(route["pattern"])].add(route["name"])
    known = {shape_of(path): service.path for path, service in services.items()}
    for shape, found in names.items():
        if len(found) > 1:
            raise PluginError(
                f"Several routes have the path {known.get(shape, shape)}: {', '.join(sorted(found))}. {REMEDY}"
            )
