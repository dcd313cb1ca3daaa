"""Installations with schedules whose clock is moved by hand, on both databases."""

import shutil
from datetime import UTC, datetime

import pytest
from run_bench import CHROME, MovableClock, sentences
from small_installation import initialise, make_caller, runtime_in
from sqlalchemy import select
from webtest import TestApp

from cometa_catalog.services.browsers import create_browser
from cometa_core.app import build_app
from cometa_core.runtime import make_runtime
from cometa_schedules.models import Fire, Schedule

PLUGINS = ("accounts", "catalog", "features", "websteps", "executions", "worker", "schedules")


def fill(runtime):
    initialise(runtime)
    with runtime.unit_of_work() as scope:
        create_browser(scope, CHROME)


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A migrated data folder that tests copy."""
    folder = tmp_path_factory.mktemp("schedules-template")
    runtime = runtime_in(folder, PLUGINS)
    fill(runtime)
    runtime.close()
    return folder


class Planner:
    """An installation whose schedules are looked at when a test says so."""

    def __init__(self, runtime, another):
        self.runtime = runtime
        self.clock = runtime.clock
        self.another_runtime = another
        self.app = TestApp(build_app(runtime))

    def caller(self, name="ada", **options):
        return make_caller(self.runtime, self.app, f"{name}@example.org", **options)

    def set_time(self, text):
        self.clock.moment = datetime.fromisoformat(text).replace(tzinfo=UTC)

    def fires(self):
        with self.runtime.reading() as session:
            return session.scalars(select(Fire).order_by(Fire.schedule_id, Fire.planned_at)).all()

    def schedules(self):
        with self.runtime.reading() as session:
            return session.scalars(select(Schedule).order_by(Schedule.id)).all()


@pytest.fixture
def planner(request, template, tmp_path):
    """An installation of its own on SQLite; with the indirect parameter ``postgresql`` on PostgreSQL."""
    settings = {"cometa.browser.local": "false", "cometa.plugins": "\n".join(PLUGINS)}
    settings["cometa.data"] = str(tmp_path / "data")
    on_postgresql = getattr(request, "param", "sqlite") == "postgresql"
    if on_postgresql:
        settings["sqlalchemy.url"] = request.getfixturevalue("postgres_server").create_database()
    else:
        shutil.copytree(template, tmp_path / "data")
    clock = MovableClock()

    def another():
        runtime = make_runtime(settings, environment={}, clock=clock)
        runtime.once("catalog.vocabulary", sentences)
        return runtime

    runtime = another()
    if on_postgresql:
        fill(runtime)
    yield Planner(runtime, another)
    runtime.close()


@pytest.fixture
def api(planner):
    """Call as a member of ``Default``."""
    return planner.caller()


@pytest.fixture
def create():
    """Create a feature that can be executed: ``create(api, schedule="@daily")`` gives its key."""

    def make(api, **fields):
        known = {
            "feature_name": "Nightly", "app_id": 1, "environment_id": 1, "department_id": 1, "browsers": [CHROME],
            "steps_content": [{"step_content": 'Remember "1" as "a"'}],
        }  # fmt: skip
        return api.post("/api/features/", {**known, **fields}, status=201).json["feature_id"]

    return make
