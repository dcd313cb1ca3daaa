"""Two services with one path: Cornice accepts them silently, so the core looks for them itself."""

from collections import defaultdict
from typing import Any

from cometa_core.errors import PluginError
from cometa_core.web.service import Service


def refuse_collisions(introspector: Any, services: dict[str, Service]) -> None:
    """Refuse an application in which two services share a path.

    Args:
        introspector: Pyramid's introspector after the commit.
        services: services by path, as Cornice keeps them: the last one of a path hides the others.

    Raises:
        PluginError: the sentence names path and services.
    """
    names = defaultdict(set)
    for entry in introspector.get_category("routes") or ():
        route = entry["introspectable"]
        names[route["pattern"].lstrip("/")].add(route["name"])
    for path, found in names.items():
        if len(found) > 1:
            shown = services.get(path) or services.get(f"/{path}")
            verbs = f" ({', '.join(shown.defined_methods)})" if shown is not None else ""
            raise PluginError(
                f"Several services have the path /{path}{verbs}: {', '.join(sorted(found))}. "
                "Disable one of their plugins with cometa.plugins.disabled."
            )
