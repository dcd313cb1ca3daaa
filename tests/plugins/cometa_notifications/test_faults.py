"""Servers that are dead or hang, and workers that are killed or meet at one outbox.  Contract: X-152, runner M."""

import json
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update
from waiting import eventually

from cometa_executions.api import Ending, State
from cometa_notifications.models import Notification
from cometa_notifications.services.delivering import CLAIM_SECONDS, Courier, deliver

MAILED = {"send_mail": True, "email_address": ["qa@example.org"]}


def end(bench, count=1, **fields):
    """End results of a feature that mails."""
    feature_id = bench.feature(**{**MAILED, **fields})
    for _ in range(count):
        bench.accept(feature_id)
        assert bench.end(bench.begin(bench.claim()), Ending(State.SUCCESS))


@pytest.fixture
def hanging():
    """A server that lets everybody connect and never says a word; closed, it drops them."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def runtime_with(bench):
    """Give a function that opens the installation with another mail server, as a restarted worker does."""
    opened = []

    def start(port, **settings):
        keys = {"cometa.mail.url": f"smtp://127.0.0.1:{port}?tls=none", "cometa.mail.timeout_seconds": "0.3"}
        opened.append(bench.another_runtime(bench.clock, **{**keys, **settings}))
        return opened[-1]

    yield start
    for runtime in opened:
        runtime.close()


def port_of(server):
    return server.getsockname()[1]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return port_of(server)


def test_a_dead_mail_server_is_tried_once_a_round_and_everything_is_delivered_when_it_is_back(
    bench, outbox, work_off, runtime_with, mail_server
):
    """X-152."""
    end(bench, 3)
    dead = Courier(runtime_with(free_port()), "mail")
    assert dead.work_off() == 1
    first, *others = outbox()
    assert (first.state, first.attempts) == ("waiting", 1)
    assert "Connection refused" in first.last_error
    assert [(row.state, row.attempts) for row in others] == [("waiting", 0)] * 2
    bench.clock.pass_by(60)
    assert work_off() == 3
    assert [row.state for row in outbox()] == ["sent"] * 3
    assert len(mail_server.mails()) == 3


def test_a_mail_server_that_hangs_holds_up_neither_runs_nor_the_service_queue_nor_webhooks(
    bench, outbox, runtime_with, hanging
):
    """X-152: mail goes out beside everything else."""
    end(bench)
    runtime = runtime_with(port_of(hanging), **{"cometa.mail.timeout_seconds": "30"})
    deliver(runtime)
    eventually(lambda: outbox()[0].state == "sending", what="the try")
    end(bench)
    assert Courier(runtime, "webhook").work_off() == 0
    deliver(runtime)
    assert [(row.state, row.attempts) for row in outbox()] == [("sending", 1), ("waiting", 0)]
    hanging.close()
    eventually(lambda: outbox()[0].state == "waiting", what="the end of the try")


def test_a_mail_server_that_hangs_is_left_after_the_time_limit(bench, outbox, runtime_with, hanging):
    """Runner L: time-out."""
    end(bench)
    assert Courier(runtime_with(port_of(hanging)), "mail").work_off() == 1
    (row,) = outbox()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert f"127.0.0.1:{port_of(hanging)} cannot be used: " in row.last_error
    assert row.last_error.endswith("timed out")


def test_two_workers_on_one_outbox_deliver_each_mail_once(bench, outbox, runtime_with, mail_server):
    """X-152: a message is taken by one."""
    end(bench, 12)
    couriers = [Courier(bench.runtime, "mail"), Courier(runtime_with(mail_server.port), "mail")]
    with ThreadPoolExecutor(2) as threads:
        tried = list(threads.map(Courier.work_off, couriers))
    assert sum(tried) == 12
    assert {(row.state, row.attempts) for row in outbox()} == {("sent", 1)}
    identities = [mail["Message-ID"] for _, mail in mail_server.mails()]
    assert len(identities) == len(set(identities)) == 12


KILLED = """
import sys
from cometa_core.runtime import make_runtime
from cometa_notifications.services.delivering import Courier
from run_bench import MovableClock
import json
Courier(make_runtime(json.loads(sys.argv[1]), environment={}, clock=MovableClock()), "mail").work_off()
"""


def test_what_a_killed_worker_was_sending_is_sent_by_another_when_its_claim_is_over(
    bench, outbox, work_off, mail_server, hanging
):
    """X-152: a worker is killed with KILL in the middle of a mail."""
    end(bench)
    settings = {**bench.settings, "cometa.mail.url": f"smtp://127.0.0.1:{port_of(hanging)}?tls=none"}
    support = [path for path in sys.path if path.endswith("support")]
    process = subprocess.Popen([sys.executable, "-c", KILLED, json.dumps(settings)], env={"PYTHONPATH": support[0]})
    eventually(lambda: outbox()[0].state == "sending", what="the try")
    process.kill()
    process.wait()
    assert work_off() == 0
    bench.clock.pass_by(CLAIM_SECONDS)
    assert work_off() == 1
    (row,) = outbox()
    assert (row.state, row.attempts) == ("sent", 2)
    [(_, mail)] = mail_server.mails()
    assert mail["Message-ID"].startswith(f"<{row.delivery}@")


def test_who_comes_too_late_changes_nothing(bench, outbox, work_off, monkeypatch):
    """The claim of a worker that was suspended is over: what another one wrote stays."""
    end(bench)

    def taken_over(_courier, row):
        with bench.runtime.unit_of_work() as scope:
            scope.session.execute(update(Notification).where(Notification.id == row.id).values(claim="of another"))
        return sent(_courier, row)

    sent = Courier._sent
    monkeypatch.setattr(Courier, "_sent", taken_over)
    assert work_off() == 1
    (row,) = outbox()
    assert (row.state, row.claim, row.ended_at) == ("sending", "of another", None)
