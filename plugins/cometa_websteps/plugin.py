"""Offers the built-in step libraries."""

from collections.abc import Iterable

from cometa_core import PluginInfo, hookimpl
from cometa_runner.steps import StepLibrary

PLUGIN = PluginInfo(name="websteps", title="The built-in step libraries: browser, variables, flow and files.")


@hookimpl
def cometa_step_libraries() -> Iterable[StepLibrary]:
    """Offer the sentences for web pages and for the flow of a feature."""
    yield StepLibrary("browser", "cometa_websteps.browser", "Web pages in a real browser")
    yield StepLibrary("variables", "cometa_websteps.variables", "Variables, and checks of their values")
    yield StepLibrary("flow", "cometa_websteps.flow", "Loops, conditions, called features and comments")
    yield StepLibrary("files", "cometa_websteps.files", "Uploads, downloads and spreadsheets")
    yield StepLibrary("rest", "cometa_websteps.rest", "Calls of REST interfaces")
    yield StepLibrary("database", "cometa_websteps.database", "Questions to databases and changes in them")
    yield StepLibrary("visual", "cometa_websteps.visual", "Pictures that pages are compared with")
    yield StepLibrary("accessibility", "cometa_websteps.accessibility", "Whether everybody can use a page")
    yield StepLibrary("mail", "cometa_websteps.mail", "Mail that is sent and waited for")
