"""Baselines keep their pictures, whatever happens to the results that these came from."""

import io
import os
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from cometa_core.runtime import make_runtime
from cometa_executions.api import Artifact, Result
from cometa_executions.services.retention import make_room
from cometa_screenshots.models import Baseline

REDUCED = "accounts\ncatalog\nfeatures\nexecutions"
"""Plugins without the one that keeps baselines."""


@pytest.fixture
def shared(runtime, step, picture):
    """Store an old picture of a removed result that is also a baseline; returns its hash."""
    content = picture(colour=(1, 2, 3, 255))
    with runtime.unit_of_work() as scope:
        digest, size = runtime.artifacts.put(1, io.BytesIO(content))
        common = {"department_id": 1, "sha256": digest, "size": size, "created_at": scope.now()}
        scope.session.add(Artifact(result_id=step.result_id, step_result_id=step.id, attempt=1, role="current",
                                   name="current.png", mime="image/png", **common))  # fmt: skip
        scope.session.add(Baseline(key_digest="0" * 64, feature_id=step.feature_id, step_uuid="u",
                                   state="retired", **common))  # fmt: skip
        scope.session.execute(update(Result).where(Result.id == step.result_id).values(removed=True))
        moment = (scope.now() - timedelta(days=3)).timestamp()
    found = next(found for found in runtime.artifacts.stored() if found.digest == digest)
    os.utime(runtime.artifacts.place_of(found), (moment, moment))
    return digest


def test_the_picture_of_a_baseline_outlives_its_result(runtime, shared):
    """X-132: retention keeps baselines, superseded ones too; the object goes with the last row that names it."""
    removed = make_room(runtime)
    assert removed.results >= 1
    assert removed.artifacts >= 1
    assert runtime.artifacts.exists(1, shared)
    with runtime.unit_of_work() as scope:
        scope.session.execute(delete(Baseline).where(Baseline.sha256 == shared))
    make_room(runtime)
    assert not runtime.artifacts.exists(1, shared)


def test_no_file_is_removed_while_a_plugin_is_switched_off(runtime, shared):
    """DESIGN section 4: a disabled plugin keeps its data; only it knows which files that is."""
    reduced = make_runtime({"cometa.data": str(runtime.locations.data), "cometa.plugins": REDUCED}, environment={})
    try:
        make_room(reduced)
    finally:
        reduced.close()
    assert runtime.artifacts.exists(1, shared)
