"""The server: running requests are finished when it is told to stop."""

import json
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from urllib.parse import urlsplit

import pytest

from cometa_core.cli.server import listening_socket
from cometa_core.errors import ConfigurationError

# A server whose only page takes some seconds; it says its address, and when a request is being answered.
SLOW = """
import sys, threading
from cometa_core.cli.server import listening_socket, serve_until_stopped
from cometa_core.runtime import make_runtime

def app(environ, start_response):
    print("begun", flush=True)
    threading.Event().wait(float(sys.argv[2]))
    start_response("200 OK", [("Content-Length", "4")])
    return [b"done"]

runtime = make_runtime({"cometa.plugins": "accounts", "cometa.drain_seconds": sys.argv[1]}, environment={})
with listening_socket("127.0.0.1", 0) as bound:
    serve_until_stopped(runtime, app, bound, lambda address: print(address, flush=True))
print("ended", flush=True)
"""


def start(drain_seconds, page_seconds="1"):
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SLOW, drain_seconds, page_seconds], stdout=subprocess.PIPE, text=True
    )
    return process, process.stdout.readline().strip()


def ask(process, address):
    """Send a request and return its connection once it is being answered."""
    connection = HTTPConnection(urlsplit(address).netloc)
    connection.request("GET", "/")
    assert process.stdout.readline() == "begun\n"
    return connection


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_running_request_is_answered_when_the_server_is_told_to_stop(number):
    process, address = start("10")
    connection = ask(process, address)
    process.send_signal(number)
    assert connection.getresponse().read() == b"done"
    connection.close()
    assert process.stdout.read() == "ended\n"
    assert process.wait(10) == 0
    process.stdout.close()


def test_a_request_gets_no_longer_than_the_setting_says():
    process, address = start("0.1", page_seconds="30")
    connection = ask(process, address)
    process.send_signal(signal.SIGTERM)
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        connection.getresponse()
    connection.close()
    process.wait(10)
    process.stdout.close()


def test_addresses_of_both_families_can_be_bound():
    with listening_socket("127.0.0.1", 0) as four, listening_socket("::1", 0) as six:
        assert (four.family, six.family) == (socket.AF_INET, socket.AF_INET6)


def test_a_port_can_be_bound_again_at_once():
    with listening_socket("127.0.0.1", 0) as bound:
        port = bound.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            accepted, _ = bound.accept()
            accepted.close()
    listening_socket("127.0.0.1", port).close()


def test_a_port_below_zero_or_too_high_is_refused():
    with pytest.raises(ConfigurationError, match="ports are from 0 to 65535"):
        listening_socket("127.0.0.1", 65536)


REFUSED = [
    (b"GET /?" + b"x" * 300_000 + b" HTTP/1.1\r\n\r\n", 413, "body_too_large"),
    (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", 413, "body_too_large"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: nonsense\r\n\r\n", 400, "malformed_path"),
    (b"nonsense\r\n\r\n", 400, "malformed_path"),
]


@pytest.mark.parametrize(("sent", "status", "code"), REFUSED, ids=["long address", "large body", "coding", "nonsense"])
def test_what_the_server_cannot_read_is_refused_like_everything_else(sent, status, code):
    """R-007, R-012, R-018: the error body of the API."""
    process, address = start("0.1")
    host, port = urlsplit(address).netloc.split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(sent)
        response = HTTPResponse(connection)
        response.begin()
        body = json.loads(response.read())
        response.close()
    process.terminate()
    process.wait(10)
    process.stdout.close()
    assert (response.status, body["code"], body["success"]) == (status, code, False)
    assert body["request_id"] == response.headers["X-Request-Id"]
