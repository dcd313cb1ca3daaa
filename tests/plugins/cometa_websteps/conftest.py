"""A small web site, one Chromium, and a way to say sentences to it."""

import dataclasses
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from cometa_runner.steps import Match, StepFailure, StepSettings, load_vocabulary
from cometa_runner.steps.plain_context import PlainContext, open_chromium
from cometa_runner.steps.variables import Variables
from cometa_websteps.plugin import cometa_step_libraries


class Site(ThreadingHTTPServer):
    """Serves the pages that tests put into it; ``/hang`` never answers and ``/file`` is a download."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, str] = {}
        self.closing = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/hang":
            self.server.closing.wait(60)
        if path == "/file":
            return self._answer(200, "data" * 100, ("Content-Disposition", "attachment; filename=report.csv"))
        page = self.server.pages.get(path)
        return self._answer(200 if page is not None else 404, page or "nothing here")

    do_POST = do_GET  # noqa: N815 - the server calls it so

    def _answer(self, status: int, text: str, *headers: tuple[str, str]) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in (("Content-Type", "text/html; charset=utf-8"), *headers):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="package")
def site():
    """The web site of the tests."""
    server = Site()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.closing.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="package")
def vocabulary():
    """All sentences of the built-in libraries."""
    return load_vocabulary(cometa_step_libraries())


@pytest.fixture(scope="package")
def opened(tmp_path_factory):
    """A run whose browser is shared by all tests of this folder."""
    run = PlainContext(
        tmp_path_factory.mktemp("run"), open_chromium, StepSettings(settle_seconds=0.3, window=(1300, 900)), timeout=4
    )
    run.open_browser()
    yield run
    run.close_browser()


@pytest.fixture
def run(opened):
    """The shared run with no variables; windows that a test opened are closed after it."""
    opened.variables = Variables(warn=opened.warn)
    opened.timeout = 4
    yield opened
    driver = opened.driver
    main, *others = driver.window_handles
    for handle in others:
        driver.switch_to.window(handle)
        driver.close()
    driver.switch_to.window(main)


@pytest.fixture
def settle(run):
    """Give a function that changes settings of the site for this test."""
    before = run.settings

    def settle(**settings):
        run.settings = dataclasses.replace(run.settings, **settings)

    yield settle
    run.settings = before


@pytest.fixture
def say(run, vocabulary):
    """Give a function that carries out one sentence."""

    def say(sentence: str) -> None:
        match = vocabulary.match(sentence)
        assert isinstance(match, Match), sentence
        run.perform(match.definition, match.values)

    return say


@pytest.fixture
def fails(run, say):
    """Give a function that carries out a sentence that must fail soon, and returns its failure."""

    def fails(sentence: str, timeout: float = 0.3) -> StepFailure:
        run.timeout = timeout
        with pytest.raises(StepFailure) as failure:
            say(sentence)
        run.timeout = 4
        return failure.value

    return fails


@pytest.fixture
def show(site, say):
    """Give a function that opens a page with this body."""

    def show(body: str, path: str = "/page") -> None:
        site.pages[path] = f"<!doctype html><title>Test page</title><body>{body}</body>"
        say(f'StartBrowser and call URL "{site.url}{path}"')

    return show


@pytest.fixture
def js(run):
    """Give a function that evaluates an expression in the page."""
    return lambda expression: run.driver.execute_script(f"return {expression}")
