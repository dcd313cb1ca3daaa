"""Where a threshold comes from, and which steps wait because of one."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from cometa_accounts.api import Department
from cometa_core.contracts.pictures import TakenPicture
from cometa_core.contracts.run import RunInfo
from cometa_screenshots.comparison import allowed_pixels
from cometa_screenshots.models import Baseline, FeatureRule
from cometa_screenshots.services.thresholds import as_limit, gates, limit_in_force

KEY = "cometa.visual.max_diff"


@pytest.fixture
def places(runtime, feature_id, monkeypatch):
    """Set thresholds: ``places(ini="5", department="4", feature="3")``; all are taken back."""

    def put(ini=None, department=None, feature=None):
        monkeypatch.setitem(runtime.settings.values, KEY, replace(runtime.settings.values[KEY], value=ini))
        with runtime.unit_of_work() as scope:
            row = scope.session.scalars(select(Department).where(Department.id == 1)).one()
            row.settings = {} if department is None else {"max_diff": department}
            for rule in scope.session.scalars(select(FeatureRule)):
                scope.session.delete(rule)
            scope.session.flush()
            if feature is not None:
                scope.session.add(FeatureRule(feature_id=feature_id, max_diff=feature))

    yield put
    put()


@pytest.fixture
def limit(runtime, feature_id):
    """Ask for the threshold of a picture."""

    def ask(own=None, baseline=None, name=""):
        run = RunInfo(1, 1, feature_id, "Look", 1)
        taken = TakenPicture(run, 1, 1, "u", "", "chrome", "linux", "", name, None, max_diff=own)
        with runtime.reading() as session:
            of_baseline = Baseline(max_diff=baseline) if baseline else None
            return limit_in_force(session, runtime.settings, taken, of_baseline)

    return ask


def test_the_nearest_threshold_is_in_force(places, limit):
    """X-106: sentence or step, baseline, feature, department, ini."""
    assert limit() is None
    places(ini="5")
    assert limit() == "5"
    places(ini="5", department="0.4%")
    assert limit() == "0.4%"
    places(ini="5", department="4", feature="3")
    assert limit() == "3"
    assert limit(baseline="2%") == "2%"
    assert limit(own=1, baseline="2%") == "1"
    assert limit(own=0, baseline="2%") == "0"


def test_a_named_picture_has_the_threshold_0_unless_there_is_another(places, limit):
    """F.5."""
    assert limit(name="basket") == "0"
    places(department=7)
    assert limit(name="basket") == "7"


@pytest.mark.parametrize("nonsense", ["many", "-1", True, [], {"a": 1}, "1e9", ""])
def test_what_is_no_threshold_counts_as_none(places, limit, nonsense):
    places(ini="5", department=nonsense)
    assert limit() == "5"
    assert as_limit(nonsense) is None


@pytest.mark.parametrize(
    ("text", "pixels"),
    [(None, None), ("", None), ("200", 200), ("0", 0), ("0.9", 0), ("0.1%", 2073), ("100%", 2_073_600), ("x%", None)],
)
def test_a_share_is_one_of_the_whole_picture(text, pixels):
    assert allowed_pixels(text, 1920 * 1080) == pixels


def leaf(uuid, **flags):
    return {"uuid": uuid, "flags": {"compare": True, "max_diff": None, **flags}}


@pytest.fixture
def ask_gates(runtime, feature_id):
    def ask(*leaves):
        with runtime.reading() as session:
            return gates(session, runtime.settings, RunInfo(1, 1, feature_id, "Look", 1), leaves)

    return ask


def test_only_steps_with_a_threshold_in_force_wait(ask_gates, places, runtime, feature_id, monkeypatch):
    """X-108, D.1."""
    leaves = [leaf("a"), leaf("b", max_diff=0), leaf("c", max_diff="0.1%"), leaf("d", compare=False, max_diff=3)]
    assert ask_gates(*leaves) == {"b": True, "c": True}
    places(department="4")
    assert ask_gates(*leaves) == {"a": True, "b": True, "c": True}
    places()
    with runtime.unit_of_work() as scope:
        scope.session.add(
            Baseline(feature_id=feature_id, step_uuid="a", key_digest="0" * 64, state="approved", max_diff="1",
                     created_at=scope.now(), department_id=1, sha256="0" * 64, size=1, regions=[])
        )  # fmt: skip
    assert ask_gates(*leaves) == {"a": True, "b": True, "c": True}
    key = "cometa.visual.on_error"
    monkeypatch.setitem(runtime.settings.values, key, replace(runtime.settings.values[key], value="fail"))
    assert ask_gates(leaf("e")) == {"e": True}


def test_the_threshold_of_a_feature_is_set_and_taken_back_over_the_api(app, headers, own, feature_id, limit):
    """X-106."""
    path = f"/api/features/{feature_id}/picture_rules/"
    assert app.get(path, headers=own).json == {"max_diff": None}
    editor = headers("editor@example.org", role="DEVOPS")
    assert app.patch_json(path, {"max_diff": "0.5%"}, headers=editor).json == {"max_diff": "0.5%"}
    assert limit() == "0.5%"
    assert app.patch_json(path, {"max_diff": 12}, headers=editor).json == {"max_diff": "12"}
    assert "max_diff" in app.patch_json(path, {"max_diff": "some"}, headers=editor, status=422).json["fields"]
    assert app.patch_json(path, {"max_diff": None}, headers=editor).json == {"max_diff": None}
    assert limit() is None
    stranger = headers("eve@example.org", department="Elsewhere")
    app.get(path, headers=stranger, status=404)
