"""Claims take results one by one, in the order of the queue and within its limits."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from run_bench import CHROME, FIREFOX, WORKER

from cometa_executions.api import Result, WorkerIdentity, remember_worker
from cometa_executions.services.waits import why_waiting

CLAIMERS = 4


def claimed_ids(bench, worker=WORKER):
    """Claim until nothing is admissible and return the keys in order."""
    found = []
    while (claim := bench.claim(worker)) is not None:
        found.append(claim.lease.result_id)
    return found


def waits(bench, *result_ids):
    with bench.runtime.unit_of_work(bench.member) as scope:
        results = [scope.session.get_one(Result, result_id) for result_id in result_ids]
        found = why_waiting(scope, results)
    return [found.get(result_id) for result_id in result_ids]


def see(bench, *workers):
    with bench.runtime.unit_of_work() as scope:
        for worker in workers:
            remember_worker(scope, worker, "host", 1, 2)


def claim_in_threads(bench, count, runtimes):
    """Let many threads claim at the same time until each finds nothing; returns all claims."""
    together = threading.Barrier(count, timeout=30)

    def work(number):
        worker = WorkerIdentity(f"worker-{number}", "life")
        together.wait()
        found = []
        while (claim := bench.claim(worker, runtimes[number % len(runtimes)])) is not None:
            found.append(claim)
        return found

    with ThreadPoolExecutor(count) as pool:
        return [claim for found in pool.map(work, range(count)) for claim in found]


def test_of_many_results_each_is_claimed_exactly_once(bench):
    """X-010: two processes' worth of engines with two claimers each."""
    bench.set_cloud("local", max_concurrency=0)
    feature_id = bench.feature()
    ids = {result_id for _ in range(60) for result_id in bench.accept(feature_id).result_ids}
    other = bench.another_runtime()
    claims = claim_in_threads(bench, CLAIMERS, [bench.runtime, other])
    other.close()
    assert len(claims) == 60
    assert {claim.lease.result_id for claim in claims} == ids
    assert {claim.attempt for claim in claims} == {1}


@pytest.mark.parametrize("limit", ["department", "cloud", "site"])
def test_no_limit_is_exceeded_by_fifty_claims_at_once(make_bench, limit):
    """X-014."""
    bench = make_bench(cometa__max_parallel="3" if limit == "site" else "0")
    if limit == "department":
        bench.set_department("Default", max_parallel=3)
    if limit == "cloud":
        bench.set_cloud("local", max_concurrency=3)
    feature_id = bench.feature()
    for _ in range(8):
        bench.accept(feature_id)
    with ThreadPoolExecutor(10) as pool:
        claims = [claim for claim in pool.map(lambda _: bench.claim(), range(50)) if claim]
    assert len(claims) == 3
    bench.end(bench.begin(claims[0]))
    assert bench.claim() is not None
    assert bench.claim() is None


def test_the_limit_of_a_department_holds_no_other_department(bench):
    """X-014, runner A.5."""
    stranger = bench.identity("bob@example.org", departments=("Other",))
    bench.set_department("Default", max_parallel=1)
    own = [bench.accept(bench.feature()).result_ids[0] for _ in range(2)]
    other = bench.accept(bench.feature(member=stranger, department="Other"), member=stranger).result_ids[0]
    assert claimed_ids(bench) == [own[0], other]


def test_of_equal_priority_the_department_with_fewest_active_results_comes_first_and_then_age(bench):
    """runner A.5."""
    stranger = bench.identity("bob@example.org", departments=("Other",))
    own = [bench.accept(bench.feature()).result_ids[0] for _ in range(3)]
    other = bench.accept(bench.feature(member=stranger, department="Other"), member=stranger).result_ids[0]
    assert claimed_ids(bench) == [own[0], other, own[1], own[2]]


def test_higher_priority_comes_first(bench):
    """runner A.5: manual 10, data-driven 5, schedule 0."""
    feature_id = bench.feature()
    ids = {priority: bench.accept(feature_id, priority=priority).result_ids[0] for priority in (0, 5, 10)}
    assert claimed_ids(bench) == [ids[10], ids[5], ids[0]]


def test_waiting_results_overtake_newer_ones_of_higher_priority(bench, clock):
    """X-015: under a constant load of manual runs a scheduled one is claimed after eleven minutes."""
    feature_id = bench.feature()
    (scheduled,) = bench.accept(feature_id, priority=0).result_ids
    minutes = 0
    while True:
        bench.accept(feature_id)
        claim = bench.claim()
        if claim.lease.result_id == scheduled:
            break
        bench.end(bench.begin(claim))
        clock.pass_by(60)
        minutes += 1
    assert minutes == 10


def test_a_worker_takes_only_its_queues_and_browsers(bench):
    """runner A.5."""
    stranger = bench.identity("bob@example.org", departments=("Other",))
    bench.set_department("Other", queue_name="night")
    (own,) = bench.accept(bench.feature()).result_ids
    other = bench.feature(member=stranger, department="Other", browsers=[CHROME, FIREFOX])
    chrome, firefox = bench.accept(other, member=stranger).result_ids
    assert claimed_ids(bench, WorkerIdentity("a", "b", queues=("night",), browsers=("firefox",))) == [firefox]
    assert claimed_ids(bench, WorkerIdentity("a", "b", queues=("night", "day"))) == [chrome]
    assert claimed_ids(bench, WorkerIdentity("a", "b", queues=("",))) == [own]


def test_a_claim_is_announced_with_worker_and_attempt(bench):
    """R-192, runner K.3."""
    accepted = bench.accept(bench.feature())
    bench.claim()
    event = bench.events(accepted.run_id)[-1]
    assert (event.type, event.data) == ("result.initializing", {"worker": "one", "attempt": 1})


def test_without_a_queued_result_nothing_is_claimed(bench):
    bench.finished()
    assert bench.claim() is None


def test_a_result_waits_because_no_worker_was_seen(bench, clock):
    """X-016, R-103."""
    (result_id,) = bench.accept(bench.feature()).result_ids
    (wait,) = waits(bench, result_id)
    assert (wait.position, wait.limit, wait.workers) == (1, "no worker was seen for 60 seconds", 0)
    see(bench, WORKER)
    assert waits(bench, result_id)[0].workers == 1
    clock.pass_by(61)
    assert waits(bench, result_id)[0].workers == 0


def test_a_result_waits_because_no_worker_takes_it(bench):
    """X-016."""
    see(bench, WorkerIdentity("a", "b", browsers=("firefox",)), WorkerIdentity("c", "d", queues=("night",)))
    (result_id,) = bench.accept(bench.feature()).result_ids
    (wait,) = waits(bench, result_id)
    assert (wait.workers, wait.limit) == (0, "no worker takes chrome from the queue without a name")


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        ("department", "its department executes 1 results at once"),
        ("cloud", "the cloud local executes 1 results at once"),
        ("site", "all workers together execute 1 results at once"),
        ("slots", "all slots are in use"),
    ],
)
def test_a_result_waits_because_of_the_limit_that_holds_it(make_bench, limit, sentence):
    """X-016."""
    bench = make_bench(cometa__max_parallel="1" if limit == "site" else "0")
    if limit == "department":
        bench.set_department("Default", max_parallel=1)
    if limit == "cloud":
        bench.set_cloud("local", max_concurrency=1)
    see(bench, WORKER)
    feature_id = bench.feature()
    bench.accept(feature_id)
    bench.claim()
    (result_id,) = bench.accept(feature_id).result_ids
    (wait,) = waits(bench, result_id)
    assert (wait.position, wait.limit, wait.workers) == (1, sentence, 1)


def test_positions_are_those_of_the_claims(bench, clock):
    """X-016: computed from the same query."""
    stranger = bench.identity("bob@example.org", departments=("Other",))
    feature_id = bench.feature()
    ids = list(bench.accept(feature_id, priority=8).result_ids)
    clock.pass_by(180)
    ids += [bench.accept(feature_id, priority=priority).result_ids[0] for priority in (10, 0, 10)]
    foreign = bench.feature(member=stranger, department="Other")
    ids += bench.accept(foreign, member=stranger).result_ids
    places = [wait.position for wait in waits(bench, *ids)]
    bench.claim()
    order = [ids[places.index(1)], *claimed_ids(bench)]
    assert order[0] == ids[0]
    assert order[1] == ids[4]
    assert sorted(places) == [1, 2, 3, 4, 5]


def test_only_queued_results_wait(bench):
    """R-103."""
    accepted = bench.finished()
    assert waits(bench, *accepted.result_ids) == [None]
