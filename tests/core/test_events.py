"""The event log: gapless streams whose order is the order of commits."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from cometa_core import PluginInfo, events, hookimpl
from cometa_core.contracts.run import RunInfo
from cometa_core.db.migrations import CORE_SOURCE, upgrade
from cometa_core.db.tables import Event, EventStream
from cometa_core.plugin.discovery import Candidate, Loaded
from cometa_core.plugin.registry import Plugins
from cometa_core.runtime import Runtime, make_runtime

WRITERS, EVENTS_EACH = 6, 15
RUN = RunInfo(7, 70, 3, "Buy a book", 1)
OTHER = RunInfo(8, 80, 3, "Buy a book", 1)


class Listener:
    """A plugin that keeps what it is told, and asks the database whether it is there."""

    PLUGIN = PluginInfo("listener", "Listens")

    def __init__(self):
        self.told = []
        self.fails = False

    @hookimpl
    def cometa_run_event(self, run, event, runtime):
        with runtime.reading() as session:
            stored = session.get(Event, (f"run:{run.run_id}", event.seq))
        self.told.append((run.run_id, event.seq, event.type, stored is not None))
        if self.fails:
            raise RuntimeError("the listener is broken")


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def runtime(database_url, tmp_path, listener):
    """A runtime whose only plugin listens."""
    keys = {"cometa.data": str(tmp_path / "data"), "sqlalchemy.url": database_url, "cometa.plugins": "accounts"}
    settings = make_runtime(keys, environment={}).settings
    loaded = Loaded(Candidate("listener", None), listener, listener.PLUGIN)
    opened = Runtime(settings, Plugins({}, [loaded]))
    list(upgrade(opened.engine, [CORE_SOURCE]))
    yield opened
    opened.close()


def append(runtime, run=RUN, *kinds):
    with runtime.unit_of_work() as scope:
        return events.append(scope, run, [(kind, {"of": kind}) for kind in kinds])


def append_and_fail(runtime):
    with runtime.unit_of_work() as scope:
        events.append(scope, RUN, [("step.begin", {}), ("step.end", {})])
        raise ZeroDivisionError


def numbers(runtime, run=RUN):
    with runtime.reading() as session:
        return [event.seq for event in events.after(session, events.run_stream(run.run_id), 0, 10_000)]


def test_places_are_counted_from_1_for_each_run(runtime):
    """Runner K.1."""
    assert [event.seq for event in append(runtime, RUN, "result.queued", "result.started")] == [1, 2]
    assert [event.seq for event in append(runtime, OTHER, "result.queued")] == [1]
    assert [event.seq for event in append(runtime, RUN, "step.begin")] == [3]


def test_writers_at_the_same_time_leave_no_gap_and_no_double(runtime):
    start = threading.Barrier(WRITERS)

    def write(_):
        start.wait()
        for _round in range(EVENTS_EACH):
            append(runtime, RUN, "step.begin", "step.end")

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    assert numbers(runtime) == list(range(1, 2 * WRITERS * EVENTS_EACH + 1))


def test_the_order_of_places_is_the_order_of_commits(runtime):
    """A reader that asks for what comes after the last place it knows misses nothing."""
    stop, missed, known = threading.Event(), [], [0]

    def read():
        while not stop.is_set():
            with runtime.reading() as session:
                for event in events.after(session, events.run_stream(RUN.run_id), known[-1], 1000):
                    if event.seq != known[-1] + 1:
                        missed.append((known[-1], event.seq))
                    known.append(event.seq)

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: append(runtime, RUN, "step.begin"), range(60)))
    stop.set()
    reader.join()
    assert missed == []


def test_what_is_rolled_back_leaves_no_gap_and_nobody_hears_of_it(runtime, listener):
    append(runtime, RUN, "result.queued")
    with pytest.raises(ZeroDivisionError):
        append_and_fail(runtime)
    assert [event.seq for event in append(runtime, RUN, "result.finished")] == [2]
    assert [kind for _, _, kind, _ in listener.told] == ["result.queued", "result.finished"]


def test_listeners_are_told_after_the_commit_in_order(runtime, listener):
    with runtime.unit_of_work() as scope:
        events.append(scope, RUN, [("step.begin", {}), ("step.end", {})])
        assert listener.told == []
    assert listener.told == [(7, 1, "step.begin", True), (7, 2, "step.end", True)]


def test_a_broken_listener_changes_nothing(runtime, listener, caplog):
    listener.fails = True
    append(runtime, RUN, "step.begin", "step.end")
    assert numbers(runtime) == [1, 2]
    assert len(listener.told) == 2
    assert "Plugin listener failed in cometa_run_event" in caplog.text


def test_events_come_back_as_they_were_stored(runtime):
    with runtime.unit_of_work() as scope:
        (stored,) = events.append(scope, RUN, [("step.end", {"message": "Grüße 🦆", "n": [1, None]})])
    with runtime.reading() as session:
        (found,) = events.after(session, events.run_stream(RUN.run_id), 0, 10)
    assert (found.type, found.data, found.at) == ("step.end", {"message": "Grüße 🦆", "n": [1, None]}, stored.at)
    assert (found.run_id, found.feature_result_id, found.feature_id, found.department_id) == (7, 70, 3, 1)


def test_reading_goes_on_after_a_place_and_stops_at_a_limit(runtime):
    append(runtime, RUN, *"abcde")
    with runtime.reading() as session:
        assert [event.seq for event in events.after(session, events.run_stream(RUN.run_id), 2, 2)] == [3, 4]
        assert list(events.after(session, events.run_stream(RUN.run_id), 5, 2)) == []


def test_appending_nothing_opens_no_stream(runtime):
    assert append(runtime, RUN) == []
    with runtime.reading() as session:
        assert session.scalars(select(EventStream)).all() == []
