"""An installation with accounts and catalog for a whole module."""

import pytest
from small_installation import initialise, make_caller, runtime_in
from sqlalchemy import event
from webtest import TestApp

from cometa_accounts.models import Role
from cometa_core.app import build_app

PLUGINS = ("accounts", "catalog", "features", "websteps")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def runtime(request, tmp_path_factory):
    """The same tests on both databases."""
    others = {}
    if request.param == "postgresql":
        others["sqlalchemy.url"] = request.getfixturevalue("postgres_server").create_database()
    runtime = runtime_in(tmp_path_factory.mktemp("accounts"), PLUGINS, **others)
    initialise(runtime)
    yield runtime
    runtime.close()


@pytest.fixture(scope="module")
def app(runtime):
    return TestApp(build_app(runtime))


@pytest.fixture(scope="module")
def caller(runtime, app):
    """Make a caller: ``caller("bob", role="MANAGER", departments=("Other",), scopes=("read",))``."""
    return lambda name, **options: make_caller(runtime, app, f"{name}@example.org", **options)


@pytest.fixture(scope="module")
def with_flags(runtime, caller):
    """Make a caller whose role has exactly these flags: ``with_flags("bob", {"edit_account"})``."""

    def make(name, flags, *, power=50, **options):
        with runtime.unit_of_work() as scope:
            decided = {flag: flag in flags for flag in runtime.permissions.permissions}
            scope.session.add(Role(name=name, power=power, flags=decided))
        return caller(name, role=name, **options)

    return make


@pytest.fixture(scope="module")
def root(caller):
    return caller("root", role="SUPERUSER")


@pytest.fixture
def queries(runtime):
    """Statements that are executed from here on; ``clear()`` begins anew."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(runtime.engine, "before_cursor_execute", note)
    yield seen
    event.remove(runtime.engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def member(caller):
    return caller("member")
