"""Transactions, attempts and the database of the whole application.  Contract: rest-api A1.6, R-019, R-022."""

import json
import sqlite3
from contextlib import closing
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from pyramid_retry import mark_error_retryable
from small_installation import initialise, make_caller, runtime_in
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from webtest import TestApp

from cometa_core.app import build_app
from cometa_core.errors import Conflict
from cometa_core.plugin.discovery import ENTRY_POINT_GROUP, Candidate, Loaded
from cometa_core.plugin.info import PluginInfo
from cometa_core.plugin.markers import hookimpl
from cometa_core.plugin.registry import Plugins
from cometa_core.runtime import Runtime
from cometa_core.security.permission import PUBLIC
from cometa_core.web.dialect import Created, Page
from cometa_core.web.paging import Paging
from cometa_core.web.service import Service
from cometa_core.web.validation import Body

PLUGINS = ("accounts", "catalog")


class Note(Body):
    """A line of text."""

    note: str


class Trouble:
    """A plugin whose routes go wrong as told.

    Attributes:
        failures: what the next calls of a view raise after their work.
        attempts: calls of a view.
        orphan: whether to store a row that only the commit finds wrong.
    """

    def __init__(self):
        self.failures = []
        self.attempts = 0
        self.orphan = False

    @hookimpl
    def cometa_includeme(self, config):
        notes = Service("notes", "/notes/")
        notes.post(permission=PUBLIC, body=Note)(self.store)
        notes.get(permission=PUBLIC, query=Paging)(self.read)
        config.add_cornice_service(notes)

    def store(self, request):
        request.db.execute(text("INSERT INTO note VALUES (:note)"), {"note": request.body_model.note})
        if self.orphan:
            request.db.execute(text("INSERT INTO child VALUES ('nobody')"))
        self._attempt()
        return Created({"id": request.request_id, "base": request.caller_base})

    def read(self, request):
        self._attempt()
        return Page(list(request.db.scalars(text("SELECT note FROM note"))), 9)

    def _attempt(self):
        self.attempts += 1
        if self.failures:
            raise self.failures.pop(0)


def locked():
    """The error of a database that another one is writing to."""
    error = OperationalError("insert", {}, Exception("database is locked"))
    mark_error_retryable(error)
    return error


@pytest.fixture
def trouble():
    return Trouble()


@pytest.fixture
def runtime(tmp_path, trouble):
    """A real runtime with the plugin beside the real ones."""
    usual = runtime_in(tmp_path, PLUGINS)
    candidate = Candidate("trouble", EntryPoint("trouble", __name__, ENTRY_POINT_GROUP))
    added = Loaded(candidate, trouble, PluginInfo("trouble", "Goes wrong as told"))
    runtime = Runtime(usual.settings, Plugins(usual.plugins.installed, [*usual.plugins.active, added]))
    initialise(runtime)
    with runtime.engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (note TEXT UNIQUE)"))
        # A deferred constraint is checked by the commit, long after the view has answered.
        deferred = "note TEXT REFERENCES note (note) DEFERRABLE INITIALLY DEFERRED"
        connection.execute(text(f"CREATE TABLE child ({deferred})"))
    yield runtime
    runtime.close()


@pytest.fixture
def app(runtime):
    return TestApp(build_app(runtime))


def notes_in(runtime):
    """Read what is committed, over a connection that no request has used."""
    with closing(sqlite3.connect(runtime.engine.url.database)) as connection:
        return [note for (note,) in connection.execute("SELECT note FROM note")]


def test_an_answered_write_is_stored(app, runtime):
    app.post_json("/backend/notes", {"note": "a"}, status=201)
    assert notes_in(runtime) == ["a"]


@pytest.mark.parametrize(("failure", "status"), [(Conflict("No."), 409), (ValueError("x"), 500)])
def test_a_refused_write_stores_nothing(trouble, app, runtime, failure, status):
    """R-022."""
    trouble.failures = [failure]
    app.post_json("/notes", {"note": "a"}, status=status)
    assert (notes_in(runtime), trouble.attempts) == ([], 1)


def test_another_attempt_sees_the_same_call(trouble, app, runtime):
    """The body is read again, path and id stay those of the caller, and only one note is stored."""
    trouble.failures = [locked(), locked()]
    answer = app.post_json("/backend/notes", {"note": "a"}, status=201)
    assert (trouble.attempts, notes_in(runtime)) == (3, ["a"])
    assert answer.json == {"id": answer.headers["X-Request-Id"], "base": "/backend"}


def test_links_keep_the_prefix_after_another_attempt(trouble, app):
    """R-016."""
    trouble.failures = [locked()]
    answer = app.get("/backend/notes?size=1")
    assert (trouble.attempts, answer.headers["Link"]) == (2, '</backend/notes?page=2&size=1>; rel="next"')


def test_a_database_that_stays_locked_is_503_and_reported_once(trouble, app, runtime, caplog):
    """R-062."""
    trouble.failures = [locked() for _ in range(9)]
    answer = app.post_json("/notes", {"note": "a"}, status=503)
    assert (answer.json["code"], trouble.attempts, notes_in(runtime)) == ("database_unavailable", 5, [])
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1
    assert answer.json["request_id"] in errors[0].getMessage()


def test_what_only_the_commit_notices_is_answered_like_everything_else(trouble, app, runtime):
    """R-012, R-022."""
    trouble.orphan = True
    answer = app.post_json("/backend/notes", {"note": "a"}, status=409)
    assert (answer.json["code"], answer.json["request_id"]) == ("duplicate_row", answer.headers["X-Request-Id"])
    assert (answer.headers["X-Frame-Options"], notes_in(runtime)) == ("DENY", [])


def take_database_away(runtime):
    """Put a folder in the place of the file, so that no new connection can be made."""
    runtime.engine.dispose()
    file = Path(runtime.engine.url.database)
    for remains in file.parent.glob(f"{file.name}*"):
        remains.unlink()
    file.mkdir()


def test_a_database_that_is_away_is_503(tmp_path):
    """R-062, R-189: signing in needs it, liveness does not."""
    runtime = runtime_in(tmp_path, PLUGINS)
    initialise(runtime)
    app = TestApp(build_app(runtime))
    caller = make_caller(runtime, app, "ada@example.org")
    take_database_away(runtime)
    answer = caller.get("/backend/api/departments", status=503)
    assert (answer.json["code"], answer.content_type) == ("database_unavailable", "application/json")
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert json.loads(app.get("/ready", status=503).body)["checks"]["database"] == "failed"
    assert app.get("/health", status=200).json == {"status": "healthy"}
    runtime.close()
