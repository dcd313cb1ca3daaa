"""Webhooks: signed, with a delivery id that stays, never redirected; a server that hangs delays nothing."""

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select

from cometa_executions.api import Ending, State
from cometa_notifications.models import Integration
from cometa_notifications.services.delivering import Courier
from cometa_notifications.services.integrations import change_integration, create_integration, remove_integration

SECRET = "a-secret-of-the-tests"


class Receiver(ThreadingHTTPServer):
    """Keeps calls and answers with the status that a test sets."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls, self.status, self.answer = [], 200, b""
        self.hang = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, dict(self.headers), body))
        if self.path == "/hang":
            self.server.hang.wait(10)
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_args):
        """Stay silent."""


@pytest.fixture
def receiver():
    server = Receiver()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.hang.set()
    server.shutdown()
    server.server_close()


def end_with_hook(bench, receiver, state=State.FAILED, **fields):
    values = {"department_id": 1, "description": "", "application": "generic", "send_on": "execution", "features": [],
              "active": True, "hook": f"http://127.0.0.1:{receiver.server_address[1]}/hook", **fields}  # fmt: skip
    with bench.runtime.unit_of_work(bench.identity("root@example.org", role="SUPERUSER")) as scope:
        create_integration(scope, values, SECRET)
    assert bench.end(bench.running(), Ending(state))


def test_the_signature_verifies_and_a_repeated_delivery_has_the_same_id(bench, receiver, work_off, outbox):
    """X-151."""
    receiver.status = 500
    end_with_hook(bench, receiver)
    assert work_off("webhook") == 1
    assert outbox()[0].state == "waiting"
    receiver.status = 200
    bench.clock.pass_by(60)
    work_off("webhook")
    (_, first, _), (_, second, body) = receiver.calls
    signed = second["X-Cometa-Timestamp"].encode() + b"." + body
    assert second["X-Cometa-Signature"] == "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert first["X-Cometa-Delivery"] == second["X-Cometa-Delivery"]
    assert json.loads(body)["data"]["state"] == "Failed"
    assert outbox()[0].state == "sent"


def test_a_redirect_is_an_error_and_is_not_followed(bench, receiver, work_off, outbox):
    """runner L."""
    receiver.status = 302
    end_with_hook(bench, receiver)
    work_off("webhook")
    assert [path for path, _, _ in receiver.calls] == ["/hook"]
    assert "HTTP 302" in outbox()[0].last_error


def test_after_failed_execution_a_success_is_not_sent(bench, receiver, outbox):
    """runner L."""
    end_with_hook(bench, receiver, State.SUCCESS, send_on="failed_execution")
    assert outbox() == []


def test_of_an_answer_that_is_an_error_one_kilobyte_is_kept(bench, receiver, work_off, outbox):
    """runner L."""
    receiver.status, receiver.answer = 500, b"no such channel " + b"x" * 5000
    end_with_hook(bench, receiver)
    work_off("webhook")
    assert outbox()[0].last_error.startswith("HTTP 500: no such channel xxx")
    assert len(outbox()[0].last_error) == 1024


def test_a_receiver_that_hangs_is_left_and_those_of_others_are_called(bench, receiver, work_off, outbox):
    """X-152, runner L: a time limit; one call of a hanging receiver a round."""
    address = f"http://127.0.0.1:{receiver.server_address[1]}"
    end_with_hook(bench, receiver, hook=f"{address}/hang")
    end_with_hook(bench, receiver)
    assert work_off("webhook") == 2
    states = {(row.integration_id, row.state, row.attempts) for row in outbox()}
    slow, quick = sorted({row.integration_id for row in outbox()})
    assert states == {(slow, "waiting", 1), (slow, "waiting", 0), (quick, "sent", 1)}
    assert "no answer within 0.5 s" in outbox()[0].last_error


def test_a_private_address_is_not_called_unless_operators_allow_it(bench, receiver, outbox):
    """rest-api B5, X-054: the address is checked when it is called, whatever its name is."""
    end_with_hook(bench, receiver, hook=f"http://localhost:{receiver.server_address[1]}/hook")
    careful = bench.another_runtime(bench.clock, **{"cometa.notification.internal_webhooks": "false"})
    try:
        assert Courier(careful, "webhook").work_off() == 1
    finally:
        careful.close()
    assert receiver.calls == []
    assert outbox()[0].last_error.startswith("The address is not allowed: localhost")


@pytest.mark.parametrize("changed", [{"active": False}, None])
def test_a_webhook_that_was_switched_off_meanwhile_is_not_called(bench, receiver, work_off, outbox, changed):
    """A removed one takes along what was to be sent to it."""
    end_with_hook(bench, receiver)
    with bench.runtime.unit_of_work(bench.identity("root@example.org", role="SUPERUSER")) as scope:
        row = scope.session.scalars(select(Integration)).one()
        if changed is None:
            remove_integration(scope, row)
        else:
            change_integration(scope, row, changed, None)
    assert work_off("webhook") == (0 if changed is None else 1)
    assert [row.state for row in outbox()] == ([] if changed is None else ["dead"])
    assert receiver.calls == []
