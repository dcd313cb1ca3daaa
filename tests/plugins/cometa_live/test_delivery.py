"""Delivery under difficulties: bells that are lost, clients that vanish or stop reading, a database that is away."""

import random
import threading
import time

import pytest
from live_clients import Reader, ServerThread
from run_bench import CHROME, later, row, statements_of

from cometa_core.event_bell import BELL, EventBell
from cometa_core.events import announce
from cometa_executions.api import Batch, StepReport, store_batch

BIG = "x" * 20_000


@pytest.fixture
def tell_much(bench):
    """Announce many large things in transactions of fifty."""

    def say(count):
        for _ in range(count // 50):
            with bench.runtime.unit_of_work() as scope:
                for number in range(50):
                    announce(scope, "thing", {"number": number, "text": BIG}, department_id=1)

    return say


def test_bells_make_delivery_quick(api, connect, tell):
    """X-148: far quicker than looking once a second."""
    reader = connect(api).subscribe(department_id=1)
    took = []
    for _ in range(10):
        begun = time.perf_counter()
        tell("thing", department_id=1)
        reader.next()
        took.append(time.perf_counter() - begun)
    assert sorted(took)[5] < 0.3, took


def test_lost_rings_delay_events_for_a_second_at_most(bench, api, connect, tell):
    """K.1: readers also look once a second."""
    deaf = EventBell(lambda _streams: None)
    bell = bench.runtime.once(BELL, lambda: deaf)
    bench.runtime.replace(BELL, deaf)
    try:
        reader = connect(api).subscribe(department_id=1)
        tell("thing", department_id=1)
        assert reader.next(2.5)["type"] == "thing"
    finally:
        bench.runtime.replace(BELL, bell)
        deaf.close()


def test_a_bell_that_cannot_be_rung_changes_nothing(bench, tell, api):
    """Principle 4: what was committed is committed, and at once."""

    def refuse(_streams):
        raise ConnectionRefusedError

    broken = EventBell(refuse)
    bell = bench.runtime.once(BELL, lambda: broken)
    bench.runtime.replace(BELL, broken)
    try:
        tell("thing", department_id=1)
        assert [event["type"] for event in api.get("/events/?department_id=1").json] == ["thing"]
    finally:
        bench.runtime.replace(BELL, bell)
        broken.close()


def test_one_reader_serves_all_who_follow_a_stream(api, connect, tell, shared_server):
    """K.1: no query for each client."""
    readers = [connect(api).subscribe(department_id=1) for _ in range(20)]
    tell("warm", department_id=1)
    for reader in readers:
        reader.next()
    with statements_of(shared_server.runtime.engine) as seen:
        tell("thing", department_id=1)
        for reader in readers:
            assert reader.next()["type"] == "thing"
    assert len([statement for statement in seen if "core_event." in statement]) <= 4


def test_random_disconnects_lose_nothing(bench, api, shared_server):
    """X-142: whoever resumes with the last `seq` has every event once, in order."""
    total, dice, seen = 200, random.Random(7), []

    def write():
        for number in range(total // 5):
            with bench.runtime.unit_of_work() as scope:
                for part in range(5):
                    announce(scope, "thing", {"number": number * 5 + part}, department_id=1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(seen) < total:
            reader = Reader(shared_server.url, key=api.key).subscribe(department_id=1, since=len(seen))
            for _ in range(min(dice.randrange(1, 40), total - len(seen))):
                seen.append(reader.next())
            reader.vanish() if dice.random() < 0.5 else reader.close()
    finally:
        writer.join()
    assert [event["seq"] for event in seen] == list(range(1, total + 1))
    assert [event["data"]["number"] for event in seen] == list(range(total))


def test_writers_at_the_same_time_leave_no_gap(bench, api, connect):
    """X-142, X-143: the order of `seq` is the order of commits, so no reader passes over a later commit."""

    def write(name):
        for number in range(25):
            with bench.runtime.unit_of_work() as scope:
                announce(scope, name, {"number": number}, department_id=1)

    reader = connect(api).subscribe(department_id=1)
    writers = [threading.Thread(target=write, args=(f"writer.{number}",)) for number in range(4)]
    for writer in writers:
        writer.start()
    events = reader.events(100)
    for writer in writers:
        writer.join()
    assert [event["seq"] for event in events] == list(range(1, 101))
    for number in range(4):
        own = [event["data"]["number"] for event in events if event["type"] == f"writer.{number}"]
        assert own == list(range(25))


def test_a_client_that_stops_reading_is_cut_off(api, connect, tell_much, shared_server):
    """X-145: with 4008, while others get everything; its connection holds no memory afterwards."""
    stuck = connect(api, max_queue=1).subscribe(department_id=1)
    reader = connect(api).subscribe(department_id=1)
    writer = threading.Thread(target=tell_much, args=(600,))
    writer.start()
    assert [event["seq"] for event in reader.events(600)] == list(range(1, 601))
    writer.join()
    # It reads again only now: a part of what was sent is on its way, then the connection ends.
    assert stuck.close_code() in {4008, None}
    waiting = time.monotonic() + 10
    while len(shared_server.server._connections) > 1 and time.monotonic() < waiting:
        threading.Event().wait(0.05)
    assert len(shared_server.server._connections) == 1


def test_a_client_that_is_cut_off_resumes(api, connect, tell_much):
    """K.1: nothing is lost by being slow."""
    tell_much(50)
    reader = connect(api).subscribe(department_id=1, since=20)
    assert [event["seq"] for event in reader.events(30)] == list(range(21, 51))


def test_who_follows_nothing_costs_no_query(bench, api, connect, shared_server):
    reader = connect(api)
    reader.send(op="ping")
    reader.next()
    with statements_of(shared_server.runtime.engine) as seen:
        threading.Event().wait(1.3)
    assert seen == []


def test_a_restarted_server_is_resumed(bench, api, shared_server, tell):
    """X-146: the old one says 1012; the new one goes on behind the last `seq`."""
    with ServerThread(bench.another_runtime(bench.clock)) as first:
        reader = Reader(first.url, key=api.key).subscribe(department_id=1)
        tell("before", department_id=1)
        assert reader.next()["type"] == "before"
    assert reader.close_code() == 1012
    reader.close()
    tell("between", department_id=1)
    resumed = Reader(shared_server.url, key=api.key).subscribe(department_id=1, since=1)
    tell("after", department_id=1)
    assert [(event["seq"], event["type"]) for event in resumed.events(2)] == [(2, "between"), (3, "after")]
    resumed.close()


def test_while_the_database_is_away_nothing_is_lost(bench, api, connect, tell, shared_server, monkeypatch):
    """K.1: a reader that cannot read reads later; nobody gets anything unchecked."""
    reader = connect(api).subscribe(department_id=1)
    tell("before", department_id=1)
    assert reader.next()["type"] == "before"
    log = shared_server.server._service.hub._log

    def away(*_arguments):
        raise OSError("the database is away")

    monkeypatch.setattr(log, "page", away)
    tell("thing", department_id=1)
    threading.Event().wait(0.3)
    monkeypatch.undo()
    assert reader.next(3)["type"] == "thing"


def test_who_comes_while_the_database_is_away_is_asked_to_come_later(api, connect, tell, shared_server, monkeypatch):
    """K.1: close code 1013; the client resumes with `since`."""

    def away(*_arguments):
        raise OSError("the database is away")

    monkeypatch.setattr(shared_server.server._service.hub._log, "gap", away)
    reader = connect(api)
    reader.send(op="subscribe", department_id=1)
    assert reader.close_code() == 1013


def report(bench, claim, number):
    """Store that a step began and ended."""
    step = [StepReport(number, row(number, "Success"))]
    told = [("step.begin", {"seq": number}), ("step.end", {"seq": number})]
    with bench.runtime.unit_of_work() as scope:
        store_batch(scope, claim.run, claim.lease, claim.attempt, Batch(steps=step, events=told))


def test_eight_results_at_once_keep_their_order(bench, api, connect):
    """X-143: per result queued, initializing, started, steps by `seq`, finished; per run `run.completed` is last."""
    accepted = bench.accept(bench.feature(browsers=[CHROME] * 8))
    assert len(accepted.result_ids) == 8
    reader = connect(api).subscribe(run_id=accepted.run_id)

    def execute():
        claimed = bench.claim()
        claim = bench.begin(claimed)
        for number in range(1, 4):
            report(bench, claim, number)
            claim = later(claim)
        assert bench.end(claim)

    workers = [threading.Thread(target=execute) for _ in accepted.result_ids]
    for worker in workers:
        worker.start()
    events = reader.until("run.completed")
    for worker in workers:
        worker.join()
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    for result_id in accepted.result_ids:
        own = [event for event in events if event["feature_result_id"] == result_id]
        steps = [(event["type"], event["data"]["seq"]) for event in own if event["type"].startswith("step.")]
        assert steps == [(kind, number) for number in range(1, 4) for kind in ("step.begin", "step.end")]
        kinds = [event["type"] for event in own if event["type"].startswith("result.")]
        assert kinds == ["result.queued", "result.initializing", "result.started", "result.finished"]
