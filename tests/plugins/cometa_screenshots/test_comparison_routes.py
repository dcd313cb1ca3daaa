"""Pictures that runners send, their comparison, and what people decide about them."""

import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from PIL import Image, ImageDraw

from cometa_executions.api import Result, Run, StepResult
from cometa_features.api import Feature


def page(word="Buy", size=(120, 80)):
    """A page with a word, as PNG."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle((10, 10, 10 + 8 * len(word), 30), fill="navy")
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


@pytest.fixture(scope="module")
def manager(headers):
    """Somebody who may decide about results."""
    return headers("boss@example.org", role="MANAGER")


@pytest.fixture(scope="module")
def root(headers):
    return headers("root@example.org", role="SUPERUSER")


@pytest.fixture
def feature(app, own):
    """A feature with a disabled and an enabled step, so that places and steps differ."""
    body = {
        "feature_name": "Buy", "app_id": 1, "environment_id": 1, "department_id": 1,
        "browsers": [{"browser": "firefox"}, {"browser": "chrome"}],
        "steps_content": [{"step_content": "Press Enter", "enabled": False}, {"step_content": "Press Tab"}],
    }  # fmt: skip
    number = app.post_json("/api/features/", body, headers=own).json["feature_id"]
    steps = app.get(f"/steps/{number}/", headers=own).json
    return SimpleNamespace(id=number, uuid=steps[1]["step_uuid"])


@pytest.fixture
def run_step(runtime, feature):
    """Begin another run of the feature and return its step row: ``run_step(browser="firefox")``."""

    def make(browser="chrome", state="Running"):
        with runtime.unit_of_work() as scope:
            row = scope.session.get(Feature, feature.id)
            now = scope.now()
            run = Run(feature=row, app_id=1, environment_id=1, created_at=now)
            result = Result(run=run, feature=row, browser={"browser": browser}, run_hash="0" * 16, state=state,
                            queued_at=now, attempt=1, finished_at=None if state == "Running" else now)  # fmt: skip
            step = StepResult(result=result, attempt=1, sequence=1, step_name="Press Tab", status="Success",
                              step_uuid=feature.uuid)  # fmt: skip
            scope.session.add_all([run, result, step])
            scope.session.flush()
            return SimpleNamespace(id=step.id, result_id=result.id, name=f"AMVARA_{step.id}.png")

    return make


@pytest.fixture
def put(app, own):
    """Send a picture: ``put(step, page())``; it is compared unless told otherwise."""

    def send(step, content, *, compare="true", name=None, headers=own, **options):
        return app.put(
            f"/screenshot/{name or step.name}/?compare={compare}", content, content_type="image/png", headers=headers,
            **options,
        )  # fmt: skip

    return send


@pytest.fixture
def row_of(app, own):
    return lambda step: app.get(f"/api/step_results/{step.id}/", headers=own).json["results"]


def test_the_first_picture_becomes_the_template(app, own, put, feature, run_step, row_of):
    """R-163: verdict `new`, no difference; the template has the place among the steps that run."""
    step = run_step()
    assert put(step, page()).json == {"success": True, "name": step.name, "pixel_diff": 0}
    row = row_of(step)
    template = f"AMVARA_{feature.id}_0.png"
    assert (row["verdict"], row["baseline_state"], row["screenshot_template"]) == ("new", "approved", template)
    assert row["template_name"] == template
    assert (row["screenshot_style"], row["screenshot_difference"]) == ("", "")
    found = app.get(f"/screenshot/{template}/?original=1", headers=own)
    assert found.body == page()
    assert found.headers["Cache-Control"] == "private, no-cache"


def test_a_later_picture_is_compared_and_shows_what_it_was_compared_with(app, own, put, run_step, row_of):
    """R-101, R-157, R-163."""
    put(run_step(), page())
    step = run_step()
    found = put(step, page("Sell it")).json
    assert found["pixel_diff"] > 100
    row = row_of(step)
    assert (row["verdict"], row["pixel_diff"]) == ("different", found["pixel_diff"])
    names = [step.name, f"AMVARA_{step.id}_style.png", f"AMVARA_{step.id}.png_diff.png"]
    assert app.get(f"/screenshots/{step.id}/", headers=own).json == names
    assert app.get(f"/screenshot/{names[1]}/?original=1", headers=own).body == page()
    assert app.get(f"/feature_results/{step.result_id}/", headers=own).json["pixel_diff"] == found["pixel_diff"]


def test_the_result_names_the_pictures_of_its_last_step(app, own, put, runtime, run_step):
    """R-101."""
    put(run_step(), page())
    step = run_step(state="Success")
    put(step, page("Sell it"))
    result = app.get(f"/feature_results/{step.result_id}/", headers=own).json
    assert (result["screen_actual"], result["screen_style"], result["screen_diff"]) == (
        step.name, f"AMVARA_{step.id}_style.png", f"AMVARA_{step.id}.png_diff.png",
    )  # fmt: skip


def test_equal_pictures_have_no_difference_and_other_sizes_a_verdict_of_their_own(put, run_step, row_of):
    """R-163."""
    put(run_step(), page())
    same, other = run_step(), run_step()
    assert put(same, page()).json["pixel_diff"] == 0
    assert row_of(same)["verdict"] == "equal"
    assert put(other, page(size=(120, 90))).json["pixel_diff"] >= 1200
    assert row_of(other)["verdict"] == "size_changed"


def test_browsers_have_templates_of_their_own(app, own, put, feature, run_step):
    """Contract: rest-api A6.12: without a family the first of the feature's browsers that has one."""
    put(run_step("chrome"), page("Chrome"))
    put(run_step("firefox"), page("Firefox!"))
    stem = f"/screenshot/AMVARA_{feature.id}_0"
    assert app.get(f"{stem}_chrome.png/?original=1", headers=own).body == page("Chrome")
    assert app.get(f"{stem}.png/?original=1", headers=own).body == page("Firefox!")
    app.get(f"{stem}_safari.png/", headers=own, status=404)


def test_without_compare_a_picture_is_only_stored(put, run_step, row_of):
    step = run_step()
    assert put(step, page(), compare="false").json["pixel_diff"] == 0
    row = row_of(step)
    assert (row["screenshot_current"], row["verdict"], row["screenshot_template"]) == (step.name, None, "")


def test_removing_a_style_keeps_the_template_and_names_it(app, root, put, feature, run_step):
    """R-161."""
    put(run_step(), page())
    step = run_step()
    put(step, page("Sell it"))
    style = f"AMVARA_{step.id}_style.png"
    removed = app.delete(f"/screenshot/{style}/", headers=root).json
    assert removed == {"success": True, "removed": [style], "template": f"AMVARA_{feature.id}_0.png"}


def test_removing_the_template_lets_the_next_run_create_one(app, root, put, feature, run_step, row_of):
    """R-161."""
    put(run_step(), page())
    template = f"AMVARA_{feature.id}_0.png"
    assert app.get(f"/removeScreenshot/{template}/", headers=root).json["removed"] == [template]
    app.get(f"/screenshot/{template}/", headers=root, status=404)
    step = run_step()
    assert put(step, page("Sell it")).json["pixel_diff"] == 0
    assert row_of(step)["verdict"] == "new"
    assert app.get(f"/screenshot/{template}/?original=1", headers=root).body == page("Sell it")


def decide(app, step, action, headers, **options):
    return app.post_json(f"/api/step_results/{step.id}/baseline/", {"action": action}, headers=headers, **options)


def test_approving_replaces_the_template(app, own, manager, put, feature, run_step):
    """R-164: status and counts of the step do not change."""
    put(run_step(), page())
    step = run_step()
    put(step, page("Sell it"))
    row = decide(app, step, "approve", manager).json["data"]
    assert (row["baseline_state"], row["verdict"], row["status"]) == ("approved", "different", "Success")
    template = app.get(f"/screenshot/AMVARA_{feature.id}_0.png/?original=1", headers=own)
    assert template.body == page("Sell it")
    assert put(run_step(), page("Sell it")).json["pixel_diff"] == 0


def test_rejecting_keeps_the_approved_template(app, own, manager, put, feature, run_step):
    """R-164."""
    put(run_step(), page())
    step = run_step()
    put(step, page("Sell it"))
    assert decide(app, step, "reject", manager).json["data"]["baseline_state"] == "rejected"
    assert app.get(f"/screenshot/AMVARA_{feature.id}_0.png/?original=1", headers=own).body == page()


def test_rejecting_the_picture_that_is_the_template_retires_it(app, manager, put, run_step, row_of):
    """Contract: rest-api A6.12."""
    step = run_step()
    put(step, page())
    assert decide(app, step, "reject", manager).json["data"]["screenshot_template"] == ""
    later = run_step()
    put(later, page("Sell it"))
    assert row_of(later)["verdict"] == "new"


def test_deciding_needs_the_flag_and_a_compared_picture(app, own, manager, put, run_step):
    """R-164."""
    step = run_step()
    assert decide(app, step, "approve", own, status=403).json["code"] == "permission_missing"
    decide(app, step, "approve", manager, status=422)
    put(step, page(), compare="false")
    decide(app, step, "approve", manager, status=422)
    assert "action" in decide(app, step, "maybe", manager, status=422).json["fields"]


def test_what_is_no_picture_is_refused(app, own, put, run_step, row_of):
    """R-163: 422 not a PNG; nothing is stored."""
    step = run_step()
    assert put(step, b"GIF89a", status=422).json["code"] == "validation_failed"
    assert put(step, page()[:200], status=422).json["fields"]
    refused = app.put(f"/screenshot/{step.name}/", page(), content_type="image/jpeg", headers=own, status=415)
    assert refused.json["code"] == "unsupported_media_type"
    assert put(step, page(), name=f"AMVARA_{step.id}_style.png", status=400).json["code"] == "invalid_query"
    assert row_of(step)["screenshot_current"] == ""


def test_a_picture_beyond_the_limit_is_413(app, put, run_step, monkeypatch):
    """Contract: rest-api A1.3."""
    monkeypatch.setitem(app.app.registry.settings, "cometa.max_screenshot_bytes", 100)
    assert put(run_step(), page(), status=413).json["code"] == "body_too_large"


def test_pictures_of_foreign_steps_do_not_exist(app, headers, put, run_step):
    """R-160."""
    stranger = headers("eve@example.org", department="Elsewhere")
    put(run_step(), page(), headers=stranger, status=404)
    put(run_step(), page(), name="AMVARA_x.png", status=404)


def test_ten_minutes_after_the_end_nothing_is_added(runtime, put, run_step, monkeypatch):
    """Contract: rest-api A6.12: 409 terminal_state."""
    step = run_step(state="Success")
    put(step, page())
    later = runtime.clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(type(runtime.clock), "now", lambda _clock: later)
    assert put(step, page(), status=409).json["code"] == "terminal_state"


@pytest.mark.parametrize("tail", ["1_0_", "1_00", "01_0", "1_0_Chrome", "1_-1", "1_0_a_b"])
def test_names_of_templates_are_matched_fully(app, own, tail):
    """R-160."""
    app.get(f"/screenshot/AMVARA_{tail}.png/", headers=own, status=404)


def test_pictures_of_a_removed_result_do_not_exist(app, own, root, put, run_step):
    """R-116."""
    step = run_step(state="Success")
    put(step, page())
    app.delete(f"/feature_results/{step.result_id}/", headers=root)
    for path in (f"/screenshot/{step.name}/", f"/screenshots/{step.id}/", f"/api/step_results/{step.id}/"):
        app.get(path, headers=own, status=404)
    put(step, page(), status=404)
