"""Installations inside the test process: a real runtime over a real database, called through WSGI."""

import json

from webtest import TestApp, TestResponse

from cometa_accounts.api import ensure_account
from cometa_accounts.services.keys import make_key
from cometa_core.cli.database import seed
from cometa_core.db.migrations import upgrade
from cometa_core.runtime import Runtime, make_runtime


def runtime_in(folder, plugins, **others) -> Runtime:
    """Make a runtime whose data is in a folder; nothing of the machine's browsers is looked for."""
    settings = {"cometa.data": str(folder), "cometa.plugins": "\n".join(plugins), "cometa.browser.local": "false"}
    return make_runtime({**settings, **others}, environment={})


def initialise(runtime) -> None:
    """Migrate and seed, as ``cometa init`` does."""
    list(upgrade(runtime.engine, runtime.histories))
    seed(runtime, {plugin.name for plugin in runtime.plugins.active})


class Caller:
    """A webtest application that sends the API key of one account."""

    def __init__(self, app: TestApp, key: str, account_id: int) -> None:
        self._app = app
        self.key = key
        self._headers = {"Authorization": f"Bearer {key}"}
        self.account_id = account_id

    def call(self, method, path, body=None, *, status=200, **headers) -> TestResponse:
        """Send a request; ``If_Match="..."`` sets the header ``If-Match``."""
        sent = {**self._headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body is None:
            return self._app.request(path, method=method, headers=sent, status=status)
        sent["Content-Type"] = "application/json"
        return self._app.request(path, method=method, headers=sent, body=json.dumps(body).encode(), status=status)

    def get(self, path, **options) -> TestResponse:
        """Read something."""
        return self.call("GET", path, **options)

    def post(self, path, body, **options) -> TestResponse:
        """Send a body."""
        return self.call("POST", path, body, **options)

    def patch(self, path, body, **options) -> TestResponse:
        """Change something."""
        return self.call("PATCH", path, body, **options)

    def delete(self, path, **options) -> TestResponse:
        """Delete something."""
        return self.call("DELETE", path, **options)


def make_caller(
    runtime, app, email, *, role="DEVOPS", departments=("Default",), scopes=("read", "run", "write", "admin")
) -> Caller:
    """Make an account with an API key."""
    with runtime.unit_of_work() as scope:
        account = ensure_account(scope, email, role=role, departments=departments)
        scope.session.flush()
        return Caller(app, make_key(scope, account, "tests", scopes).text, account.id)
