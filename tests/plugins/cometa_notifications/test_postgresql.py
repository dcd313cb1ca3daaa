"""The outbox on PostgreSQL, where writers really write at the same time."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from run_bench import Bench, fill
from small_installation import runtime_in

from cometa_core.contracts.requests import StepRequest
from cometa_executions.api import Ending, State
from cometa_notifications.services.delivering import Courier
from cometa_notifications.services.reading import FILTERS, visible
from cometa_notifications.services.requests import send_mail

from .conftest import PLUGINS

MAILED = {"send_mail": True, "email_address": ["qa@example.org"]}


@pytest.fixture(scope="module")
def shared_bench(tmp_path_factory, template, keys, postgres_server):
    folder = tmp_path_factory.mktemp("postgresql")
    url = postgres_server.create_database()
    runtime = runtime_in(folder / "first", PLUGINS, **{"sqlalchemy.url": url})
    fill(runtime)
    runtime.close()
    bench = Bench(folder / "data", template, url, **keys)
    yield bench
    bench.close()


def running(bench, count, **fields):
    feature_id = bench.feature(**{**MAILED, **fields})
    claims = []
    for _ in range(count):
        bench.accept(feature_id)
        claims.append(bench.begin(bench.claim()))
    return claims


def test_results_that_fail_at_the_same_time_share_one_count_of_mails(bench, outbox):
    """X-149: the count is raised with compare-and-set."""
    claims = running(bench, 6, check_maximum_notification_on_error=True, maximum_notification_on_error=2)
    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(lambda claim: bench.end(claim, Ending(State.FAILED)), claims))
    assert len(outbox()) == 2


def test_two_workers_on_one_outbox_deliver_each_mail_once(bench, outbox, mail_server):
    """X-152."""
    for claim in running(bench, 10):
        bench.end(claim, Ending(State.SUCCESS))
    other = bench.another_runtime(bench.clock)
    try:
        with ThreadPoolExecutor(2) as threads:
            tried = list(threads.map(Courier.work_off, (Courier(bench.runtime, "mail"), Courier(other, "mail"))))
    finally:
        other.close()
    assert sum(tried) == len(mail_server.mails()) == 10
    assert {(row.state, row.attempts) for row in outbox()} == {("sent", 1)}


def test_a_request_that_comes_twice_is_one_mail_whose_outcome_its_step_tells(bench, outbox, work_off):
    """Runner B.3: the answer may be asked for again after an uncertain commit."""
    (claim,) = running(bench, 1)
    bench.report(claim, "Success")
    data = {"subject": "a", "message": "b", "recipients": {"to": ["step@example.org"]}}
    for _ in range(2):
        with bench.runtime.unit_of_work() as scope:
            assert send_mail(scope, StepRequest(claim.run, claim.attempt, 1, 1, data)).ok
    assert work_off() == 1
    assert len(outbox()) == 1
    (step,) = bench.steps(claim.lease.result_id)
    assert step.notes["content"] == "Taken by the mail server for step@example.org."


def test_every_filter_of_the_list_is_a_query(bench):
    (claim,) = running(bench, 1)
    bench.end(claim, Ending(State.SUCCESS))
    values = (1, claim.run.feature_id, claim.lease.result_id, "mail", "waiting")
    with bench.runtime.unit_of_work(bench.member) as scope:
        (row,) = scope.session.scalars(visible(scope, dict(zip(FILTERS, values, strict=True)))).all()
    assert row.result_id == claim.lease.result_id
