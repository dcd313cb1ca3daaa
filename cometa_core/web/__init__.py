"""The HTTP layer: services, validation, the dialect seam, errors, OpenAPI, documentation and health."""

from pyramid.config import Configurator

from cometa_core.web.auditing import NoAuditor
from cometa_core.web.collisions import add_service
from cometa_core.web.dialect import DefaultDialect, Dialect


def includeme(config: Configurator) -> None:
    """Wire the HTTP layer into an application; plugins may replace the dialect with ``config.set_dialect``."""
    # Cornice's exception views would answer in a shape of their own.
    config.add_settings(handle_exceptions=False)
    config.include("cornice")
    config.add_directive("add_cornice_service", add_service)
    config.registry["cometa.dialect"] = DefaultDialect()
    config.registry["cometa.auditor"] = NoAuditor()
    config.add_directive("set_dialect", set_dialect)
    config.include("cometa_core.web.problems")
    config.include("cometa_core.web.tweens")
    config.include("cometa_core.web.limiting")
    config.include("cometa_core.web.metrics")
    config.include("cometa_core.web.docs")
    config.scan("cometa_core.web.health")
    config.scan("cometa_core.web.docs")
    config.scan("cometa_core.web.metrics")


def set_dialect(config: Configurator, dialect: Dialect) -> None:
    """Replace how rows, lists and errors become answers, for the whole application."""
    config.registry["cometa.dialect"] = dialect
