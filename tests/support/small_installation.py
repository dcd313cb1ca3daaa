"""Installations inside the test process: a real runtime over a real database, called through WSGI."""

from cometa_accounts.api import ensure_account
from cometa_accounts.services.keys import make_key
from cometa_core.cli.database import seed
from cometa_core.db.migrations import upgrade
from cometa_core.runtime import Runtime, make_runtime
from cometa_core.testing.installation import Client, Installation


def runtime_in(folder, plugins, **others) -> Runtime:
    """Make a runtime whose data is in a folder; nothing of the machine's browsers is looked for."""
    settings = {"cometa.data": str(folder), "cometa.plugins": "\n".join(plugins), "cometa.browser.local": "false"}
    return make_runtime({**settings, **others}, environment={})


def initialise(runtime) -> None:
    """Migrate and seed, as ``cometa init`` does."""
    list(upgrade(runtime.engine, runtime.histories))
    seed(runtime, {plugin.name for plugin in runtime.plugins.active})


def make_caller(
    runtime, app, email, *, role="DEVOPS", departments=("Default",), scopes=("read", "run", "write", "admin")
) -> Client:
    """Make an account with an API key."""
    with runtime.unit_of_work() as scope:
        account = ensure_account(scope, email, role=role, departments=departments)
        scope.session.flush()
        return Client(app, make_key(scope, account, "tests", scopes).text, account.id)


def installation_on(request, folder, plugins) -> Installation:
    """Make an installation on the database that a fixture's parameter names: ``sqlite`` or ``postgresql``."""
    settings = {"cometa.browser.local": "false"}
    if request.param == "postgresql":
        settings["sqlalchemy.url"] = request.getfixturevalue("postgres_server").create_database()
    return Installation(folder, plugins, settings)
