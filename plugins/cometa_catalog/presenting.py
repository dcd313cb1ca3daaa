"""Rows of the catalog as the API shows them and as events carry them.  Contract: rest-api A4.2."""

from cometa_catalog import schemas
from cometa_catalog.models import Application, Browser, Environment


def present_application(row: Application) -> schemas.ApplicationOut:
    """Turn an application into its answer."""
    return schemas.ApplicationOut(app_id=row.id, app_name=row.name, slug=row.slug, created_on=row.created_at)


def present_environment(row: Environment) -> schemas.EnvironmentOut:
    """Turn an environment into its answer."""
    return schemas.EnvironmentOut(environment_id=row.id, environment_name=row.name, created_on=row.created_at)


def present_browser(row: Browser) -> schemas.BrowserOut:
    """Turn a browser into its answer; paths on the server stay hidden."""
    return schemas.BrowserOut(browser_id=row.id, browser_json=row.spec)
