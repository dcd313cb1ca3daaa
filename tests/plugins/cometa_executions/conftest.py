"""Installations whose runs are moved by hand, on both databases."""

from functools import cache

import pytest
from run_bench import Bench, make_template, prepare_postgresql
from small_installation import make_caller
from webtest import TestApp

from cometa_accounts.models import Role
from cometa_core.app import build_app


@pytest.fixture(scope="session")
def executions_template(tmp_path_factory):
    """A migrated data folder that tests copy."""
    folder = tmp_path_factory.mktemp("executions") / "template"
    make_template(folder)
    return folder


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request, tmp_path_factory):
    """A PostgreSQL database that the tests use one after the other; None stands for the file in the data folder."""
    if request.param == "sqlite":
        return None
    server = request.getfixturevalue("postgres_server")
    return prepare_postgresql(server, tmp_path_factory.mktemp("executions-postgresql"))


@pytest.fixture(scope="session")
def shared_bench(database_url, executions_template, tmp_path_factory):
    """The installation that all tests without settings of their own use one after the other."""
    bench = Bench(tmp_path_factory.mktemp("executions-bench") / "data", executions_template, database_url)
    yield bench
    bench.close()


@pytest.fixture
def bench(shared_bench):
    """An installation like a new one."""
    shared_bench.clock.reset()
    yield shared_bench
    shared_bench.clean()
    shared_bench.runtime.tasks.hueys["runs"].flush()


@pytest.fixture
def clock(shared_bench):
    """The clock of ``bench``."""
    return shared_bench.clock


@pytest.fixture
def make_bench(database_url, executions_template, tmp_path):
    """Make the installation of the test, with settings given with ``__`` for each dot."""
    made = []

    def make(**settings):
        keys = {key.replace("__", "."): value for key, value in settings.items()}
        made.append(Bench(tmp_path / "data", executions_template, database_url, **keys))
        return made[0]

    yield make
    for bench in made:
        bench.clean()
        bench.close()


@pytest.fixture(scope="session")
def app(shared_bench):
    """The web application over ``bench``, called without a server."""
    return TestApp(build_app(shared_bench.runtime))


@pytest.fixture(scope="session")
def caller(shared_bench, app):
    """Make a caller with an account of its own: ``caller("bob", departments=("Other",), scopes=("read",))``."""

    @cache
    def make(name="ada", **options):
        return make_caller(shared_bench.runtime, app, f"{name}@example.org", **options)

    return make


@pytest.fixture(scope="session")
def caller_without(shared_bench, caller):
    """Make a caller whose role has every flag but one."""

    @cache
    def make(flag):
        with shared_bench.runtime.unit_of_work() as scope:
            flags = {name: name != flag for name in shared_bench.runtime.permissions.permissions}
            scope.session.add(Role(name=f"without {flag}", power=50, flags=flags))
        return caller(f"without-{flag}", role=f"without {flag}")

    return make


@pytest.fixture
def api(bench, caller):
    """Call as the member of ``Default`` who orders the runs of ``bench``."""
    return caller()


@pytest.fixture
def root(bench, caller):
    """Call as a SUPERUSER."""
    return caller("root", role="SUPERUSER")


@pytest.fixture
def stranger(bench, caller):
    """Call as a member of another department alone, with every flag."""
    return caller("eve", role="MANAGER", departments=("Elsewhere",))
