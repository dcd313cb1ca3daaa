"""PostgreSQL goes away in the middle of a run: runners go on, nothing is lost, nobody is thought dead."""

import threading

import pytest
from run_bench import Bench, prepare_postgresql
from waiting import eventually

from cometa_core.clock import SystemClock
from cometa_core.testing.plugin import required
from cometa_core.testing.postgres import PostgresServer
from cometa_executions.api import sweep
from cometa_worker.cleanup import marked_processes
from cometa_worker.preparation import mark_of
from cometa_worker.service import WorkerService
from cometa_worker.spool import EventBuffer

pytestmark = [
    pytest.mark.usefixtures("sample_plugin"),
    # Connections to a server that was stopped are dropped wherever they are.
    pytest.mark.filterwarnings("ignore:.*BaseConnection.__del__:pytest.PytestUnraisableExceptionWarning"),
]

LONG = 'Sleep "60" seconds'


@pytest.fixture(scope="module")
def server():
    """A server of this module alone, since it is stopped."""
    with required(PostgresServer()) as started:
        yield started


@pytest.fixture
def bench_on(server, worker_template, tmp_path, programs, begin_on, without_browser):
    """Make an installation on the server and return it with its ``attempt``."""
    made = []

    def make(**settings):
        url = prepare_postgresql(server, tmp_path / "template")
        keys = {"cometa.plugins": "accounts\ncatalog\nfeatures\nexecutions\nworker\nsample", **programs}
        keys |= {"cometa.runner.zygote": "false", "cometa.browser.local": "true", **settings}
        bench = Bench(tmp_path / "data", worker_template, url, clock=SystemClock(), **keys)
        made.append(bench)
        return bench, begin_on(bench, without_browser)

    yield make
    for bench in made:
        bench.close()


class Outage:
    """A server that is away while this is entered as a context."""

    def __init__(self, server, bench):
        self._server = server
        self._bench = bench

    def __enter__(self):
        self._server._process.stop()

    def __exit__(self, *_error):
        self._server._process.start(self._server._answers)
        # What the pool of the test itself still holds is dead.
        self._bench.runtime.engine.dispose()


def processes(bench, tried, fence=1):
    own = mark_of(bench.runtime, tried.result_id, fence)
    return [process for process, mark in marked_processes() if mark == own]


def began(tried, count):
    eventually(lambda: len(tried.steps) >= count, 10, f"the begin of step {count}")


def test_a_runner_ends_while_the_database_is_away_and_all_its_events_are_stored_in_order(server, bench_on, monkeypatch):
    """X-028, X-048, runner B.4: spooled to the file, too; no step fails by time."""
    monkeypatch.setattr(EventBuffer.__init__, "__defaults__", (100_000, 256 << 20))
    bench, attempt = bench_on()
    steps = [{"step_content": 'Say "4000" texts', "timeout": 30}, {"step_content": 'Sleep "1" seconds', "timeout": 2}]
    tried = attempt('Sleep "1" seconds', *steps, "Pass")
    began(tried, 1)
    with Outage(server, bench):
        eventually(lambda: not processes(bench, tried), 20, "the end of the runner")
        threading.Event().wait(0.5)
    result = tried.end()
    assert (result.state, result.attempt, tried.statuses) == ("Success", 1, ["Success"] * 4)
    events = bench.events(tried.run_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    texts = [event.data["text"] for event in events if event.type == "step.detail"]
    assert [int(text.split()[0]) for text in texts if text[:8].isdigit()] == list(range(4000))


def test_a_restart_of_the_database_is_no_loss_for_those_who_watch(server, bench_on):
    """X-028, runner A.4: an observer begins anew when it could not look."""
    bench, attempt = bench_on(**{"cometa.lease_seconds": "2"})
    tried = attempt(*['Sleep "1" seconds'] * 5)
    began(tried, 1)
    service = WorkerService(bench.runtime)

    def look():
        service._guarded(lambda: sweep(bench.runtime, service._watch, lambda: None))

    look()
    with Outage(server, bench):
        threading.Event().wait(1.2)
        look()
        threading.Event().wait(1.2)
    look()
    result = tried.end()
    assert (result.state, result.ok) == ("Success", 5)


def test_what_can_be_executed_again_is_ended_when_its_beat_stands_still(server, bench_on, monkeypatch):
    """X-026, X-028, X-030: the runner is gone before the result can be taken by somebody else."""
    monkeypatch.setattr("cometa_worker.writing.BEATLESS_SECONDS", 1.0)
    bench, attempt = bench_on(**{"cometa.lost_run": "retry_once"})
    tried = attempt("Pass", LONG, "Pass")
    began(tried, 2)
    with Outage(server, bench):
        eventually(lambda: not processes(bench, tried), 10, "the end of the runner")
    result = tried.end()
    assert (result.state, result.attempt) == ("Queued", 1)
    assert [event.type for event in bench.events(tried.run_id)][-1] == "result.requeued"
    assert bench.claim().attempt == 2


def test_a_short_outage_ends_nothing_where_results_can_be_executed_again(server, bench_on):
    """X-028: policy retry_once, less than 20 s."""
    bench, attempt = bench_on(**{"cometa.lost_run": "retry_once"})
    tried = attempt("Pass", 'Sleep "3" seconds')
    began(tried, 2)
    with Outage(server, bench):
        threading.Event().wait(1)
    result = tried.end()
    assert (result.state, result.attempt) == ("Success", 1)


def test_a_worker_that_must_end_while_the_database_is_away_leaves_no_process(server, bench_on):
    """runner A.7: the result is left to the sweep."""
    bench, attempt = bench_on()
    tried = attempt("Pass", LONG)
    began(tried, 2)
    with Outage(server, bench):
        tried.hurry.set()
        tried._thread.join(20)
        assert not tried._thread.is_alive()
        assert not processes(bench, tried)
    assert tried.result.state == "Running"
