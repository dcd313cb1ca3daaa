"""A server that stands in for BrowserStack and records what it is asked.

There is no account to test with: what is checked here is what we send and how we take what comes back.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from small_installation import initialise, make_caller, runtime_in
from webtest import TestApp

from cometa_core.app import build_app

PLUGINS = ("accounts", "catalog", "browserstack")
KNOWN = [
    {"os": "Windows", "os_version": "11", "browser": "edge", "browser_version": "120.0", "device": None,
     "real_mobile": None, "status": "new"},
    {"os": "ios", "os_version": "17", "browser": "iphone", "browser_version": None, "device": "iPhone 15",
     "real_mobile": True},
]  # fmt: skip


class Provider:
    """What the stand-in answers with and what it was asked."""

    def __init__(self):
        self.status = 200
        self.body = json.dumps(KNOWN)
        self.asked = []
        self.url = ""


@pytest.fixture
def provider():
    state = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            state.asked.append((self.path, self.headers["Authorization"]))
            body = state.body.encode()
            self.send_response(state.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            """Keep the output of the tests clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/automate/browsers.json"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The data of an installation that is migrated once."""
    made = tmp_path_factory.mktemp("browserstack")
    runtime = runtime_in(made, PLUGINS)
    initialise(runtime)
    runtime.close()
    return made


@pytest.fixture
def caller_with(folder):
    """Call an application with some settings: ``caller_with(username="ada")``; returns caller and runtime."""
    opened = []

    def make(**settings):
        runtime = runtime_in(
            folder, PLUGINS, **{f"cometa.browserstack.{name}": value for name, value in settings.items()}
        )
        opened.append(runtime)
        email = f"ada{len(opened)}@example.org"
        return make_caller(runtime, TestApp(build_app(runtime)), email), runtime

    yield make
    for runtime in opened:
        runtime.close()
