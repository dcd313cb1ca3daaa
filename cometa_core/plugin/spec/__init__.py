"""Hook specifications, one module an audience.

Dispatch kinds (``cometa_core.plugin.dispatch``): *collect* (all are asked, items are keyed by name, a duplicate is an
error), *register* (each gets an object to register on), *inline* (in order, an exception refuses) and *notify* (after
the fact, each isolated).
"""

from types import ModuleType

from cometa_core.plugin.spec import data, endings, execution, operation, start, web

SPECIFICATIONS: tuple[ModuleType, ...] = (start, web, data, execution, endings, operation)
"""All modules that hold hook specifications of the core."""

__all__ = ["SPECIFICATIONS"]
