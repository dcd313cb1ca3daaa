"""Installations whose runs are moved by hand, on both databases."""

import pytest
from run_bench import Bench, make_template, prepare_postgresql


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
