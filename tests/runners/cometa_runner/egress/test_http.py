"""Requests outside of steps, as the worker sends them (runner B.1, X-054)."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cometa_runner.egress import Denied, EgressPolicy, TimeLimit
from cometa_runner.egress.http import MOST_BYTES, HttpClient, HttpProblem, HttpRequest, origin


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/hang":
            self.server.closing.wait(10)
        self.send_response(307 if self.path.startswith("/to/") else 200)
        self.send_header("Location", self.path.removeprefix("/to/").replace("broken", "http://["))
        self.send_header("X-Part", "a")
        self.send_header("X-Part", "b")
        self.send_header("Content-Type", "text/plain; charset=nonsense")
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write("grü".encode())

    def log_message(self, *args):
        """Stay silent."""


@pytest.fixture(scope="module")
def server():
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.closing = threading.Event()
    made.daemon_threads = True
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield made
    made.closing.set()
    made.shutdown()
    made.server_close()


@pytest.fixture
def post(server):
    """Give a function that posts to the server without following redirects."""

    def post(path, seconds=5.0):
        request = HttpRequest("POST", f"http://127.0.0.1:{server.server_address[1]}{path}", {"X-A": "1"}, b"{}")
        return HttpClient(EgressPolicy()).send(request, TimeLimit(seconds), most_redirects=0)

    return post


def test_an_answer_has_status_headers_body_and_time(post) -> None:
    answer = post("/")
    assert (answer.status, answer.text(), answer.redirects) == (200, "grü", ())
    assert answer.headers["x-part"] == "a, b"
    assert 0 <= answer.time_ms < 5000


def test_without_redirects_a_redirect_is_an_answer(post) -> None:
    """Runner L: webhooks follow none."""
    answer = post("/to/http://169.254.169.254/")
    assert (answer.status, answer.headers["location"]) == (307, "http://169.254.169.254/")


def test_a_server_that_hangs_is_left_when_the_time_is_up(post) -> None:
    with pytest.raises(TimeoutError):
        post("/hang", 0.2)


def test_a_denied_address_is_never_connected(server) -> None:
    port = server.server_address[1]
    policy = EgressPolicy.of({"deny": ["127.0.0.0/8"]})
    with pytest.raises(Denied, match=r"127\.0\.0\.0/8"):
        HttpClient(policy).send(HttpRequest("POST", f"http://127.0.0.1:{port}/"), TimeLimit(5))


@pytest.mark.parametrize("target", ["broken", "ftp://x/", "file:///etc/passwd"])
def test_a_redirect_to_what_is_no_address_is_said(server, target) -> None:
    request = HttpRequest("POST", f"http://127.0.0.1:{server.server_address[1]}/to/{target}", {}, b"")
    with pytest.raises(HttpProblem) as problem:
        HttpClient(EgressPolicy()).send(request, TimeLimit(5))
    assert problem.value.kind == "address"


def test_the_origin_of_an_address_has_its_usual_port() -> None:
    assert origin("https://Shop.example/x") == ("https", "shop.example", 443)
    assert origin("http://[::1]:81") == ("http", "::1", 81)


def test_a_body_that_is_too_large_is_not_sent(server) -> None:
    request = HttpRequest("POST", f"http://127.0.0.1:{server.server_address[1]}/", {}, bytes(MOST_BYTES + 1))
    with pytest.raises(HttpProblem) as problem:
        HttpClient(EgressPolicy()).send(request, TimeLimit(5))
    assert (problem.value.kind, problem.value.found) == ("size", "a body of 10,485,761 bytes")


def test_an_answer_that_is_no_http_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=answer_nonsense, args=(listener,), daemon=True).start()
        with pytest.raises(HttpProblem) as problem:
            HttpClient(EgressPolicy()).send(
                HttpRequest("GET", f"http://127.0.0.1:{listener.getsockname()[1]}/"), TimeLimit(5)
            )
    assert problem.value.kind == "answer"
    assert "SSH-2.0" in problem.value.found


def answer_nonsense(listener):
    stream, _ = listener.accept()
    with stream:
        stream.recv(1000)
        stream.sendall(b"SSH-2.0-OpenSSH\r\n")
