"""Installations with accounts, catalog and features, and short ways to write bodies."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import event
from webtest import TestApp, TestResponse

from cometa_accounts.api import ensure_account, identity_of
from cometa_accounts.services.keys import make_key
from cometa_core.app import build_app
from cometa_core.cli.database import seed
from cometa_core.contracts.identity import Identity
from cometa_core.db.migrations import upgrade
from cometa_core.runtime import Runtime, make_runtime
from cometa_core.scope import Scope
from cometa_features.schemas import FeatureCreate, FeatureUpdate

PLUGINS = "accounts\ncatalog\nfeatures\nwebsteps"


def runtime_in(folder, **others) -> Runtime:
    settings = {"cometa.data": str(folder), "cometa.plugins": PLUGINS, "cometa.browser.local": "false"}
    return make_runtime({**settings, **others}, environment={})


def initialise(runtime) -> None:
    list(upgrade(runtime.engine, runtime.histories))
    seed(runtime, {"accounts", "catalog"})


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A migrated and seeded data folder that tests copy."""
    folder = tmp_path_factory.mktemp("features-template")
    runtime = runtime_in(folder)
    initialise(runtime)
    runtime.close()
    return folder


@pytest.fixture
def runtime(request, template, tmp_path) -> Iterator[Runtime]:
    """An installation of its own on SQLite; with the indirect parameter ``postgresql`` on PostgreSQL."""
    if getattr(request, "param", "sqlite") == "postgresql":
        url = request.getfixturevalue("postgres_server").create_database()
        runtime = runtime_in(tmp_path / "data", **{"sqlalchemy.url": url})
        initialise(runtime)
    else:
        shutil.copytree(template, tmp_path / "data")
        runtime = runtime_in(tmp_path / "data")
    yield runtime
    runtime.close()


class Caller:
    """A webtest application that sends the API key of one account."""

    def __init__(self, app: TestApp, key: str, account_id: int) -> None:
        self._app = app
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
        return self.call("GET", path, **options)

    def post(self, path, body, **options) -> TestResponse:
        return self.call("POST", path, body, **options)

    def patch(self, path, body, **options) -> TestResponse:
        return self.call("PATCH", path, body, **options)

    def create(self, **fields):
        """Create a feature from the fewest fields and return it."""
        known = {"feature_name": "Buy", "app_id": 1, "environment_id": 1, "department_id": 1}
        return self.post("/api/features/", {**known, **fields}, status=201).json


@pytest.fixture
def app(runtime) -> TestApp:
    return TestApp(build_app(runtime))


@pytest.fixture
def caller(runtime, app) -> Callable[..., Caller]:
    """Make an account with an API key: ``caller("bob@example.org", role="SUPERUSER")``."""

    def make(email="ada@example.org", *, role="DEVOPS", departments=("Default",), scopes=("read", "write")) -> Caller:
        with runtime.unit_of_work() as scope:
            account = ensure_account(scope, email, role=role, departments=departments)
            scope.session.flush()
            return Caller(app, make_key(scope, account, "tests", scopes).text, account.id)

    return make


@pytest.fixture
def api(caller) -> Caller:
    """Call as a member of ``Default``."""
    return caller()


@pytest.fixture
def identity(runtime) -> Callable[..., Identity]:
    """Make an account: ``identity("ada@example.org", departments=("Other",))``."""

    def make(email="ada@example.org", *, role="DEVOPS", departments=("Default",)) -> Identity:
        with runtime.unit_of_work() as scope:
            account = ensure_account(scope, email, role=role, departments=departments)
            scope.session.flush()
            return identity_of(scope.session, runtime.permissions, account.id)

    return make


@pytest.fixture
def work(runtime, identity) -> Callable[..., AbstractContextManager[Scope]]:
    """Open a unit of work of a member of ``Default``, or of another identity."""
    member = identity()

    def begin(actor: Identity | None = None) -> AbstractContextManager[Scope]:
        return runtime.unit_of_work(actor or member)

    return begin


def rows(*sentences):
    return [{"step_content": each} if isinstance(each, str) else each for each in sentences]


@pytest.fixture(scope="session")
def new_feature() -> Callable[..., FeatureCreate]:
    """Write the body of a new feature: ``new_feature("Buy", 'Goto URL "/"', video=False)``."""

    def make(name="Buy", *sentences, **fields) -> FeatureCreate:
        known = {"feature_name": name, "app_id": 1, "environment_id": 1, "department_id": 1}
        return FeatureCreate.model_validate({**known, "steps_content": rows(*sentences), **fields})

    return make


@pytest.fixture(scope="session")
def changed_steps() -> Callable[..., FeatureUpdate]:
    """Write the body of a change of the step list."""
    return lambda *sentences: FeatureUpdate.model_validate({"steps_content": rows(*sentences)})


@pytest.fixture
def queries(runtime) -> Iterator[list[str]]:
    """Statements that are executed from here on; ``clear()`` begins anew."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(runtime.engine, "before_cursor_execute", note)
    yield seen
    event.remove(runtime.engine, "before_cursor_execute", note)
