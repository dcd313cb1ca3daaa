"""What pictures of our own runs meet, and what is kept of it: a real store and database, no browser."""

import io
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import delete, func, select

from cometa_core.contracts.pictures import PictureFile, TakenPicture
from cometa_core.contracts.run import RunInfo
from cometa_executions.api import Result, Run, StepPicture, StepResult, Verdict, put_picture, set_verdict
from cometa_features.api import Feature
from cometa_screenshots.models import Baseline, PictureComparison
from cometa_screenshots.services.comparing import BaselineComparer
from cometa_screenshots.services.keys import key_of_taken


def page(word="Buy", size=(120, 80)):
    """A page with a word, as PNG."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle((10, 10, 9 + 10 * len(word), 29), fill="navy")
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def feature(app, own):
    """A feature of one step."""
    body = {"feature_name": "Look", "app_id": 1, "environment_id": 1, "department_id": 1,
            "steps_content": [{"step_content": "Press Tab"}]}  # fmt: skip
    number = app.post_json("/api/features/", body, headers=own).json["feature_id"]
    return SimpleNamespace(id=number, uuid=app.get(f"/steps/{number}/", headers=own).json[0]["step_uuid"])


@pytest.fixture
def look(runtime, feature):
    """Execute the step once more: ``look(page(), family="firefox")``; gives verdict, step row and what was told."""

    def make(content, **others):
        with runtime.unit_of_work() as scope:
            row = scope.session.get(Feature, feature.id)
            now = scope.now()
            run = Run(feature=row, app_id=1, environment_id=1, created_at=now)
            result = Result(run=run, feature=row, browser={"browser": "chrome"}, run_hash="0" * 16, state="Running",
                            queued_at=now, attempt=1)  # fmt: skip
            path, uuid = others.get("path", ""), others.pop("step_uuid", feature.uuid)
            step = StepResult(result=result, attempt=1, sequence=1, step_name="Press Tab", status="Success",
                              step_uuid=uuid, path=path)  # fmt: skip
            scope.session.add_all([run, result, step])
            scope.session.flush()
            file = None
            if content is not None:
                digest, length = runtime.artifacts.put(1, io.BytesIO(content))
                file = PictureFile(1, digest, length, *Image.open(io.BytesIO(content)).size)
                put_picture(scope, step, StepPicture("current", **vars(file)))
            info = RunInfo(run.id, result.id, feature.id, "Look", 1)
            taken = TakenPicture(
                info, 1, 1, uuid, **{"path": "", "family": "chrome", "platform": "linux", "viewport": "1920x1080@1",
                                     "name": "", "file": file, **others},
            )  # fmt: skip
        return finish(runtime, taken, step.id)

    return make


def finish(runtime, taken, step_id):
    told, comparer = [], BaselineComparer()
    compared = comparer.compare(runtime, taken, told.append)
    assert told == [compared.verdict], "the verdict is told once"
    with runtime.unit_of_work() as scope:
        event = comparer.keep(scope, compared)
        again = comparer.keep(scope, compared)
    with runtime.reading() as session:
        row = session.get_one(StepResult, step_id)
        roles = {artifact.role: artifact for artifact in row.artifacts}
        return SimpleNamespace(
            id=step_id, word=compared.verdict.verdict, verdict=compared.verdict, row=row, roles=roles, event=event,
            again=again, taken=taken,
        )  # fmt: skip


@pytest.fixture
def settle(app, headers):
    """Decide about the picture of a step row as a manager does: ``settle(seen, "approve", max_diff=5)``."""
    manager = headers("boss@example.org", role="MANAGER")

    def make(seen, action, **rules):
        body = {"action": action, **rules}
        return app.post_json(f"/api/step_results/{seen.id}/baseline/", body, headers=manager).json["data"]

    return make


@pytest.fixture
def setting(runtime, monkeypatch):
    """Change a setting for the time of the test."""

    def change(key, value):
        monkeypatch.setitem(runtime.settings.values, key, replace(runtime.settings.values[key], value=value))

    return change


@pytest.fixture
def pending_first(setting):
    """Let somebody have to approve first pictures."""
    setting("cometa.visual.auto_accept_first", False)


def test_the_first_picture_is_new_and_the_same_again_is_equal(look):
    """X-102, F.4 point 2; keeping twice changes nothing."""
    first, second = look(page()), look(page())
    assert (first.word, second.word) == ("new", "equal")
    assert (first.row.verdict, first.row.pixel_diff, first.row.baseline_state) == ("new", 0, "approved")
    assert first.roles.keys() == {"current"}
    assert second.roles.keys() == {"current", "style"}
    assert (first.event["verdict"], first.again, second.again) == ("new", None, None)


def test_a_difference_is_counted_shown_and_told(look):
    """F.2, F.4 point 5, K.3."""
    first, second = look(page()), look(page("Sell"))
    assert (second.word, second.row.pixel_diff) == ("different", 200)
    assert second.roles["style"].sha256 == first.taken.file.sha256
    assert second.roles["difference"].width == 120
    names = {"current": f"AMVARA_{second.id}.png", "style": f"AMVARA_{second.id}_style.png",
             "difference": f"AMVARA_{second.id}.png_diff.png"}  # fmt: skip
    assert names.items() <= second.event.items()
    assert second.event["template"].startswith("AMVARA_")
    assert (second.event["seq"], second.event["pixel_diff"], second.verdict.fails) == (1, 200, False)


@pytest.mark.parametrize(
    "other",
    [
        {"family": "firefox"}, {"platform": "windows"}, {"viewport": "1280x720@1"}, {"viewport": "1920x1080@2"},
        {"name": "basket"}, {"path": "loop:aaaaaaaa#2"}, {"path": "call:bbbbbbbb"},
    ],
)  # fmt: skip
def test_each_part_of_the_key_has_baselines_of_its_own(look, other):
    """X-100, X-101."""
    look(page())
    assert [look(page("Sell"), **other).word, look(page("Sell"), **other).word] == ["new", "equal"]
    assert look(page()).word == "equal"


def test_two_pictures_of_one_name_in_two_steps_are_two(look, feature):
    """F.3: the step is part of the key."""
    look(page(), name="basket")
    assert look(page("Sell"), name="basket", step_uuid="0" * 36).word == "new"


def test_a_pending_first_picture_waits_for_somebody(look, settle, pending_first):
    """X-102: with a threshold it fails the step; approving makes the next one pass."""
    first = look(page(), max_diff="100%")
    assert (first.word, first.row.baseline_state, first.verdict.fails) == ("pending", "pending", True)
    assert "approved" in first.verdict.reason
    again = look(page())
    assert (again.word, again.verdict.fails) == ("pending", False)
    assert settle(again, "approve")["baseline_state"] == "approved"
    assert look(page(), max_diff=0).word == "equal"


def test_a_rejected_picture_is_different_at_once_and_any_other_is_pending(look, settle, pending_first):
    """F.3."""
    first = look(page())
    settle(first, "reject")
    same = look(page(), max_diff=5)
    assert (same.word, same.row.baseline_state, same.verdict.fails) == ("different", "rejected", True)
    assert "rejected" in same.verdict.reason
    assert look(page("Sell")).word == "pending"


def test_rules_of_a_baseline_go_over_to_its_successor(look, settle, runtime):
    """F.3, X-106, X-107."""
    look(page())
    settle(look(page("Sell")), "approve", max_diff="50%", ignore_regions=[[0, 0, 30, 30]])
    within = look(page("Sell it"))
    assert (within.word, within.verdict.limit, within.verdict.fails) == ("within", 4800, False)
    settle(within, "approve")
    with runtime.reading() as session:
        digest = key_of_taken(within.taken).digest
        rows = session.scalars(select(Baseline).where(Baseline.key_digest == digest).order_by(Baseline.id)).all()
    assert [(row.max_diff, row.valid_until is None, row.decided_by is None) for row in rows] == [
        (None, False, True),
        ("50%", False, False),
        ("50%", True, False),
    ]
    assert rows[-1].regions == [[0, 0, 30, 30]]


def test_a_taller_page_has_a_verdict_of_its_own(look):
    """X-103."""
    look(page())
    taller = look(page(size=(120, 100)), max_diff="100%")
    assert (taller.word, taller.row.pixel_diff, taller.verdict.fails) == ("size_changed", 2400, True)
    assert taller.roles["difference"].height == 100


@pytest.mark.parametrize("damage", ["missing", "cut", "changed"])
def test_a_baseline_that_cannot_be_read_is_an_error_and_never_0(runtime, look, damage):
    """X-104."""
    first = look(page(f"Damaged {damage}"))
    place = runtime.artifacts._place(1, first.taken.file.sha256)
    content = {"cut": page()[:200], "changed": page()}
    place.unlink()
    if damage in content:
        place.write_bytes(content[damage])
    found = look(page("Sell"))
    assert (found.word, found.row.pixel_diff, found.verdict.fails) == ("error", None, False)
    assert found.verdict.reason
    assert look(page("Sell"), max_diff=9).verdict.fails is True


def test_a_picture_that_could_not_be_taken_is_an_error(look, setting):
    """F.1, F.4 point 7: `cometa.visual.on_error` decides without threshold."""
    missing = look(None, problem="A dialog is open.")
    assert (missing.word, missing.row.pixel_diff, missing.verdict.reason) == ("error", None, "A dialog is open.")
    assert missing.row.baseline_state is None
    assert (missing.verdict.fails, look(None, max_diff=1).verdict.fails) == (False, True)
    setting("cometa.visual.on_error", "fail")
    assert look(None).verdict.fails is True


def test_the_rectangles_of_a_step_are_left_out(look):
    """X-107."""
    look(page())
    assert look(page("Sell"), regions=[[40, 0, 20, 40]]).row.pixel_diff == 0


def test_named_pictures_allow_nothing_unless_told_otherwise(look):
    """F.5."""
    look(page(), name="basket")
    strict = look(page("Sell"), name="basket")
    assert (strict.word, strict.verdict.limit, strict.verdict.fails) == ("different", 0, True)
    assert look(page("Sell"), name="basket", max_diff="200").word == "within"


def test_the_sum_of_a_result_is_that_of_its_rows(runtime, look):
    """X-109: with 200 compared steps, the impossible ones left out."""
    look(page())
    found = look(page("Sell"))
    with runtime.unit_of_work() as scope:
        result = scope.session.get_one(Result, found.row.result_id)
        for number in range(2, 202):
            row = StepResult(result=result, attempt=1, sequence=number, step_name="Press Tab", status="Success")
            scope.session.add(row)
            scope.session.flush()
            set_verdict(
                scope, row, Verdict("error", None, None) if number % 50 == 0 else Verdict("different", number, None)
            )
        expected = 200 + sum(number for number in range(2, 202) if number % 50)
        rows = select(func.sum(StepResult.pixel_diff)).where(StepResult.result_id == result.id)
        assert (result.pixel_diff, scope.session.scalar(rows)) == (expected, expected)


def test_the_api_says_why_a_baseline_was_chosen(app, own, look, settle):
    """F.3: key, state, since when, by whom."""
    look(page(), name="basket", viewport="800x600@2")
    settle(look(page("Sell"), name="basket", viewport="800x600@2", max_diff=3), "approve")
    found = look(page("Sell"), name="basket", viewport="800x600@2")
    told = app.get(f"/api/step_results/{found.id}/baseline/", headers=own).json
    key = {"family": "chrome", "platform": "linux", "viewport": "800x600@2", "name": "basket", "path": ""}
    assert key.items() <= told.items()
    assert (told["verdict"], told["allowed"], told["in_force"]["state"]) == ("equal", None, "approved")
    assert told["compared_with"]["decided_by"] is not None
    assert told["compared_with"]["valid_from"]
    app.get(f"/api/step_results/{10**9}/baseline/", headers=own, status=404)


def test_a_row_that_is_gone_keeps_nothing_and_takes_its_comparison_along(runtime, look):
    found = look(page())
    with runtime.unit_of_work() as scope:
        scope.session.execute(delete(StepResult).where(StepResult.id == found.id))
    comparer = BaselineComparer()
    with runtime.unit_of_work() as scope:
        assert scope.session.get(PictureComparison, found.id) is None
        assert comparer.keep(scope, comparer.compare(runtime, found.taken, lambda _verdict: None)) is None


def test_keys_without_a_name_are_those_of_older_baselines(look):
    """Baselines that were stored before pictures had names stay in force."""
    key = key_of_taken(look(page()).taken)
    named = key_of_taken(look(page(), name="a").taken)
    assert key.digest != named.digest
    assert key.name == ""
