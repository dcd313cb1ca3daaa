"""Live servers in the test process, on both databases and with every bell."""

from functools import cache

import pytest
from live_clients import Reader, ServerThread
from run_bench import PLUGINS, Bench, make_template, prepare_postgresql
from small_installation import make_caller
from webtest import TestApp

from cometa_core.app import build_app
from cometa_core.events import announce

WITH_LIVE = "\n".join([*PLUGINS, "live"])


@pytest.fixture(scope="session")
def live_template(tmp_path_factory):
    """A migrated data folder that tests copy."""
    folder = tmp_path_factory.mktemp("live") / "template"
    make_template(folder)
    return folder


@pytest.fixture(scope="session", params=["doorbell", "notify", "redis"])
def shared_bench(request, live_template, tmp_path_factory):
    """An installation on SQLite, on PostgreSQL, and on SQLite with the queue in Redis: each has a bell of its own."""
    settings = {
        "cometa.plugins": WITH_LIVE,
        "cometa.live.connections": "300",
        "cometa.live.origins": "https://own.test",
    }
    url = None
    if request.param == "notify":
        server = request.getfixturevalue("postgres_server")
        url = prepare_postgresql(server, tmp_path_factory.mktemp("live-postgresql"))
    elif request.param == "redis":
        server = request.getfixturevalue("redis_server")
        server.flush()
        settings["huey.url"] = server.url()
    bench = Bench(tmp_path_factory.mktemp("live-bench") / "data", live_template, url, **settings)
    yield bench
    bench.close()


@pytest.fixture(scope="session")
def shared_server(shared_bench):
    """The live server of an installation, with a runtime of its own as another process has it."""
    with ServerThread(shared_bench.another_runtime(shared_bench.clock)) as server:
        yield server


@pytest.fixture
def bench(shared_bench):
    """An installation like a new one."""
    shared_bench.clock.reset()
    yield shared_bench
    shared_bench.clean()
    shared_bench.runtime.tasks.hueys["runs"].flush()


@pytest.fixture(scope="session")
def app(shared_bench):
    """The web application, called without a server."""
    return TestApp(build_app(shared_bench.runtime))


@pytest.fixture(scope="session")
def caller(shared_bench, app):
    """Make a caller with an account of its own."""

    @cache
    def make(name="ada", **options):
        return make_caller(shared_bench.runtime, app, f"{name}@example.org", **options)

    return make


@pytest.fixture
def api(bench, caller):
    """Call as a member of ``Default``."""
    return caller()


@pytest.fixture
def connect(bench, shared_server):
    """Open a websocket: ``connect(api)`` as a caller, ``connect()`` as nobody; closed at the end."""
    opened = []

    def open_one(client=None, **options):
        opened.append(Reader(shared_server.url, key=client.key if client else None, **options))
        return opened[-1]

    yield open_one
    for reader in opened:
        reader.close()


@pytest.fixture
def tell(bench):
    """Announce something: ``tell("a.changed", department_id=1, audience=Audience(...))``."""

    def say(kind, **options):
        with bench.runtime.unit_of_work() as scope:
            announce(scope, kind, {"kind": kind}, **options)

    return say
