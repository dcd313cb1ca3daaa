"""Pages that changed are found by runs of our own, from the browser to the approval over the API."""

import hashlib

import pytest
from compared_runs import ComparedRuns, Site, boxes, make_launcher, make_template, serve

pytestmark = pytest.mark.browser
ONE, TWO, SMALL = (10, 10, 50, 50), (200, 200, 50, 50), (200, 200, 20, 20)


@pytest.fixture(scope="module")
def site():
    made = Site()
    serve(made)
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture(scope="module")
def runs(tmp_path_factory, site):
    folder = tmp_path_factory.mktemp("compared")
    make_template(folder / "template")
    launcher = make_launcher()
    made = ComparedRuns(folder / "data", folder / "template", launcher, site)
    yield made
    made.close()
    launcher.close()


def test_a_changed_page_fails_its_step_until_somebody_approves_it(runs):
    """F.3, F.5, X-097, X-102: fence, artifacts, sums, events and routes together."""
    feature = runs.feature({"compare": True, "max_diff": 500})
    first = runs.execute(feature, boxes(ONE))
    assert (first.result.state, first.verdicts) == ("Success", ["new"])
    changed = runs.execute(feature, boxes(ONE, TWO))
    step = changed.step()
    assert (changed.result.state, step.status, step.error_code) == ("Failed", "Failed", "visual")
    assert step.error.startswith("2,500 pixels differ (0.14 %), allowed 500.")
    assert (step.verdict, step.pixel_diff, changed.result.pixel_diff) == ("different", 2500, 2500)
    assert changed.events("result.finished")[0]["pixel_diff"] == 2500
    *_, told = changed.events("step.picture")
    names = [told["current"], told["style"], told["difference"]]
    assert runs.manager.get(f"/screenshots/{step.id}/").json == names
    row = runs.manager.get(f"/api/step_results/{step.id}/").json["results"]
    assert [row[f"screenshot_{role}"] for role in ("current", "style", "difference")] == names
    approved = runs.manager.post(f"/api/step_results/{step.id}/baseline/", {"action": "approve"}).json["data"]
    assert (approved["baseline_state"], approved["status"]) == ("approved", "Failed")
    again = runs.execute(feature)
    assert (again.result.state, again.verdicts, again.result.pixel_diff) == ("Success", ["equal"], 0)


def test_a_step_that_is_inserted_moves_no_baseline_and_rounds_and_calls_have_their_own(runs):
    """X-099, X-101, F.3."""
    looked = {"step_content": f'Goto URL "{runs.site.url}/"', "compare": True}
    part = runs.feature('Remember "1" as "a"', looked, name="Part")
    call = f'Run feature with id "{part}" before continuing'
    rows = ['Loop "2" times starting at "1" and do', looked, "End Loop", call, call]
    feature = runs.feature(*rows)
    first = runs.execute(feature, boxes(ONE))
    assert first.verdicts == ["new"] * 4
    assert len({(step.step_uuid, step.path) for step in first.steps if step.verdict}) == 4
    runs.insert(feature, 1, 'Remember "2" as "b"')
    assert runs.execute(feature, boxes(ONE)).verdicts == ["equal"] * 4


def test_named_pictures_have_rules_of_their_own(runs):
    """F.5, X-106, X-107: element and page, regions of the run, threshold of a sentence, 0 without any."""
    feature = runs.feature(
        'Element "#b0" should look like picture "box"',
        {"step_content": 'Page should look like picture "page"', "continue_on_failure": True},
        'Leave "#b1" out of picture comparisons',
        'Page should look like picture "without it"',
        'Leave "" out of picture comparisons',
        'Pictures may differ by "0.05%" from here on',
        {"step_content": 'Page should look like picture "about"', "screenshot": True},
    )
    assert runs.execute(feature, boxes(ONE)).verdicts == ["new"] * 4
    changed = runs.execute(feature, boxes(ONE, SMALL))
    assert changed.verdicts == ["equal", "different", "equal", "within"]
    failed = changed.step(1)
    assert (failed.status, failed.error_code) == ("Failed", "visual")
    assert failed.error.startswith('Picture "page": 400 pixels differ (0.02 %), allowed 0.')
    assert (changed.step(2).pixel_diff, changed.step(3).status, changed.step(3).pixel_diff) == (0, "Success", 400)
    assert changed.result.pixel_diff == 800


def test_without_threshold_a_comparison_only_reports_and_an_open_dialog_is_an_error_of_it(runs):
    """F.1, X-108."""
    dialog = {"step_content": 'Run Javascript function "setTimeout(() => alert(1), 0)"', "compare": True}
    feature = runs.feature({"compare": True}, dialog, 'I sleep "0.1" seconds')
    runs.execute(feature, boxes(ONE))
    found = runs.execute(feature, boxes(ONE, TWO))
    opened, asked = found.step(0), found.step(1)
    assert (opened.status, opened.verdict, opened.pixel_diff) == ("Success", "different", 2500)
    assert (asked.status, asked.verdict, asked.pixel_diff) == ("Success", "error", None)
    assert "dialog" in asked.detail["warnings"][0]
    assert found.result.pixel_diff == 2500
    assert found.events("result.finished")[0]["compare_errors"] == 1


def test_a_taller_page_has_another_size(runs):
    """X-103: comparisons picture the whole page."""
    feature = runs.feature({"compare": True})
    runs.execute(feature, boxes(ONE))
    taller = runs.execute(feature, boxes(ONE, height=2000))
    assert (taller.verdicts, taller.result.state) == (["size_changed"], "Success")
    assert taller.step().pixel_diff > 1920 * 1000
    stored = {artifact.role: artifact for artifact in taller.artifacts}
    content = runs.runtime.artifacts.open(1, stored["current"].sha256)
    with content:
        assert hashlib.sha256(content.read()).hexdigest() == stored["current"].sha256
    assert stored["difference"].height == stored["current"].height > 2000
