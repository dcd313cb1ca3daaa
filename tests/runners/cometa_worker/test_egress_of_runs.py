"""Steps of a run connect where the settings of the installation allow it, and leave no secret behind."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from run_bench import PLUGINS

from cometa_executions.api import Parameter

TOKEN = "t0ken-of-the-shop"


class Handler(BaseHTTPRequestHandler):
    """Answers ``/to/<port>`` with a redirect to that port, everything else with the token that it got."""

    def do_GET(self):
        self.server.asked += 1
        body = (self.headers.get("X-Api-Key") or "nothing").encode()
        self.send_response(302 if self.path.startswith("/to/") else 200)
        self.send_header("Location", f"http://localhost:{self.path.rpartition('/')[2]}/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Stay silent."""


@pytest.fixture
def servers():
    """Two servers on free ports of this machine."""
    made = [ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2)]
    for server in made:
        server.asked = 0
        server.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield made
    for server in made:
        server.shutdown()
        server.server_close()


def test_a_run_reaches_other_ports_of_the_machine_but_not_the_platform(attempt_with, servers):
    """X-054: as an address, by a name, and after a redirect."""
    shop, own = servers
    _, attempt = attempt_with(cometa__plugins="\n".join(PLUGINS), cometa__port=str(own.port))
    tried = attempt(
        f'Send "GET" request to "http://127.0.0.1:{shop.port}/"',
        *(
            {"step_content": f'Send "GET" request to "{url}"', "continue_on_failure": True}
            for url in (
                f"http://127.0.0.1:{own.port}/",
                f"http://localhost:{own.port}/",
                f"http://2130706433:{own.port}/",
                f"http://127.0.0.1:{shop.port}/to/{own.port}",
                "http://169.254.169.254/latest/meta-data/",
            )
        ),
        {"step_content": 'Open database "postgresql://a@169.254.1.1/x" under the name "x"'},
    )
    tried.end()
    assert tried.statuses == ["Success", *["Failed"] * 6]
    assert [step.error_code for step in tried.steps] == ["", *["egress"] * 6]
    assert own.asked == 0
    assert "which is denied by the platform, whose own address it is" in tried.steps[1].error


def test_an_exception_for_the_department_opens_the_port(attempt_with, servers):
    """Runner B.1."""
    shop, own = servers
    settings = {"cometa.port": str(own.port), "cometa.egress.allow.1": f"127.0.0.1:{own.port}"}
    _, attempt = attempt_with(cometa__plugins="\n".join(PLUGINS), **settings)
    tried = attempt(f'Send "GET" request to "http://localhost:{own.port}/"')
    assert tried.end().state == "Success"
    assert (shop.asked, own.asked) == (0, 1)


def test_the_secret_of_a_header_is_stored_nowhere(attempt_with, servers):
    """X-087, G.5: neither in notes, values and errors of steps nor in the log, even where a server repeats it."""
    shop, _ = servers
    _, attempt = attempt_with(cometa__plugins="\n".join(PLUGINS))
    tried = attempt(
        'Use request header "X-API-Key" with value "$key"',
        f'Send "GET" request to "http://127.0.0.1:{shop.port}/"',
        'Response at ".body" should be "equal to" "other"',
        order={"parameters": [Parameter("key", TOKEN)]},
    )
    tried.end()
    assert tried.statuses == ["Success", "Success", "Failed"]
    assert "X-API-Key: [MASKED]" in tried.steps[1].notes["content"]
    assert 'found "[MASKED]"' in tried.steps[2].error
    everything = [str((step.error, step.detail, step.notes)) for step in tried.steps]
    assert not any(TOKEN in text for text in (*everything, tried.log))
