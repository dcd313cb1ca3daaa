"""Cancelling: queued results end at once, active ones are told to, ended ones stay as they are."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from run_bench import row

from cometa_core.errors import Conflict, NotFound
from cometa_executions.api import Batch, Ending, LeaseLost, Reason, Result, State, StepReport, store_batch
from cometa_executions.services.cancel import cancel_feature, cancel_result
from cometa_executions.services.reading import visible_result
from cometa_executions.states import TERMINAL

EIGHT_CHROMES = [{"browser": "chrome", "concurrency": 8}]


def cancel(bench, result_id, member=None):
    with bench.runtime.unit_of_work(member or bench.member) as scope:
        return cancel_result(scope, visible_result(scope, result_id)).result_ids


def cancel_all(bench, feature_id, member=None):
    with bench.runtime.unit_of_work(member or bench.member) as scope:
        return cancel_feature(scope, feature_id).result_ids


def test_a_queued_result_is_canceled_at_once_and_never_claimed(bench, clock):
    """X-017, R-185."""
    accepted = bench.accept(bench.feature())
    (result_id,) = accepted.result_ids
    assert cancel(bench, result_id) == (result_id,)
    result = bench.result(result_id)
    assert (result.state, result.reason, result.status_reason) == ("Canceled", "cancelled", "Canceled by ada.")
    assert (result.total, result.skipped, result.finished_at) == (3, 3, clock.now())
    assert [step.status for step in bench.steps(result_id)] == ["Skipped"] * 3
    assert bench.claim() is None
    assert [event.type for event in bench.events(accepted.run_id)][-2:] == ["result.finished", "run.completed"]


@pytest.mark.parametrize("begun", [False, True])
def test_the_holder_of_an_active_result_is_told_once(bench, begun, clock):
    """R-184, runner A.6."""
    accepted = bench.accept(bench.feature())
    claim = bench.claim()
    if begun:
        bench.begin(claim)
    (result_id,) = accepted.result_ids
    assert cancel(bench, result_id) == (result_id,)
    assert cancel(bench, result_id) == (result_id,)
    result = bench.result(result_id)
    assert (result.state, result.cancel_requested_by) == ("Running" if begun else "Initializing", "ada")
    assert result.cancel_requested_at == clock.now()
    assert len(bench.events(accepted.run_id, "result.cancel_requested")) == 1


@pytest.mark.parametrize("state", TERMINAL)
@pytest.mark.parametrize("asked_before", [False, True])
def test_an_ended_result_cannot_be_canceled(bench, state, asked_before):
    """R-117: also one that had been asked to end before it did."""
    claim = bench.running()
    if asked_before:
        cancel(bench, claim.lease.result_id)
    bench.end(claim, Ending(state))
    before = bench.result(claim.lease.result_id)
    with pytest.raises(Conflict) as refusal:
        cancel(bench, claim.lease.result_id)
    assert refusal.value.code == "terminal_state"
    after = bench.result(claim.lease.result_id)
    assert (after.state, after.reason, after.finished_at) == (before.state, before.reason, before.finished_at)


def test_the_feature_form_takes_queued_and_running_results_and_leaves_ended_ones(bench):
    """R-184."""
    feature_id = bench.feature()
    (ended,) = bench.finished(feature_id=feature_id).result_ids
    (running,) = bench.accept(feature_id).result_ids
    bench.begin(bench.claim())
    (queued,) = bench.accept(feature_id).result_ids
    (other,) = bench.accept(bench.feature()).result_ids
    assert set(cancel_all(bench, feature_id)) == {running, queued}
    states = [bench.result(result_id).state for result_id in (ended, running, queued, other)]
    assert states == ["Success", "Running", "Canceled", "Queued"]


def test_without_unfinished_results_nothing_is_canceled(bench):
    """R-184: tasks 0."""
    feature_id = bench.feature()
    assert cancel_all(bench, feature_id) == ()


def test_a_feature_of_another_department_is_not_found(bench):
    """X-020."""
    stranger = bench.identity("bob@example.org", departments=("Other",))
    feature_id = bench.feature()
    (result_id,) = bench.accept(feature_id).result_ids
    with pytest.raises(NotFound):
        cancel_all(bench, feature_id, stranger)
    with pytest.raises(NotFound):
        cancel(bench, result_id, stranger)
    assert bench.result(result_id).state == "Queued"


def test_a_superuser_cancels_everywhere(bench):
    """X-020: what the caller may see."""
    root = bench.identity("root@example.org", role="SUPERUSER", departments=("Other",))
    feature_id = bench.feature()
    (result_id,) = bench.accept(feature_id).result_ids
    assert cancel_all(bench, feature_id, root) == (result_id,)


def test_of_cancel_and_claim_at_the_same_moment_one_wins(bench):
    """X-017: a result is either canceled before the claim or told to its holder."""
    feature_id = bench.feature()
    for _ in range(10):
        (result_id,) = bench.accept(feature_id).result_ids
        together = threading.Barrier(2, timeout=20)

        def at_once(action, together=together):
            together.wait()
            return action()

        with ThreadPoolExecutor(2) as pool:
            canceling = pool.submit(at_once, lambda result_id=result_id: cancel(bench, result_id))
            claim = pool.submit(at_once, bench.claim).result()
            assert canceling.result() == (result_id,)
        result = bench.result(result_id)
        if claim is None:
            assert result.state == "Canceled"
        else:
            assert (result.state, result.cancel_requested_by) == ("Initializing", "ada")
            bench.end(claim, Ending(State.CANCELED, Reason.CANCELLED), state=State.INITIALIZING)


def test_canceling_many_results_while_their_holders_write_blocks_nobody(bench):
    """R-184, X-048: neither side waits for what the other one holds."""
    bench.set_cloud("local", max_concurrency=8)
    feature_id = bench.feature(browsers=EIGHT_CHROMES)
    bench.accept(feature_id)
    claims = [bench.begin(bench.claim()) for _ in range(8)]
    together = threading.Barrier(9, timeout=30)

    def write(claim):
        together.wait()
        for number in range(1, 16):
            with bench.runtime.unit_of_work() as scope:
                batch = Batch([StepReport(number, row(number, "Success"))], events=[("step.end", {"seq": number})])
                store_batch(scope, claim.run, claim.lease, 1, batch)
            claim = type(claim)(claim.lease.after_write(), claim.attempt, claim.run)
        return claim

    with ThreadPoolExecutor(9) as pool:
        writers = [pool.submit(write, claim) for claim in claims]
        together.wait()
        canceled = cancel_all(bench, feature_id)
        for writer in writers:
            writer.result(timeout=30)
    assert len(canceled) == 8
    assert all(len(bench.steps(claim.lease.result_id)) == 15 for claim in claims)


def test_a_late_report_after_the_end_is_refused(bench):
    """R-185."""
    claim = bench.running()
    bench.end(claim, Ending(State.CANCELED, Reason.CANCELLED, "Canceled by ada."))
    with pytest.raises(LeaseLost):
        bench.report(claim, "Success")
    assert bench.result(claim.lease.result_id).state == "Canceled"


def test_a_cancel_in_the_middle_leaves_what_was_reported(bench):
    """X-018, X-071."""
    claim = bench.report(bench.running(), "Success", "")
    cancel(bench, claim.lease.result_id)
    bench.end(claim, Ending(State.CANCELED, Reason.CANCELLED, "Canceled by ada."))
    assert [step.status for step in bench.steps(claim.lease.result_id)] == ["Success", "Skipped", "Skipped"]
    assert bench.count(Result) == [1]
