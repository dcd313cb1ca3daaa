"""An installation with the plugin in it, made and asked the way an operator would: an ini file and `cometa`."""

import io
import json
from contextlib import redirect_stdout

import pytest
from cometa_core.app import build_app
from cometa_core.cli.main import run
from cometa_core.runtime import Role, open_runtime
from webtest import TestApp

pytest_plugins = ["cometa_core.testing.plugin"]

INI = """
[app:main]
use = egg:cometa-core
cometa.data = {data}
cometa.plugins = accounts catalog features websteps executions scoreboard
cometa.browser.local = false
{extra}
"""


class Installation:
    """An installation in a folder of its own."""

    def __init__(self, folder, extra=""):
        self.ini = folder / "test.ini"
        self.ini.write_text(INI.format(data=folder / "data", extra=extra))
        self.command("init")
        self.runtime = open_runtime(self.ini)

    def command(self, *arguments):
        """Run `cometa` and return what it answers."""
        output = io.StringIO()
        with redirect_stdout(output):
            status = run(["-c", str(self.ini), *arguments, "--json"])
        assert status == 0, output.getvalue()
        return json.loads(output.getvalue())

    def headers(self, role, department="Default"):
        """Make an account with a key and return what it sends."""
        email = f"{role}@{department}.example".lower()
        made = self.command("api-key", "create", "--email", email, "--role", role, "--department", department)
        return {"Authorization": f"Bearer {made['key']}"}


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """An installation on SQLite whose background work has begun."""
    made = Installation(tmp_path_factory.mktemp("scoreboard"))
    made.runtime.start(Role.WEB)
    yield made
    made.runtime.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def any_database(request, tmp_path_factory):
    """The same on each database that Cometa Core works with."""
    extra = ""
    if request.param == "postgresql":
        extra = f"sqlalchemy.url = {request.getfixturevalue('postgres_server').create_database()}"
    made = Installation(tmp_path_factory.mktemp(request.param), extra)
    made.runtime.start(Role.WEB)
    yield made
    made.runtime.close()


@pytest.fixture(scope="module")
def app(installation):
    """The web application, called without a server."""
    return TestApp(build_app(installation.runtime))
