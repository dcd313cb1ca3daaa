"""Installations with variables, on SQLite and, where a test asks for it, on PostgreSQL."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from small_installation import initialise, make_caller, runtime_in
from webtest import TestApp

from cometa_accounts.api import Department
from cometa_accounts.services.departments import insert_department
from cometa_catalog.api import Environment
from cometa_catalog.services.named import create_named
from cometa_core.app import build_app
from cometa_core.runtime import Runtime
from cometa_core.testing.installation import Client

PLUGINS = ("accounts", "catalog", "features", "websteps", "executions", "variables")
PASSPHRASE = {"cometa.encryption_legacy_passphrase": "test-pass"}


def fill(runtime):
    """Migrate and seed; a second environment is called QA, a second department Other."""
    initialise(runtime)
    with runtime.unit_of_work() as scope:
        create_named(scope, Environment, "QA")
        insert_department(scope, "Other")


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A migrated and filled data folder that tests copy."""
    folder = tmp_path_factory.mktemp("variables-template")
    runtime = runtime_in(folder, PLUGINS)
    fill(runtime)
    runtime.close()
    return folder


@pytest.fixture
def runtime(request, template, tmp_path) -> Iterator[Runtime]:
    """An installation of its own on SQLite; with the indirect parameter ``postgresql`` on PostgreSQL."""
    if getattr(request, "param", "sqlite") == "postgresql":
        url = request.getfixturevalue("postgres_server").create_database()
        runtime = runtime_in(tmp_path / "data", PLUGINS, **{"sqlalchemy.url": url}, **PASSPHRASE)
        fill(runtime)
    else:
        shutil.copytree(template, tmp_path / "data")
        runtime = runtime_in(tmp_path / "data", PLUGINS, **PASSPHRASE)
    yield runtime
    runtime.close()


@pytest.fixture
def app(runtime) -> TestApp:
    return TestApp(build_app(runtime))


class VariableCaller(Client):
    """A caller that sets variables."""

    def set(self, *entries, status=201, environment="QA", **fields):
        """Set variables: ``set({"variable_name": "shop", "variable_value": "1"})``."""
        body = {"environment_name": environment, "variables": list(entries), **fields}
        return self.post("/api/variables/", body, status=status).json

    def values(self, path="/api/variables/QA/"):
        """Return the values of a list by name."""
        return {row["variable_name"]: row["variable_value"] for row in self.get(path).json}

    def feature(self, *sentences, name="Buy", department_id=1):
        """Create a feature and return its key."""
        steps = [{"step_content": sentence} for sentence in sentences]
        body = {"feature_name": name, "app_id": 1, "environment_id": 2, "department_id": department_id,
                "steps_content": steps}  # fmt: skip
        return self.post("/api/features/", body, status=201).json["feature_id"]


@pytest.fixture
def caller(runtime, app) -> Callable[..., VariableCaller]:
    """Make an account with an API key: ``caller("bob@example.org", role="SUPERUSER")``."""

    def make(email="ada@example.org", **account) -> VariableCaller:
        made = make_caller(runtime, app, email, **account)
        return VariableCaller(app, made.key, made.account_id)

    return make


@pytest.fixture
def api(caller) -> VariableCaller:
    """Call as a DEVOPS member of ``Default``."""
    return caller()


@pytest.fixture
def root(caller) -> VariableCaller:
    """Call as SUPERUSER."""
    return caller("root@example.org", role="SUPERUSER")


@pytest.fixture(scope="session")
def entry() -> Callable[..., dict]:
    """Write a variable of a body: ``entry("shop", "1", encrypted=True)``."""
    return lambda name, value=None, **others: {"variable_name": name, "variable_value": value, **others}


@pytest.fixture
def other_department(runtime) -> int:
    """Key of the department ``Other``."""
    with runtime.reading() as session:
        return session.query(Department.id).filter_by(name="Other").scalar()
