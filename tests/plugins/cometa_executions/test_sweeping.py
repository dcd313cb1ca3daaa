"""What every worker makes up for: lost leases, expired queue entries, wake-ups; decided without any clock of day."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from run_bench import WORKER
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cometa_executions.api import (
    LeaseLost,
    LeaseWatch,
    Result,
    State,
    StepResult,
    WorkerIdentity,
    end_left,
    recover_own,
    sweep,
)
from cometa_executions.services.cancel import cancel_result
from cometa_executions.services.reading import visible_result
from cometa_executions.services.sweep import end_lost

LEASE_S = 30
HOUR_S = 3600


class Observer:
    """A worker's view of the leases of all."""

    def __init__(self, bench):
        self.bench = bench
        self.watch = LeaseWatch()
        self.rings = 0

    def look(self):
        sweep(self.bench.runtime, self.watch, self._ring)

    def _ring(self):
        self.rings += 1


@pytest.fixture
def observer(bench):
    return Observer(bench)


def states(bench, run_id):
    return [(result.state, result.reason) for result in bench.results(run_id)]


def lose(bench, observer, clock):
    """Let the time of a lease pass while nobody raises a beat."""
    observer.look()
    clock.pass_by(LEASE_S)
    observer.look()


def test_a_lost_running_result_ends_as_an_error_with_its_rows_kept(bench, observer, clock):
    """X-029: policy fail; X-071."""
    claim = bench.report(bench.running(), "Success", "")
    lose(bench, observer, clock)
    result = bench.result(claim.lease.result_id)
    assert (result.state, result.reason) == ("Error", "worker_lost")
    assert result.status_reason
    assert [step.status for step in bench.steps(result.id)] == ["Success", "Failed", "Skipped"]
    assert result.total == result.ok + result.fails + result.skipped == 3
    assert [event.type for event in bench.events(claim.run.run_id)][-1] == "run.completed"
    assert bench.claim() is None


def test_whoever_lost_a_lease_writes_nothing_any_more(bench, observer, clock):
    """X-026, X-029."""
    claim = bench.running()
    lose(bench, observer, clock)
    with pytest.raises(LeaseLost):
        bench.report(claim, "Success")
    assert not bench.end(claim)
    assert bench.result(claim.lease.result_id).reason == "worker_lost"


def test_a_result_lost_before_its_first_step_is_queued_again_at_most_twice(bench, observer, clock):
    """X-031."""
    accepted = bench.accept(bench.feature())
    for attempt in (1, 2, 3):
        assert bench.claim().attempt == attempt
        lose(bench, observer, clock)
        expected = ("Queued", "") if attempt < 3 else ("Error", "worker_lost")
        assert states(bench, accepted.run_id) == [expected]
    kinds = [event.type for event in bench.events(accepted.run_id)]
    assert kinds.count("result.requeued") == 2
    assert bench.claim() is None


def test_a_result_that_was_queued_again_is_executed_by_somebody_else(bench, observer, clock):
    """X-031, X-026: the first holder has lost it."""
    accepted = bench.accept(bench.feature())
    first = bench.claim()
    lose(bench, observer, clock)
    second = bench.begin(bench.claim(WorkerIdentity("two", "life")))
    with pytest.raises(LeaseLost):
        bench.begin(first)
    bench.end(bench.report(second, "Success", "Success", "Success"))
    (result,) = bench.results(accepted.run_id)
    assert (result.state, result.worker, result.attempt, result.total) == ("Success", "two", 2, 3)


@pytest.mark.parametrize("begun", [False, True])
def test_a_result_lost_while_its_end_was_asked_for_is_canceled(bench, observer, clock, begun):
    """runner A.3: lost while a cancel was requested."""
    accepted = bench.accept(bench.feature())
    claim = bench.claim()
    if begun:
        bench.begin(claim)
    with bench.runtime.unit_of_work(bench.member) as scope:
        cancel_result(scope, visible_result(scope, claim.lease.result_id))
    lose(bench, observer, clock)
    assert states(bench, accepted.run_id) == [("Canceled", "cancelled")]
    assert bench.results(accepted.run_id)[0].status_reason == "Canceled by ada."


def test_a_lease_whose_beat_is_raised_is_never_lost(bench, observer, clock):
    """X-028, runner A.4."""
    claim = bench.running()
    for _ in range(10):
        observer.look()
        clock.pass_by(LEASE_S - 1)
        claim = bench.report(claim)
    assert bench.result(claim.lease.result_id).state == "Running"


def test_a_lease_is_lost_only_after_it_stood_still_for_all_of_its_time(bench, observer, clock):
    """runner A.4."""
    claim = bench.running()
    observer.look()
    clock.pass_by(LEASE_S - 0.1)
    observer.look()
    assert bench.result(claim.lease.result_id).state == "Running"
    clock.pass_by(0.1)
    observer.look()
    assert bench.result(claim.lease.result_id).state == "Error"


@pytest.mark.parametrize("seconds", [HOUR_S, -HOUR_S])
def test_a_jump_of_the_clock_loses_no_lease_and_expires_nothing(bench, observer, clock, seconds):
    """X-027."""
    claim = bench.running()
    waiting = bench.accept(bench.feature())
    for _ in range(3):
        observer.look()
        clock.jump(seconds)
    observer.look()
    assert bench.result(claim.lease.result_id).state == "Running"
    assert states(bench, waiting.run_id) == [("Queued", "")]
    bench.end(bench.report(claim, "Success", "Success", "Success"))
    result = bench.result(claim.lease.result_id)
    assert (result.state, result.execution_ms) == ("Success", 300)


def test_an_observer_that_could_not_reach_the_database_begins_anew(bench, observer, clock):
    """X-028: standing still proves nothing then."""
    claim = bench.running()
    observer.look()
    clock.pass_by(LEASE_S)
    observer.watch.forget()
    observer.look()
    assert bench.result(claim.lease.result_id).state == "Running"


def test_a_new_observer_waits_for_a_whole_lease(bench, clock):
    """runner A.4: each observer counts by its own clock."""
    claim = bench.running()
    Observer(bench).look()
    clock.pass_by(LEASE_S)
    Observer(bench).look()
    assert bench.result(claim.lease.result_id).state == "Running"


def test_a_beat_between_the_look_and_the_decision_saves_the_lease(bench):
    """runner A.4: the final compare-and-set repeats both numbers."""
    claim = bench.running()
    with bench.runtime.reading() as session:
        seen = session.get_one(Result, claim.lease.result_id, options=[joinedload(Result.feature)])
    bench.report(claim)
    with bench.runtime.unit_of_work() as scope:
        end_lost(scope, seen)
    assert bench.result(seen.id).state == "Running"


def test_many_observers_end_a_lost_result_once(bench, clock):
    """X-007, R-193."""
    claim = bench.running()
    observers = [Observer(bench) for _ in range(4)]
    for observer in observers:
        observer.look()
    clock.pass_by(LEASE_S)
    together = threading.Barrier(4, timeout=20)

    def look(observer):
        together.wait()
        observer.look()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(look, observers))
    kinds = [event.type for event in bench.events(claim.run.run_id)]
    assert (kinds.count("result.finished"), kinds.count("run.completed")) == (1, 1)


def test_a_restarted_worker_recovers_its_own_leases_at_once(bench):
    """X-032: running ones end, initializing ones are queued again, those of others stay."""
    running = bench.running()
    initializing = bench.accept(bench.feature())
    bench.claim()
    other = bench.accept(bench.feature())
    bench.claim(WorkerIdentity("two", "life"))
    assert recover_own(bench.runtime, WORKER.name, "second-life") == 2
    assert recover_own(bench.runtime, WORKER.name, "second-life") == 0
    assert states(bench, running.run.run_id) == [("Error", "worker_lost")]
    assert states(bench, initializing.run_id) == [("Queued", "")]
    assert states(bench, other.run_id) == [("Initializing", "")]


def test_a_worker_does_not_recover_what_it_holds_itself(bench):
    """X-032."""
    claim = bench.running()
    assert recover_own(bench.runtime, WORKER.name, WORKER.incarnation) == 0
    assert bench.result(claim.lease.result_id).state == "Running"


@pytest.mark.parametrize(("begun", "expected"), [(False, ("Queued", "")), (True, ("Error", "worker_lost"))])
def test_what_a_stopping_worker_leaves_is_treated_as_lost(bench, begun, expected):
    """X-021, runner A.7."""
    accepted = bench.accept(bench.feature())
    claim = bench.claim()
    state = State.INITIALIZING
    if begun:
        claim, state = bench.begin(claim), State.RUNNING
    for _ in range(2):
        with bench.runtime.unit_of_work() as scope:
            end_left(scope, claim, state)
    assert states(bench, accepted.run_id) == [expected]


def test_a_result_that_waited_too_long_ends_as_queue_expired(make_bench):
    """X-024."""
    bench = make_bench(cometa__queue__max_wait_seconds="100")
    expired = bench.accept(bench.feature())
    bench.clock.pass_by(50)
    younger = bench.accept(bench.feature())
    bench.clock.pass_by(51)
    Observer(bench).look()
    assert states(bench, expired.run_id) == [("Error", "queue_expired")]
    assert states(bench, younger.run_id) == [("Queued", "")]
    (result,) = bench.results(expired.run_id)
    assert (result.total, result.skipped) == (3, 3)
    kinds = [event.type for event in bench.events(expired.run_id)]
    assert kinds == ["result.queued", *["step.skip"] * 3, "result.error", "result.finished", "run.completed"]


def test_the_queue_keeps_results_for_a_day(bench, observer, clock):
    """X-024."""
    accepted = bench.accept(bench.feature())
    clock.pass_by(86_400)
    observer.look()
    assert states(bench, accepted.run_id) == [("Queued", "")]
    clock.pass_by(1)
    observer.look()
    assert states(bench, accepted.run_id) == [("Error", "queue_expired")]


def test_a_lost_wake_up_is_made_up_for_while_results_wait(bench, observer):
    """X-011, X-012."""
    observer.look()
    assert observer.rings == 0
    bench.accept(bench.feature())
    bench.runtime.tasks.hueys["runs"].storage.flush_queue()
    assert bench.wake_ups() == 0
    observer.look()
    assert observer.rings == 1


def test_a_result_that_is_queued_again_wakes_a_worker_in_the_same_look(bench, observer, clock):
    """X-012: it waits no further round."""
    bench.accept(bench.feature())
    bench.claim()
    observer.look()
    clock.pass_by(LEASE_S)
    observer.rings = 0
    observer.look()
    assert observer.rings == 1


def test_a_lost_running_result_is_executed_once_more_where_the_site_wants_it(make_bench):
    """X-030, X-071: the rows of the first attempt stay, totals show the last one, there is no third."""
    bench = make_bench(cometa__lost_run="retry_once")
    observer, clock = Observer(bench), bench.clock
    first = bench.report(bench.running(), "Success", "")
    lose(bench, observer, clock)
    run_id, result_id = first.run.run_id, first.lease.result_id
    assert states(bench, run_id) == [("Queued", "")]
    assert [event.type for event in bench.events(run_id)][-2:] == ["step.end", "result.requeued"]
    with pytest.raises(LeaseLost):
        bench.report(first, "Success")
    second = bench.begin(bench.claim(WorkerIdentity("two", "life")))
    assert second.attempt == 2
    bench.end(bench.report(second, "Success", "Success", "Success"))
    result = bench.result(result_id)
    assert (result.state, result.attempt, result.total, result.ok) == ("Success", 2, 3, 3)
    with bench.runtime.reading() as session:
        rows = session.execute(
            select(StepResult.attempt, StepResult.status).where(StepResult.result_id == result_id)
        ).all()
    assert sorted(map(tuple, rows)) == [(1, "Failed"), (1, "Success"), *[(2, "Success")] * 3]


def test_a_result_that_is_lost_in_its_second_execution_ends_as_an_error(make_bench):
    """X-030: attempt 3 is never executed."""
    bench = make_bench(cometa__lost_run="retry_once")
    observer = Observer(bench)
    run_id = bench.running().run.run_id
    lose(bench, observer, bench.clock)
    bench.begin(bench.claim())
    lose(bench, observer, bench.clock)
    assert states(bench, run_id) == [("Error", "worker_lost")]
    assert bench.claim() is None


def test_attempts_that_executed_nothing_do_not_use_up_the_second_execution(make_bench):
    """X-030, X-031."""
    bench = make_bench(cometa__lost_run="retry_once")
    observer = Observer(bench)
    accepted = bench.accept(bench.feature())
    bench.claim()
    lose(bench, observer, bench.clock)
    bench.begin(bench.claim())
    lose(bench, observer, bench.clock)
    assert states(bench, accepted.run_id) == [("Queued", "")]
    bench.begin(bench.claim())
    lose(bench, observer, bench.clock)
    assert states(bench, accepted.run_id) == [("Error", "worker_lost")]
