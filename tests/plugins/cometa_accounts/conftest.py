"""An installation with accounts and catalog for a whole module."""

import threading

import pytest
from small_installation import installation_on
from sqlalchemy import event

from cometa_accounts.models import Role

PLUGINS = ("accounts", "catalog", "features", "websteps")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def installation(request, tmp_path_factory):
    """The same tests on both databases."""
    made = installation_on(request, tmp_path_factory.mktemp("accounts"), PLUGINS)
    yield made
    made.close()


@pytest.fixture(scope="module")
def runtime(installation):
    return installation.runtime


@pytest.fixture(scope="module")
def app(installation):
    return installation.app


@pytest.fixture(scope="module")
def caller(installation):
    """Make a caller: ``caller("bob", role="MANAGER", departments=("Other",), scopes=("read",))``."""
    return lambda name, role="DEVOPS", **options: installation.client(role, email=f"{name}@example.org", **options)


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
    """Statements that this thread executes from here on; ``clear()`` begins anew."""
    seen = []

    thread = threading.get_ident()

    def note(_connection, _cursor, statement, *_rest):
        # The bell of events has a thread of its own.
        if threading.get_ident() == thread:
            seen.append(statement)

    event.listen(runtime.engine, "before_cursor_execute", note)
    yield seen
    event.remove(runtime.engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def member(caller):
    return caller("member")
