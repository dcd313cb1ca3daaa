"""What other plugins and the worker may use of the catalog."""

from cometa_catalog.models import Application, Browser, Cloud, Environment
from cometa_catalog.services.browsers import ResolvedBrowser, local_browser_specs, resolve_browsers
from cometa_catalog.services.named import application_names, environment_names
from cometa_catalog.services.plan import browser_plan
from cometa_catalog.specs import is_same_browser
from cometa_catalog.vocabulary import libraries, vocabulary

__all__ = [
    "Application",
    "Browser",
    "Cloud",
    "Environment",
    "ResolvedBrowser",
    "application_names",
    "browser_plan",
    "environment_names",
    "is_same_browser",
    "libraries",
    "local_browser_specs",
    "resolve_browsers",
    "vocabulary",
]
