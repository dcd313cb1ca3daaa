"""A result ends once, with sums over its step rows, and the last one of a run closes it."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from run_bench import row
from sqlalchemy import select, update

from cometa_executions.api import (
    ArtifactReport,
    Batch,
    Ending,
    Reason,
    Result,
    Run,
    State,
    StepReport,
    store_batch,
)
from cometa_executions.presenting import present_results
from cometa_executions.services.reading import results_of_run
from cometa_executions.services.sweep import close_open_runs
from cometa_executions.services.transition import change_state
from cometa_executions.states import TERMINAL, UNFINISHED, is_allowed
from cometa_features.api import Feature


def presented(bench, run_id):
    with bench.runtime.unit_of_work(bench.member) as scope:
        return present_results(scope, results_of_run(scope.session, run_id))


def totals(result):
    return result.total, result.ok, result.fails, result.skipped


def info_of(bench, feature_id):
    with bench.runtime.reading() as session:
        return session.get_one(Feature, feature_id).info


def test_a_transition_is_made_from_its_own_state_alone(bench):
    """X-006: all 64 pairs, each tried on a result in each of the 8 states."""
    (result_id,) = bench.accept(bench.feature()).result_ids
    with bench.runtime.unit_of_work() as scope:
        for old, new, stored in itertools.product(State, repeat=3):
            scope.session.execute(update(Result).values(state=stored.value))
            if is_allowed(old, new):
                assert change_state(scope.session, result_id, old, new) is (stored is old)
            else:
                with pytest.raises(ValueError, match="never goes"):
                    change_state(scope.session, result_id, old, new)
            expected = new if is_allowed(old, new) and stored is old else stored
            assert scope.session.scalar(select(Result.state)) == expected


@pytest.mark.parametrize(
    ("statuses", "state", "sums"),
    [
        (("Success", "Success", "Success"), "Success", (3, 3, 0, 0)),
        (("Success", "Failed"), "Failed", (3, 1, 1, 1)),
        (("Success", "Skipped", "Success"), "Success", (3, 2, 0, 1)),
        (("Failed", "Success", "Success"), "Failed", (3, 2, 1, 0)),
        ((), "Success", (3, 0, 0, 3)),
    ],
)
def test_the_verdict_follows_from_the_rows_and_the_sums_add_up(bench, statuses, state, sums):
    """X-071, R-099."""
    claim = bench.running()
    if statuses:
        bench.report(claim, *statuses)
    assert bench.end(claim)
    result = bench.result(claim.lease.result_id)
    assert (result.state, totals(result)) == (state, sums)


def test_a_loop_counts_every_round_and_a_leaf_that_was_reported_is_not_added_again(bench):
    """X-071: totals are counted from rows, not from the plan."""
    claim = bench.running()
    rows = [StepReport(place, {**row(place, "Success"), "leaf_index": 1}) for place in range(1, 6)]
    with bench.runtime.unit_of_work() as scope:
        store_batch(scope, claim.run, claim.lease, 1, Batch(steps=rows))
    assert bench.end(claim)
    found = bench.steps(claim.lease.result_id)
    assert totals(bench.result(claim.lease.result_id)) == (7, 5, 0, 2)
    assert [(step.sequence, step.leaf_index, step.status) for step in found[-2:]] == [
        (6, 0, "Skipped"),
        (7, 2, "Skipped"),
    ]


@pytest.mark.parametrize(
    ("state", "reason", "open_row", "skipped"),
    [
        (State.ERROR, Reason.RUNNER_DIED, ("Failed", "A sentence."), "after_failure"),
        (State.TIMEOUT, Reason.STEP_LIMIT, ("Failed", "A sentence."), "after_failure"),
        (State.CANCELED, Reason.CANCELLED, ("Skipped", None), "cancelled"),
    ],
)
def test_a_step_that_had_begun_is_closed_and_the_rest_is_skipped(bench, state, reason, open_row, skipped):
    """X-071, R-099, runner D.8."""
    claim = bench.report(bench.running(), "Success", "")
    assert bench.end(claim, Ending(state, reason, "A sentence."))
    first, second, third = bench.steps(claim.lease.result_id)
    assert (first.status, (second.status, second.error), third.status) == ("Success", open_row, "Skipped")
    assert third.detail == {"reason": skipped}
    result = bench.result(claim.lease.result_id)
    assert result.total == result.ok + result.fails + result.skipped == 3
    assert (result.state, result.reason, result.status_reason) == (state, reason, "A sentence.")
    assert result.pid is None


def test_a_step_killed_by_its_limit_has_the_code_timeout(bench):
    """X-041, runner B.5."""
    claim = bench.report(bench.running(), "")
    bench.end(claim, Ending(State.TIMEOUT, Reason.STEP_LIMIT, "It took too long."))
    assert bench.steps(claim.lease.result_id)[0].error_code == "timeout"


def test_the_time_of_a_result_reaches_to_the_end_of_its_last_step(bench):
    """R-097, runner D.9."""
    claim = bench.report(bench.running(), "Success", "Success", "Failed")
    bench.end(claim)
    assert bench.result(claim.lease.result_id).execution_ms == 300


def test_the_difference_of_a_result_is_the_sum_of_two_hundred_steps(bench):
    """X-109, R-100: rows without a count are left out."""
    claim = bench.running()
    rows = [
        StepReport(place, {**row(place, "Success"), "leaf_index": 0, "pixel_diff": None if place % 10 == 0 else place})
        for place in range(1, 201)
    ]
    with bench.runtime.unit_of_work() as scope:
        store_batch(scope, claim.run, claim.lease, 1, Batch(steps=rows))
    bench.end(claim)
    expected = sum(place for place in range(1, 201) if place % 10)
    assert bench.result(claim.lease.result_id).pixel_diff == expected
    assert presented(bench, claim.run.run_id)[0].pixel_diff == expected


def test_the_picture_of_a_result_is_that_of_the_last_step_that_has_one(bench):
    """R-101."""
    claim = bench.running()
    picture = {"role": "current", "name": "p.png", "mime": "image/png", "size": 3, "sha256": "0" * 64}
    rows = [StepReport(place, row(place, "Success")) for place in (1, 2, 3)]
    with bench.runtime.unit_of_work() as scope:
        batch = Batch(rows, [ArtifactReport(1, picture), ArtifactReport(2, picture)])
        store_batch(scope, claim.run, claim.lease, 1, batch)
    bench.end(claim)
    second = bench.steps(claim.lease.result_id)[1]
    assert presented(bench, claim.run.run_id)[0].screen_actual == f"AMVARA_{second.id}.png"


@pytest.mark.parametrize("state", State)
def test_status_state_running_and_success_agree(bench, state):
    """X-008, R-103."""
    accepted = bench.accept(bench.feature())
    bench.change(Result, accepted.result_ids[0], state=state.value)
    (result,) = presented(bench, accepted.run_id)
    assert (result.status, result.state) == (state, state)
    assert result.running is (state in UNFINISHED)
    assert result.success is (state is State.SUCCESS)
    assert (result.waiting is not None) is (state is State.QUEUED)


def test_an_override_stands_beside_the_state(bench):
    """X-007: what the runner reached stays."""
    accepted = bench.finished("Failed")
    override = {"status": "Success", "by": bench.member.account_id, "at": "2026-01-31T08:15:30.123456Z"}
    bench.change(Result, accepted.result_ids[0], override=override)
    (result,) = presented(bench, accepted.run_id)
    assert (result.status, result.success, result.state) == ("Success", True, "Failed")
    assert result.override.by == bench.member.account_id


@pytest.mark.parametrize("state", TERMINAL)
def test_a_result_that_ended_does_not_end_again(bench, state):
    """X-007, R-193."""
    claim = bench.running()
    assert bench.end(claim, Ending(state))
    for again in TERMINAL:
        assert not bench.end(claim, Ending(again))
    assert bench.result(claim.lease.result_id).state == state
    kinds = [event.type for event in bench.events(claim.run.run_id)]
    assert (kinds.count("result.finished"), kinds.count("run.completed"), kinds[-1]) == (1, 1, "run.completed")


def test_an_error_is_announced_before_the_end(bench):
    """R-192, runner K.3."""
    claim = bench.running()
    bench.end(claim, Ending(State.ERROR, Reason.NO_BROWSER, "The hub is full."))
    error, finished, completed = bench.events(claim.run.run_id)[-3:]
    assert (error.type, error.data) == ("result.error", {"reason": "no_browser", "message": "The hub is full."})
    assert (finished.type, finished.data["state"], finished.data["total"]) == ("result.finished", "Error", 3)
    assert (completed.type, completed.data["state"], completed.feature_result_id) == ("run.completed", "Error", None)


def test_every_closed_or_added_row_is_announced(bench):
    """R-192: late readers need nothing but the stored events."""
    claim = bench.report(bench.running(), "Success", "")
    bench.end(claim, Ending(State.ERROR, Reason.RUNNER_DIED, "It died."))
    told = [(event.type, event.data["seq"]) for event in bench.events(claim.run.run_id, "step.")]
    assert told == [("step.end", 2), ("step.skip", 3)]


def test_a_run_is_closed_by_its_last_result_alone(bench):
    """X-009, R-118."""
    bench.set_cloud("local", max_concurrency=2)
    run_id = bench.accept(bench.feature(browsers=[{"browser": "chrome", "concurrency": 2}])).run_id
    first, second = (bench.begin(bench.claim()) for _ in range(2))
    bench.end(bench.report(first, "Failed"))
    assert not bench.run(run_id).completed
    assert bench.events(run_id, "run.") == []
    bench.end(second)
    assert bench.run(run_id).completed
    (completed,) = bench.events(run_id, "run.")
    assert (completed.data["state"], completed.data["total"], completed.data["fails"]) == ("Failed", 6, 1)


def test_eight_results_that_end_at_the_same_time_close_their_run_once(bench):
    """X-009, R-193: from eight threads at once."""
    bench.set_cloud("local", max_concurrency=8)
    run_id = bench.accept(bench.feature(browsers=[{"browser": "chrome", "concurrency": 8}])).run_id
    claims = [bench.report(bench.begin(bench.claim()), "Success", "Success", "Success") for _ in range(8)]
    together = threading.Barrier(8, timeout=20)

    def end(claim):
        together.wait()
        return bench.end(claim)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(end, claims))
    events = bench.events(run_id)
    kinds = [event.type for event in events]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert (kinds.count("result.finished"), kinds.count("run.completed"), kinds[-1]) == (8, 1, "run.completed")
    assert events[-1].data["ok"] == 24


def test_results_of_one_run_do_not_wait_for_each_other_in_a_circle(bench):
    """runner M: while one result of a run begins, another one ends; no write of theirs is refused as a deadlock."""
    bench.set_cloud("local", max_concurrency=8)
    bench.accept(bench.feature(browsers=[{"browser": "chrome", "concurrency": 8}]))
    claims = [bench.claim() for _ in range(8)]
    together = threading.Barrier(8, timeout=20)

    def execute(claim):
        together.wait()
        return bench.end(bench.report(bench.begin(claim), "Success", "Success", "Success"))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(execute, claims))


def test_a_result_ends_once_however_many_want_to_end_it(bench):
    """X-007, runner M: cancel and finish at the same moment."""
    claim = bench.running()
    together = threading.Barrier(4, timeout=20)
    endings = [Ending(None), Ending(State.CANCELED, Reason.CANCELLED), Ending(State.ERROR), Ending(State.TIMEOUT)]

    def end(ending):
        together.wait()
        return bench.end(claim, ending)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(end, endings)) == [False, False, False, True]
    assert len(bench.events(claim.run.run_id, "result.finished")) == 1


def test_the_feature_shows_its_newest_run_whichever_ends_last(bench):
    """R-120, rest-api A4.3."""
    feature_id = bench.feature()
    older = bench.accept(feature_id)
    claim = bench.begin(bench.claim())
    newer = bench.accept(feature_id)
    assert bench.end(claim)
    assert bench.run(older.run_id).completed
    assert (info_of(bench, feature_id)["run_id"], info_of(bench, feature_id)["status"]) == (newer.run_id, "Queued")
    bench.end(bench.report(bench.begin(bench.claim()), "Success", "Success", "Success"))
    info = info_of(bench, feature_id)
    assert (info["run_id"], info["status"], info["success"], info["ok"]) == (newer.run_id, "Success", True, 3)


def test_a_run_that_nobody_closed_is_closed_by_the_sweep(bench):
    """runner A.7: closes runs whose results are all terminal."""
    accepted = bench.finished()
    bench.change(Run, accepted.run_id, completed=False)
    close_open_runs(bench.runtime)
    close_open_runs(bench.runtime)
    assert bench.run(accepted.run_id).completed
    assert len(bench.events(accepted.run_id, "run.completed")) == 2
