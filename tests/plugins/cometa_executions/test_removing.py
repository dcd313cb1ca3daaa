"""Removed results and runs are hidden everywhere at once; archived and unfinished ones stay."""

import pytest
from sqlalchemy import func, select

from cometa_core.errors import Conflict, NotFound
from cometa_executions.api import Result, Run, StepResult, visible_step_result
from cometa_executions.models import PlanRecord
from cometa_executions.services.reading import visible_result, visible_run
from cometa_executions.services.removal import remove_result, remove_run
from cometa_features.api import Feature, visible_feature
from cometa_features.services.saving import delete_feature

TWO_CHROMES = [{"browser": "chrome", "concurrency": 2}]


@pytest.fixture
def two(bench):
    """A finished run of two results."""
    bench.set_cloud("local", max_concurrency=2)
    accepted = bench.accept(bench.feature(browsers=TWO_CHROMES))
    for _ in range(2):
        bench.end(bench.report(bench.begin(bench.claim()), "Success", "Failed"))
    return accepted


def remove(bench, result_id):
    with bench.runtime.unit_of_work(bench.member) as scope:
        return remove_result(scope, visible_result(scope, result_id))


def remove_whole(bench, run_id):
    with bench.runtime.unit_of_work(bench.member) as scope:
        return remove_run(scope, visible_run(scope, run_id))


def info_of(bench, feature_id):
    with bench.runtime.reading() as session:
        info = session.get_one(Feature, feature_id).info
    return None if info is None else info["run_id"]


def test_the_run_goes_with_its_last_result(bench, two):
    """R-113."""
    first, second = two.result_ids
    assert remove(bench, first) is False
    assert [result.removed for result in bench.results(two.run_id)] == [True, False]
    assert remove(bench, second) is True
    assert bench.run(two.run_id).removed


def test_a_removed_result_is_found_by_nothing(bench, two):
    """R-116."""
    first, second = two.result_ids
    step = bench.steps(first)[0]
    remove(bench, first)
    with bench.runtime.unit_of_work(bench.member) as scope:
        with pytest.raises(NotFound):
            visible_result(scope, first)
        with pytest.raises(NotFound):
            visible_step_result(scope, step.id)
        assert [result.id for result in visible_run(scope, two.run_id).results] == [second]


@pytest.mark.parametrize(
    ("model", "values", "code"),
    [
        (Result, {"archived": True}, "archived"),
        (Run, {"archived": True}, "archived"),
        (Result, {"state": "Queued"}, "result_running"),
        (Result, {"state": "Initializing"}, "result_running"),
        (Result, {"state": "Running"}, "result_running"),
    ],
)
def test_archived_and_unfinished_results_stay(bench, two, model, values, code):
    """R-115, R-119: one of them blocks the removal of the whole run."""
    first, second = two.result_ids
    bench.change(model, two.run_id if model is Run else second, **values)
    with pytest.raises(Conflict) as refusal:
        remove(bench, second)
    assert refusal.value.code == code
    with pytest.raises(Conflict) as refusal:
        remove_whole(bench, two.run_id)
    assert refusal.value.code == code
    assert [result.removed for result in bench.results(two.run_id)] == [False, False]
    assert bench.result(first).state == "Failed"


def test_a_run_goes_with_the_results_that_are_left(bench, two):
    """R-119."""
    first, second = two.result_ids
    remove(bench, first)
    assert remove_whole(bench, two.run_id) == [second]
    with pytest.raises(NotFound):
        remove_whole(bench, two.run_id)


def test_the_feature_shows_the_newest_run_that_is_left_or_nothing(bench):
    """R-120."""
    feature_id = bench.feature()
    runs = [bench.finished(feature_id=feature_id).run_id for _ in range(3)]
    assert info_of(bench, feature_id) == runs[2]
    remove_whole(bench, runs[1])
    assert info_of(bench, feature_id) == runs[2]
    remove_whole(bench, runs[2])
    assert info_of(bench, feature_id) == runs[0]
    remove(bench, bench.results(runs[0])[0].id)
    assert info_of(bench, feature_id) is None


def test_a_removed_result_is_left_out_of_what_the_feature_shows(bench, two):
    """R-120: sums are over what is left."""
    feature_id = bench.run(two.run_id).feature_id
    remove(bench, two.result_ids[0])
    with bench.runtime.reading() as session:
        assert session.get_one(Feature, feature_id).info["total"] == 3


def delete(bench, feature_id):
    with bench.runtime.unit_of_work(bench.member) as scope:
        delete_feature(scope, visible_feature(scope, feature_id))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"state": "Queued"}, "feature_running"),
        ({"state": "Initializing"}, "feature_running"),
        ({"state": "Running"}, "feature_running"),
        ({"archived": True}, "archived"),
    ],
)
def test_a_feature_that_runs_or_has_archived_results_is_not_deleted(bench, values, code):
    """R-131."""
    feature_id = bench.feature()
    accepted = bench.finished(feature_id=feature_id)
    bench.change(Result, accepted.result_ids[0], **values)
    with pytest.raises(Conflict) as refusal:
        delete(bench, feature_id)
    assert refusal.value.code == code
    assert bench.count(Feature, Run, Result) == [1, 1, 1]


def test_a_feature_with_an_archived_run_is_not_deleted(bench):
    """R-131."""
    feature_id = bench.feature()
    bench.change(Run, bench.finished(feature_id=feature_id).run_id, archived=True)
    with pytest.raises(Conflict):
        delete(bench, feature_id)


def test_a_deleted_feature_takes_runs_results_and_steps_with_it(bench):
    """rest-api A5."""
    kept = bench.finished()
    gone = bench.finished()
    delete(bench, bench.run(gone.run_id).feature_id)
    assert bench.count(Run, PlanRecord, Result) == [1, 1, 1]
    with bench.runtime.reading() as session:
        assert session.scalar(select(func.count()).select_from(StepResult)) == 3
    assert bench.run(kept.run_id).completed
