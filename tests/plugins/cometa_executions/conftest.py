"""Installations whose runs are moved by hand, on both databases."""

import pytest
from run_bench import Bench, MovableClock, make_template, prepare_postgresql


@pytest.fixture(scope="session")
def executions_template(tmp_path_factory):
    """A migrated data folder that tests copy."""
    folder = tmp_path_factory.mktemp("executions") / "template"
    make_template(folder)
    return folder


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request, tmp_path_factory):
    """Make a database of its own for each test: None stands for the file in the data folder."""
    if request.param == "sqlite":
        return lambda: None
    server = request.getfixturevalue("postgres_server")
    folder = tmp_path_factory.mktemp("executions-postgresql")
    return lambda: prepare_postgresql(server, folder)


@pytest.fixture
def clock():
    return MovableClock()


@pytest.fixture
def make_bench(database, executions_template, tmp_path, clock):
    """Make an installation with settings of its own, given with ``__`` for each dot."""
    made = []

    def make(**settings):
        keys = {key.replace("__", "."): value for key, value in settings.items()}
        bench = Bench(tmp_path / f"data{len(made)}", executions_template, database(), clock, **keys)
        made.append(bench)
        return bench

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_bench):
    return make_bench()
