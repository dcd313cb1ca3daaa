"""Runs without a worker process: accepted, claimed, reported and ended through the services alone."""

import shutil
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from small_installation import initialise, runtime_in
from sqlalchemy import delete, event, func, select, text, update

from cometa_accounts.api import Department, ensure_account, identity_of
from cometa_catalog.api import Cloud
from cometa_catalog.services.browsers import create_browser
from cometa_core.db.tables import Event, EventStream
from cometa_core.events import after, run_stream
from cometa_core.runtime import make_runtime
from cometa_executions.api import (
    Batch,
    Ending,
    Result,
    Run,
    RunOrder,
    State,
    StepReport,
    StepResult,
    WorkerIdentity,
    accept_run,
    begin_running,
    claim_next,
    end_result,
    store_batch,
)
from cometa_features.schemas import FeatureCreate
from cometa_features.services.saving import store_feature
from cometa_runner.steps import load_vocabulary
from cometa_websteps.plugin import cometa_step_libraries

PLUGINS = ("accounts", "catalog", "features", "websteps", "executions", "worker")
CHROME = {"browser": "chrome", "browser_version": "134.0", "cloud": "local"}
FIREFOX = {"browser": "firefox", "browser_version": "135.0", "cloud": "local"}
WORKER = WorkerIdentity("one", "first-life")


class MovableClock:
    """A clock that moves only when it is told to; both of its times can be moved apart."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.moment = datetime(2026, 1, 31, 8, 15, 30, 123456, tzinfo=UTC)
        self.seconds = 1000.0

    def now(self):
        return self.moment

    def monotonic(self):
        return self.seconds

    def pass_by(self, seconds):
        """Let time pass."""
        self.jump(seconds)
        self.seconds += seconds

    def jump(self, seconds):
        """Set the time of day, as an administrator does."""
        self.moment += timedelta(seconds=seconds)


def make_template(folder):
    """Prepare a migrated data folder with two browsers, to be copied."""
    runtime = runtime_in(folder, PLUGINS)
    fill(runtime)
    runtime.close()


def fill(runtime):
    initialise(runtime)
    with runtime.unit_of_work() as scope:
        for spec in (CHROME, FIREFOX):
            create_browser(scope, spec)
        for table in (Event, EventStream):
            scope.session.execute(delete(table))


def prepare_postgresql(server, folder):
    """Prepare the same as a template of a PostgreSQL server and return the URL of a copy."""

    def prepare(url):
        runtime = runtime_in(folder, PLUGINS, **{"sqlalchemy.url": url})
        fill(runtime)
        runtime.close()

    server.add_template("executions", prepare)
    return server.create_database("executions")


LEFT_BY_A_TEST = (
    "DELETE FROM features_feature",
    "DELETE FROM executions_worker",
    "DELETE FROM core_event",
    "DELETE FROM core_event_stream",
    "DELETE FROM catalog_browser WHERE id > 2",
    "UPDATE catalog_cloud SET max_concurrency = 0, active = (name = 'local')",
    "UPDATE accounts_department SET settings = '{}'",
)
"""What makes a database like a fresh copy; accounts and departments may stay."""


class Bench:
    """An installation of its own whose results are moved by hand."""

    def __init__(self, folder, template, url=None, clock=None, **settings):
        shutil.copytree(template, folder)
        self.clock = clock or MovableClock()
        keys = {"cometa.data": str(folder), "cometa.plugins": "\n".join(PLUGINS), "cometa.browser.local": "false"}
        if url is not None:
            keys["sqlalchemy.url"] = url
        self.settings = {**keys, **settings}
        self.runtime = self.another_runtime(self.clock)
        self._features = 0
        self.member = self.identity("ada@example.org")

    def another_runtime(self, clock=None, **settings):
        """Open the same installation as another process does; close it at the end."""
        runtime = make_runtime({**self.settings, **settings}, environment={}, clock=clock)
        if runtime.plugins.is_active("websteps"):
            # Reading all sentences takes longer than most tests, and they are the same every time.
            runtime.once("catalog.vocabulary", sentences)
        return runtime

    def close(self):
        self.runtime.close()

    def clean(self):
        """Remove what the test left, so that runtime and database serve the next one: new ones cost half a second."""
        with self.runtime.engine.begin() as connection:
            for statement in LEFT_BY_A_TEST:
                connection.execute(text(statement))

    # People and features

    def identity(self, email, *, role="DEVOPS", departments=("Default",)):
        with self.runtime.unit_of_work() as scope:
            account = ensure_account(scope, email, role=role, departments=departments)
            scope.session.flush()
            return identity_of(scope.session, self.runtime.permissions, account.id)

    def department_id(self, name):
        with self.runtime.reading() as session:
            return session.scalars(select(Department.id).where(Department.name == name)).one()

    def set_department(self, name, **settings):
        with self.runtime.unit_of_work() as scope:
            department = scope.session.scalars(select(Department).where(Department.name == name)).one()
            department.settings = {**department.settings, **settings}

    def set_cloud(self, name, **values):
        with self.runtime.unit_of_work() as scope:
            scope.session.execute(update(Cloud).where(Cloud.name == name).values(**values))

    def feature(self, *sentences, member=None, department="Default", **fields):
        """Store a feature and return its key; without sentences it has three."""
        self._features += 1
        steps = sentences or ('Remember "1" as "a"', 'Remember "2" as "b"', 'Remember "3" as "c"')
        body = FeatureCreate.model_validate(
            {
                "feature_name": f"Feature {self._features}",
                "app_id": 1,
                "environment_id": 1,
                "department_id": self.department_id(department),
                "browsers": [CHROME],
                "steps_content": [step if isinstance(step, dict) else {"step_content": step} for step in steps],
                **fields,
            }
        )
        with self.runtime.unit_of_work(member or self.member) as scope:
            feature = store_feature(scope, body)
            scope.session.flush()
            return feature.id

    # The life of a result

    def accept(self, feature_id, *, member=None, **order):
        with self.runtime.unit_of_work(member or self.member) as scope:
            return accept_run(scope, RunOrder(feature_id, **order))

    def claim(self, worker=WORKER, runtime=None):
        with (runtime or self.runtime).unit_of_work() as scope:
            return claim_next(scope, worker)

    def begin(self, claim):
        """Open the browser, so to speak; returns the claim with the lease that goes on."""
        with self.runtime.unit_of_work() as scope:
            begin_running(scope, claim.run, claim.lease, {"session_id": "ab12", "pid": 4242})
        return later(claim)

    def report(self, claim, *statuses, first=1):
        """Store a step row for each status; an empty one has only begun.  Returns the claim that goes on."""
        steps = [StepReport(number, row(number, status)) for number, status in enumerate(statuses, start=first)]
        with self.runtime.unit_of_work() as scope:
            store_batch(scope, claim.run, claim.lease, claim.attempt, Batch(steps=steps))
        return later(claim)

    def end(self, claim, ending=None, *, state=State.RUNNING, runtime=None):
        with (runtime or self.runtime).unit_of_work() as scope:
            return end_result(scope, claim.run, state, ending or Ending(None), fence=claim.lease.fence)

    def running(self, *sentences, **fields):
        """Start a feature and return its claim in state Running."""
        self.accept(self.feature(*sentences, **fields))
        return self.begin(self.claim())

    def finished(self, *statuses, feature_id=None):
        """Execute a run whose steps end like this and return its keys."""
        accepted = self.accept(feature_id or self.feature())
        claim = self.report(self.begin(self.claim()), *(statuses or ("Success",) * 3))
        assert self.end(claim)
        return accepted

    # What is stored

    def result(self, result_id):
        with self.runtime.reading() as session:
            return session.get_one(Result, result_id)

    def results(self, run_id):
        with self.runtime.reading() as session:
            return session.scalars(select(Result).where(Result.run_id == run_id).order_by(Result.id)).all()

    def run(self, run_id):
        with self.runtime.reading() as session:
            return session.get_one(Run, run_id)

    def steps(self, result_id):
        """Step rows of a result, the last attempt alone."""
        with self.runtime.reading() as session:
            attempt = session.get_one(Result, result_id).attempt
            query = select(StepResult).where(StepResult.result_id == result_id, StepResult.attempt == attempt)
            return session.scalars(query.order_by(StepResult.sequence)).all()

    def events(self, run_id, kind=""):
        with self.runtime.reading() as session:
            return [found for found in after(session, run_stream(run_id), 0, 5000) if found.type.startswith(kind)]

    def count(self, *models):
        with self.runtime.reading() as session:
            return [session.scalar(select(func.count()).select_from(model)) for model in models]

    def change(self, model, key, **values):
        """Set columns that no service sets yet."""
        with self.runtime.unit_of_work() as scope:
            scope.session.execute(update(model).where(model.id == key).values(**values))

    def wake_ups(self):
        """Messages in the queue."""
        return self.runtime.tasks.hueys["runs"].storage.queue_size()


@cache
def sentences():
    """The sentences of the shipped library."""
    return load_vocabulary(list(cometa_step_libraries()))


def later(claim):
    """The claim after its holder wrote once more."""
    return replace(claim, lease=claim.lease.after_write())


def row(number, status, **values):
    begun = {"step_uuid": None, "leaf_index": number - 1, "step_name": f"Step {number}", "owner_name": "Feature"}
    return {**begun, "status": status, "execution_ms": 10, "relative_ms": number * 100, **values}


@contextmanager
def statements_of(engine):
    """Collect the statements that this thread executes meanwhile; the bell of events has a thread of its own."""
    seen = []
    thread = threading.get_ident()

    def note(_connection, _cursor, statement, *_rest):
        if threading.get_ident() == thread:
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
