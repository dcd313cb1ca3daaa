"""Installations with accounts, catalog and features, and short ways to write bodies."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from small_installation import initialise, make_caller, runtime_in
from sqlalchemy import event
from webtest import TestApp

from cometa_accounts.api import ensure_account, identity_of
from cometa_core.app import build_app
from cometa_core.contracts.identity import Identity
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_core.testing.installation import Client
from cometa_features.schemas import FeatureCreate, FeatureUpdate

PLUGINS = ("accounts", "catalog", "features", "websteps")


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A migrated and seeded data folder that tests copy."""
    folder = tmp_path_factory.mktemp("features-template")
    runtime = runtime_in(folder, PLUGINS)
    initialise(runtime)
    runtime.close()
    return folder


@pytest.fixture
def runtime(request, template, tmp_path) -> Iterator[Runtime]:
    """An installation of its own on SQLite; with the indirect parameter ``postgresql`` on PostgreSQL."""
    if getattr(request, "param", "sqlite") == "postgresql":
        url = request.getfixturevalue("postgres_server").create_database()
        runtime = runtime_in(tmp_path / "data", PLUGINS, **{"sqlalchemy.url": url})
        initialise(runtime)
    else:
        shutil.copytree(template, tmp_path / "data")
        runtime = runtime_in(tmp_path / "data", PLUGINS)
    yield runtime
    runtime.close()


class FeatureCaller(Client):
    """A caller that creates features."""

    def create(self, **fields):
        """Create a feature from the fewest fields and return it."""
        known = {"feature_name": "Buy", "app_id": 1, "environment_id": 1, "department_id": 1}
        return self.post("/api/features/", {**known, **fields}, status=201).json


@pytest.fixture
def app(runtime) -> TestApp:
    return TestApp(build_app(runtime))


@pytest.fixture
def caller(runtime, app) -> Callable[..., FeatureCaller]:
    """Make an account with an API key: ``caller("bob@example.org", role="SUPERUSER")``."""

    def make(email="ada@example.org", *, scopes=("read", "write"), **account) -> FeatureCaller:
        made = make_caller(runtime, app, email, scopes=scopes, **account)
        return FeatureCaller(app, made.key, made.account_id)

    return make


@pytest.fixture
def api(caller) -> FeatureCaller:
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
    """Statements that this thread executes from here on; ``clear()`` begins anew."""
    seen: list[str] = []

    thread = threading.get_ident()

    def note(_connection, _cursor, statement, *_rest):
        # The bell of events has a thread of its own.
        if threading.get_ident() == thread:
            seen.append(statement)

    event.listen(runtime.engine, "before_cursor_execute", note)
    yield seen
    event.remove(runtime.engine, "before_cursor_execute", note)
