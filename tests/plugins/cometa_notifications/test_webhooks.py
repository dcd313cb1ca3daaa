"""Webhooks: signed, with a delivery id that stays, never redirected; a server that hangs delays nothing."""

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cometa_executions.api import Ending, State
from cometa_notifications.services.integrations import create_integration

SECRET = "a-secret-of-the-tests"


class Receiver(ThreadingHTTPServer):
    """Keeps calls and answers with the status that a test sets."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls, self.status = [], 200


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args):
        """Stay silent."""


@pytest.fixture
def receiver():
    server = Receiver()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
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
