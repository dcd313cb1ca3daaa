"""Runs of our own whose pictures are compared: a real worker's attempt, a real runner, a real browser, real routes."""

import functools
import http.server
import os
import threading

from run_bench import Bench
from small_installation import initialise, make_caller, runtime_in
from sqlalchemy import select
from webtest import TestApp

from cometa_core.app import build_app
from cometa_core.clock import SystemClock
from cometa_executions.api import Artifact
from cometa_worker.attempt import Attempt
from cometa_worker.launch import ZygoteLauncher

PLUGINS = ("accounts", "catalog", "features", "websteps", "executions", "worker", "screenshots")
BROWSER = {
    "cometa.browser.local": "true",
    "cometa.browser.chromium": "/usr/bin/chromium",
    "cometa.browser.chromedriver": "/usr/bin/chromedriver",
}
HEAD = "<!doctype html><title>Shop</title><style>body {margin: 0} div {position: absolute; background: navy}</style>"


class Site(http.server.ThreadingHTTPServer):
    """Serves the body that the test put into it last."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.body = ""
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        content = (HEAD + self.server.body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments):
        """Stay silent."""


def boxes(*places, height=0):
    """A page with dark boxes: left, top, width and height in pixels each; as tall as wanted."""
    shown = "".join(
        f'<div id="b{number}" style="left:{x}px;top:{y}px;width:{w}px;height:{h}px"></div>'
        for number, (x, y, w, h) in enumerate(places)
    )
    return f'<p style="height:{height}px"></p>{shown}'


class ComparedRuns:
    """An installation that executes features in its own process; everything else is as in a worker."""

    def __init__(self, folder, template, launcher, site, **settings):
        keys = {"cometa.plugins": "\n".join(PLUGINS), **BROWSER, **settings}
        self.bench = Bench(folder, template, clock=SystemClock(), **keys)
        self.runtime = self.bench.runtime
        self.site = site
        self._launcher = launcher

    @functools.cached_property
    def manager(self):
        """Calls the API as somebody who may decide about pictures."""
        return make_caller(self.runtime, TestApp(build_app(self.runtime)), "boss@example.org", role="MANAGER")

    def feature(self, *steps, **fields):
        """Store a feature that opens the page of the site first; flags without a sentence are those of that step."""
        opening = {"step_content": f'StartBrowser and call URL "{self.site.url}/"'}
        if isinstance(steps[0], dict) and "step_content" not in steps[0]:
            opening, steps = {**opening, **steps[0]}, steps[1:]
        return self.bench.feature(opening, *steps, **{"browsers": [{"browser": "chrome"}], **fields})

    def insert(self, feature_id, place, sentence):
        """Insert a step into a stored feature as editors do."""
        rows = self.manager.get(f"/steps/{feature_id}/").json
        rows.insert(place, {"step_content": sentence})
        self.manager.patch(f"/api/features/{feature_id}/", {"steps_content": rows})

    def execute(self, feature_id, body=None):
        """Show a body, execute the feature and return its result with the step rows."""
        if body is not None:
            self.site.body = body
        accepted = self.bench.accept(feature_id)
        claim = self.bench.claim()
        Attempt(self.runtime, self._launcher, claim, threading.Event()).execute()
        return Executed(self, accepted, claim.lease.result_id)

    def close(self):
        self.bench.close()


class Executed:
    """What an execution left."""

    def __init__(self, runs, accepted, result_id):
        self._runs = runs
        self.accepted = accepted
        self.id = result_id

    @property
    def result(self):
        return self._runs.bench.result(self.id)

    @property
    def steps(self):
        return self._runs.bench.steps(self.id)

    @property
    def verdicts(self):
        """Verdicts of the rows that have one."""
        return [step.verdict for step in self.steps if step.verdict]

    def step(self, verdict_at=0):
        """The nth row with a verdict."""
        return [step for step in self.steps if step.verdict][verdict_at]

    @property
    def artifacts(self):
        with self._runs.runtime.reading() as session:
            return session.scalars(select(Artifact).where(Artifact.result_id == self.id)).all()

    def events(self, kind):
        return [event.data for event in self._runs.bench.events(self.result.run_id, kind)]


def make_template(folder):
    """Prepare a migrated data folder that knows the browser of this machine, to be copied."""
    runtime = runtime_in(folder, PLUGINS, **BROWSER)
    initialise(runtime)
    runtime.close()


def make_launcher():
    return ZygoteLauncher(
        ["cometa_runner.steps", "cometa_websteps.browser", "cometa_websteps.visual"],
        {"PYTHONPATH": os.environ.get("PYTHONPATH", "")},
    )


def serve(site):
    threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
