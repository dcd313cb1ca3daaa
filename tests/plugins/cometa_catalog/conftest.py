"""An installation with accounts and catalog for a whole module."""

import pytest
from small_installation import initialise, make_caller, runtime_in
from webtest import TestApp

from cometa_core.app import build_app

PLUGINS = ("accounts", "catalog", "features", "websteps")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def runtime(request, tmp_path_factory):
    """The same tests on both databases."""
    others = {}
    if request.param == "postgresql":
        others["sqlalchemy.url"] = request.getfixturevalue("postgres_server").create_database()
    runtime = runtime_in(tmp_path_factory.mktemp("catalog"), PLUGINS, **others)
    initialise(runtime)
    yield runtime
    runtime.close()


@pytest.fixture(scope="module")
def app(runtime):
    return TestApp(build_app(runtime))


@pytest.fixture(scope="module")
def root(runtime, app):
    return make_caller(runtime, app, "root@example.org", role="SUPERUSER")


@pytest.fixture(scope="module")
def member(runtime, app):
    return make_caller(runtime, app, "member@example.org")
