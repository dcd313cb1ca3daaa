"""What the holder of a lease writes is written once; what anybody else writes is not written at all."""

from dataclasses import replace

import pytest
from run_bench import WORKER, later, row
from sqlalchemy import event, select, update

from cometa_core.db.tables import Event
from cometa_executions.api import (
    Artifact,
    ArtifactReport,
    Batch,
    Ending,
    LeaseLost,
    Reason,
    Result,
    State,
    StepReport,
    StepResult,
    begin_running,
    claim_next,
    end_result,
    keep_alive,
    store_batch,
)

EVERYTHING = (StepResult, Artifact, Event)
PICTURE = {"role": "current", "name": "p.png", "mime": "image/png", "size": 3, "sha256": "0" * 64}


def full_batch():
    return Batch(
        steps=[StepReport(1, row(1, "Success"))],
        artifacts=[ArtifactReport(1, PICTURE)],
        events=[("step.end", {"seq": 1})],
    )


def write(bench, claim, batch):
    with bench.runtime.unit_of_work() as scope:
        store_batch(scope, claim.run, claim.lease, claim.attempt, batch)


def everything(bench, result_id):
    """All columns of the result and the numbers of all other rows."""
    result = bench.result(result_id)
    columns = {
        column.key: getattr(result, column.key) for column in Result.__table__.columns if column.key != "log_tail"
    }
    return columns, bench.count(*EVERYTHING)


WRITES = {
    "rows": lambda scope, claim: store_batch(
        scope, claim.run, claim.lease, 1, Batch(steps=[StepReport(1, row(1, "Failed")), StepReport(9, row(9, ""))])
    ),
    "artifacts": lambda scope, claim: store_batch(
        scope, claim.run, claim.lease, 1, Batch(artifacts=[ArtifactReport(1, PICTURE)])
    ),
    "events": lambda scope, claim: store_batch(scope, claim.run, claim.lease, 1, Batch(events=[("step.end", {})])),
    "beat": lambda scope, claim: keep_alive(scope, claim.lease),
    "begin": lambda scope, claim: begin_running(scope, claim.run, claim.lease, {"session_id": "other"}),
}


def lost_lease(bench):
    """Start a result whose lease is taken by somebody else, and return the claim of the loser."""
    claim = bench.report(bench.running(), "Success")
    with bench.runtime.unit_of_work() as scope:
        scope.session.execute(update(Result).values(fence=Result.fence + 1))
    return claim


@pytest.mark.parametrize("kind", WRITES)
def test_a_write_with_an_old_fence_changes_nothing(bench, kind):
    """X-025."""
    claim = lost_lease(bench)
    before = everything(bench, claim.lease.result_id)
    with pytest.raises(LeaseLost), bench.runtime.unit_of_work() as scope:
        WRITES[kind](scope, claim)
    assert everything(bench, claim.lease.result_id) == before


def test_an_end_with_an_old_fence_changes_nothing(bench):
    """X-025: state."""
    claim = lost_lease(bench)
    before = everything(bench, claim.lease.result_id)
    assert not bench.end(claim, Ending(State.ERROR, Reason.RUNNER_DIED))
    assert everything(bench, claim.lease.result_id) == before


@pytest.mark.parametrize("kind", WRITES)
def test_nothing_is_written_after_the_end(bench, kind):
    """X-007."""
    claim = bench.running()
    assert bench.end(claim)
    before = everything(bench, claim.lease.result_id)
    with pytest.raises(LeaseLost), bench.runtime.unit_of_work() as scope:
        WRITES[kind](scope, claim)
    assert everything(bench, claim.lease.result_id) == before


def test_repeating_a_batch_whose_commit_was_uncertain_creates_no_duplicate(bench):
    """X-034: rows, artifacts and events."""
    claim = bench.running()
    write(bench, claim, full_batch())
    before = everything(bench, claim.lease.result_id)
    write(bench, claim, full_batch())
    assert everything(bench, claim.lease.result_id) == before


def test_repeating_the_begin_whose_commit_was_uncertain_changes_nothing(bench):
    """X-034: the lease is not lost by it."""
    bench.accept(bench.feature())
    claim = bench.claim()
    bench.begin(claim)
    before = everything(bench, claim.lease.result_id)
    bench.begin(claim)
    assert everything(bench, claim.lease.result_id) == before


def test_a_batch_that_was_not_committed_is_written_by_its_repetition(bench):
    """X-034."""
    claim = bench.running()

    def fail(_connection):
        raise ConnectionError("the server is gone")

    event.listen(bench.runtime.engine, "commit", fail)
    with pytest.raises(ConnectionError):
        write(bench, claim, full_batch())
    event.remove(bench.runtime.engine, "commit", fail)
    assert bench.count(StepResult, Artifact) == [0, 0]
    write(bench, claim, full_batch())
    assert bench.count(StepResult, Artifact) == [1, 1]


def test_only_one_of_two_writers_with_the_same_lease_is_heard(bench):
    """X-025: the beat belongs to the lease."""
    claim = bench.running()
    write(bench, claim, Batch(steps=[StepReport(1, row(1, "Success"))]))
    write(bench, later(claim), Batch(steps=[StepReport(2, row(2, "Success"))]))
    with pytest.raises(LeaseLost):
        write(bench, claim, Batch(steps=[StepReport(1, row(1, "Failed"))]))
    assert [step.status for step in bench.steps(claim.lease.result_id)] == ["Success", "Success"]


def test_a_claim_raises_the_fence_and_begins_the_beat_anew(bench):
    """runner A.4."""
    (result_id,) = bench.accept(bench.feature()).result_ids
    bench.change(Result, result_id, fence=7, beat=99, attempt=1)
    claim = bench.claim()
    result = bench.result(result_id)
    assert (result.fence, result.beat, result.attempt) == (8, 0, 2)
    assert (claim.lease.fence, claim.attempt) == (8, 2)
    assert (result.state, result.worker, result.incarnation) == ("Initializing", WORKER.name, WORKER.incarnation)


def test_the_begin_keeps_session_process_and_moment(bench, clock):
    """R-192, runner A.3."""
    claim = bench.running()
    result = bench.result(claim.lease.result_id)
    assert (result.state, result.session_id, result.pid, result.started_at) == ("Running", "ab12", 4242, clock.now())
    assert [found.type for found in bench.events(claim.run.run_id)] == [
        "result.queued",
        "result.initializing",
        "result.started",
    ]


def test_the_begin_of_a_result_that_is_no_longer_initializing_is_refused(bench):
    """X-006."""
    claim = bench.running()
    with pytest.raises(LeaseLost), bench.runtime.unit_of_work() as scope:
        begin_running(scope, claim.run, claim.lease, {})


def test_reports_of_one_step_become_one_row(bench):
    """runner A.4: unique by result, attempt and sequence."""
    claim = bench.report(bench.running(), "Success", "")
    ended = [
        StepReport(2, {"status": "Failed", "error": "a goose", "execution_ms": 7}),
        StepReport(3, row(3, "Success")),
    ]
    write(bench, claim, Batch(steps=ended))
    found = [(step.sequence, step.status, step.error, step.step_name) for step in bench.steps(claim.lease.result_id)]
    assert found == [
        (1, "Success", None, "Step 1"),
        (2, "Failed", "a goose", "Step 2"),
        (3, "Success", None, "Step 3"),
    ]


def test_a_file_of_a_step_hangs_on_its_row_and_one_of_the_result_on_none(bench):
    """runner I.3."""
    claim = bench.running()
    log = {**PICTURE, "role": "log", "name": "log.txt"}
    write(bench, claim, replace(full_batch(), artifacts=[ArtifactReport(1, PICTURE), ArtifactReport(None, log)]))
    (step,) = bench.steps(claim.lease.result_id)
    with bench.runtime.reading() as session:
        picture, text = session.scalars(select(Artifact).order_by(Artifact.id)).all()
    assert (picture.step_result_id, text.step_result_id) == (step.id, None)
    assert {(found.department_id, found.attempt) for found in (picture, text)} == {(1, 1)}


def test_the_holder_learns_who_asked_for_the_end(bench):
    """runner A.6."""
    claim = bench.running()
    bench.change(
        Result, claim.lease.result_id, cancel_requested_at=bench.runtime.clock.now(), cancel_requested_by="Ada"
    )
    with bench.runtime.unit_of_work() as scope:
        request = keep_alive(scope, claim.lease)
    assert request is not None
    assert request.by == "Ada"


def test_a_lost_lease_is_recognised_inside_of_a_transaction_that_began_before(bench):
    """X-025: the fence is checked by the write itself, not before it."""
    bench.accept(bench.feature())
    with bench.runtime.unit_of_work() as scope:
        claim = claim_next(scope, WORKER)
        stolen = replace(claim.lease, fence=claim.lease.fence - 1)
        with pytest.raises(LeaseLost):
            keep_alive(scope, stolen)
        assert not end_result(scope, claim.run, State.INITIALIZING, Ending(State.ERROR), fence=stolen.fence)
