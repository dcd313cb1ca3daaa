"""Routes of applications, environments, browsers and actions."""

from cometa_catalog import schemas
from cometa_catalog.models import Application, Browser, Environment
from cometa_catalog.presenting import present_application, present_browser, present_environment
from cometa_catalog.services import browsers as browser_service
from cometa_catalog.services.actions import read_libraries_again
from cometa_catalog.services.named import by_name, create_named, delete_named, named_row, rename
from cometa_catalog.services.refresh import search_browsers, store_browsers
from cometa_catalog.vocabulary import actions as all_actions
from cometa_core.security.permission import AUTHENTICATED
from cometa_core.web.dialect import Created, Done, Page, Updated
from cometa_core.web.paging import Paging, paged
from cometa_core.web.request import Request
from cometa_core.web.service import Service

TAG = "Catalog"

applications = Service("applications", "/api/applications/", description="Applications.", tag=TAG)
one_application = Service("application", r"/api/applications/{app_id:\d{1,18}}/", description="One.", tag=TAG)
environments = Service("environments", "/api/environments/", description="Environments.", tag=TAG)
one_environment = Service(
    "environment", r"/api/environments/{environment_id:\d{1,18}}/", description="One environment.", tag=TAG
)
browsers = Service("browsers", "/api/browsers/", description="Known browsers.", tag=TAG)
one_browser = Service("browser", r"/api/browsers/{browser_id:\d{1,18}}/", description="One browser.", tag=TAG)
actions = Service("actions", "/api/actions/", description="Step sentences.", tag=TAG)


def addressed_application(request: Request) -> Application:
    """Find the application of the path."""
    return named_row(request.scope, Application, int(request.matchdict["app_id"]))


def addressed_environment(request: Request) -> Environment:
    """Find the environment of the path."""
    return named_row(request.scope, Environment, int(request.matchdict["environment_id"]))


def addressed_browser(request: Request) -> Browser:
    """Find the browser of the path."""
    return browser_service.browser_row(request.scope, int(request.matchdict["browser_id"]))


@applications.get(permission=AUTHENTICATED, query=Paging, answer=list[schemas.ApplicationOut])
def list_applications(request: Request) -> Page:
    """List applications by name."""
    rows = paged(request.scope.session, by_name(Application), request.query_model)
    return Page([present_application(row) for row in rows.items], rows.total)


@applications.post(permission="create_application", body=schemas.ApplicationIn, answer=schemas.ApplicationOut,
                   status=201, errors=("duplicate_name",))  # fmt: skip
def create_application(request: Request) -> Created:
    """Add an application; its name is unique whatever the case."""
    return Created(present_application(create_named(request.scope, Application, request.body_model.app_name)))


@one_application.get(permission=AUTHENTICATED, load=addressed_application, answer=schemas.ApplicationOut)
def read_application(request: Request) -> schemas.ApplicationOut:
    """Read one application."""
    return present_application(request.resource)


@one_application.patch(permission="edit_application", load=addressed_application, body=schemas.ApplicationIn,
                       answer=schemas.ApplicationOut, errors=("duplicate_name",))  # fmt: skip
def rename_application(request: Request) -> Updated:
    """Rename an application; the new name shows everywhere at once."""
    return Updated(present_application(rename(request.scope, request.resource, request.body_model.app_name)))


@one_application.delete(permission="delete_application", load=addressed_application, errors=("in_use",))
def delete_application(request: Request) -> Done:
    """Delete an application that nothing uses."""
    delete_named(request.scope, request.resource)
    return Done()


@environments.get(permission=AUTHENTICATED, query=Paging, answer=list[schemas.EnvironmentOut])
def list_environments(request: Request) -> Page:
    """List environments by name."""
    rows = paged(request.scope.session, by_name(Environment), request.query_model)
    return Page([present_environment(row) for row in rows.items], rows.total)


@environments.post(permission="create_environment", body=schemas.EnvironmentIn, answer=schemas.EnvironmentOut,
                   status=201, errors=("duplicate_name",))  # fmt: skip
def create_environment(request: Request) -> Created:
    """Add an environment; its name is unique whatever the case."""
    return Created(present_environment(create_named(request.scope, Environment, request.body_model.environment_name)))


@one_environment.get(permission=AUTHENTICATED, load=addressed_environment, answer=schemas.EnvironmentOut)
def read_environment(request: Request) -> schemas.EnvironmentOut:
    """Read one environment."""
    return present_environment(request.resource)


@one_environment.patch(permission="edit_environment", load=addressed_environment, body=schemas.EnvironmentIn,
                       answer=schemas.EnvironmentOut, errors=("duplicate_name",))  # fmt: skip
def rename_environment(request: Request) -> Updated:
    """Rename an environment; the new name shows everywhere at once."""
    return Updated(present_environment(rename(request.scope, request.resource, request.body_model.environment_name)))


@one_environment.delete(permission="delete_environment", load=addressed_environment, errors=("in_use",))
def delete_environment(request: Request) -> Done:
    """Delete an environment that nothing uses."""
    delete_named(request.scope, request.resource)
    return Done()


@browsers.get(permission=AUTHENTICATED, query=Paging, answer=list[schemas.BrowserOut])
def list_browsers(request: Request) -> Page:
    """List local browsers by id."""
    rows = paged(request.scope.session, browser_service.local_browsers(), request.query_model)
    return Page([present_browser(row) for row in rows.items], rows.total)


@browsers.post(permission="create_browser", body=schemas.BrowserIn, answer=schemas.BrowserOut, status=201,
               errors=("duplicate_row",))  # fmt: skip
def create_browser(request: Request) -> Created:
    """Add a browser by hand."""
    spec = request.body_model.browser_json.document()
    return Created(present_browser(browser_service.create_browser(request.scope, spec)))


@one_browser.get(permission=AUTHENTICATED, load=addressed_browser, answer=schemas.BrowserOut)
def read_browser(request: Request) -> schemas.BrowserOut:
    """Read one browser."""
    return present_browser(request.resource)


@one_browser.patch(permission="edit_browser", load=addressed_browser, body=schemas.BrowserIn,
                   answer=schemas.BrowserOut, errors=("duplicate_row",))  # fmt: skip
def change_browser(request: Request) -> Updated:
    """Replace the description of a browser."""
    spec = request.body_model.browser_json.document()
    return Updated(present_browser(browser_service.change_browser(request.scope, request.resource, spec)))


@one_browser.delete(permission="delete_browser", load=addressed_browser)
def delete_browser(request: Request) -> Done:
    """Delete a browser; features keep their copy of its description."""
    browser_service.delete_browser(request.scope, request.resource)
    return Done()


@actions.get(permission=AUTHENTICATED, query=schemas.ActionsQuery, answer=list[schemas.ActionOut])
def list_actions(request: Request) -> Page:
    """List the step sentences that the server knows."""
    query: schemas.ActionsQuery = request.query_model
    found = [
        action
        for action in all_actions(request.scope.runtime)
        if query.department in {None, action.department} and query.app in {None, action.application}
    ]
    start = (query.number - 1) * query.rows
    return Page(found[start : start + query.rows], len(found))


parsing = Service("parse_actions", "/parseActions/", description="Read the step libraries again.", tag=TAG)


@parsing.get(permission="manage_configurations", effect=True, answer=schemas.ParsedOut)
@parsing.post(permission="manage_configurations", answer=schemas.ParsedOut)
def parse_actions(request: Request) -> schemas.ParsedOut:
    """Read the step libraries again; when one of them cannot be read, all sentences stay as they were.

    Runners know the new sentences once their worker is started again.
    """
    found = read_libraries_again(request.scope)
    return schemas.ParsedOut(count=len(found), actions=[definition.pattern for definition in found])


parsing_browsers = Service("parse_browsers", "/parseBrowsers/", description="Look for browsers again.", tag=TAG)


@parsing_browsers.get(permission="edit_browser", effect=True, answer=schemas.BrowsersParsedOut)
@parsing_browsers.post(permission="edit_browser", answer=schemas.BrowsersParsedOut)
def parse_browsers(request: Request) -> schemas.BrowsersParsedOut:
    """Look for the browsers of this machine and of the Grids; those of a place that does not answer stay as they are.

    Other machines look for theirs when their workers start, and once a day.
    """
    search = search_browsers(request.scope.runtime)
    store_browsers(request.scope, search.sources)
    count = sum(len(source.found) for source in search.sources)
    return schemas.BrowsersParsedOut(count=count, failures=search.failures)
