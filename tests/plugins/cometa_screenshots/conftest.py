"""An installation with one executed step, whose pictures tests put into the real artifact store."""

import io
from types import SimpleNamespace

import pytest
from PIL import Image
from webtest import TestApp

from cometa_accounts.api import ensure_account
from cometa_accounts.services.keys import make_key
from cometa_core.app import build_app
from cometa_core.cli.database import seed
from cometa_core.db.migrations import upgrade
from cometa_core.runtime import make_runtime
from cometa_executions.api import Artifact, Result, Run, StepResult
from cometa_features.api import Feature

PLUGINS = "accounts\ncatalog\nfeatures\nwebsteps\nexecutions\nscreenshots"


@pytest.fixture(scope="module")
def runtime(tmp_path_factory):
    folder = tmp_path_factory.mktemp("screenshots")
    settings = {"cometa.data": str(folder), "cometa.plugins": PLUGINS, "cometa.browser.local": "false"}
    runtime = make_runtime(settings, environment={})
    list(upgrade(runtime.engine, runtime.histories))
    seed(runtime, {"accounts", "catalog"})
    yield runtime
    runtime.close()


@pytest.fixture(scope="module")
def app(runtime):
    return TestApp(build_app(runtime))


@pytest.fixture(scope="module")
def headers(runtime):
    """Make an account with a key; returns the headers that it sends."""

    def make(email="ada@example.org", role="DEVOPS", department="Default"):
        with runtime.unit_of_work() as scope:
            account = ensure_account(scope, email, role=role, departments=(department,))
            scope.session.flush()
            return {"Authorization": f"Bearer {make_key(scope, account, 'tests', ('read', 'write')).text}"}

    return make


@pytest.fixture(scope="module")
def own(headers):
    return headers()


@pytest.fixture(scope="module")
def feature_id(app, own):
    body = {"feature_name": "Buy", "app_id": 1, "environment_id": 1, "department_id": 1}
    return app.post_json("/api/features/", body, headers=own).json["feature_id"]


def png(size=(60, 40), colour=(200, 30, 30, 255)) -> bytes:
    """A picture of one colour as PNG."""
    target = io.BytesIO()
    Image.new("RGBA", size, colour).save(target, "PNG")
    return target.getvalue()


@pytest.fixture(scope="session")
def picture():
    return png


@pytest.fixture
def step(runtime, feature_id):
    """A finished step without pictures."""
    with runtime.unit_of_work() as scope:
        now = scope.now()
        feature = scope.session.get(Feature, feature_id)
        run = Run(feature=feature, app_id=1, environment_id=1, created_at=now)
        result = Result(
            run=run, feature=feature, browser={}, run_hash="0" * 16, state="Success", queued_at=now, attempt=1
        )
        row = StepResult(result=result, attempt=1, sequence=1, step_name="Look", status="Success")
        scope.session.add(row)
        scope.session.flush()
        return SimpleNamespace(id=row.id, result_id=result.id, run_id=run.id, feature_id=feature_id)


@pytest.fixture
def store(runtime, step):
    """Store bytes as a picture of the step in a role; returns the bytes."""

    def put(content, role="current", size=None):
        with runtime.unit_of_work() as scope:
            digest, length = runtime.artifacts.put(1, io.BytesIO(content))
            width, height = size or (None, None)
            scope.session.add(
                Artifact(
                    department_id=1, result_id=step.result_id, step_result_id=step.id, attempt=1, role=role,
                    name=f"{role}.png", mime="image/png", size=length, sha256=digest, width=width, height=height,
                    created_at=scope.now(),
                )
            )  # fmt: skip
        return content

    return put


@pytest.fixture
def pictured(step, store):
    """A finished step with a current picture of 60 x 40 pixels."""
    store(png())
    return step
