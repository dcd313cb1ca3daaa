"""Where clients find the live server, and how its process begins and ends."""

import json
import socket

import pytest

from cometa_core.errors import ConfigurationError
from cometa_live.discovery import forget_port, record_port, recorded_port, websocket_url
from cometa_live.serving import serve_live

# Nothing here depends on the bell.
pytestmark = pytest.mark.parametrize("shared_bench", ["doorbell"], indirect=True)


def test_without_live_server_there_is_no_address(api):
    assert api.get("/api/live/").json == {"websocket_url": None}


def test_the_port_of_a_running_server_is_told(bench, api):
    record_port(bench.runtime, 4711)
    assert api.get("/api/live/").json == {"websocket_url": "ws://localhost:4711/live/"}
    assert websocket_url(bench.runtime, "::1") == "ws://[::1]:4711/live/"
    forget_port(bench.runtime, 4712)
    assert recorded_port(bench.runtime) == 4711
    forget_port(bench.runtime, 4711)
    assert api.get("/api/live/").json == {"websocket_url": None}


def test_the_operator_decides_what_clients_see(bench):
    runtime = bench.another_runtime(**{"cometa.live.url": "wss://tests.example.org/live/"})
    record_port(bench.runtime, 4711)
    assert websocket_url(runtime, "127.0.0.1") == "wss://tests.example.org/live/"
    forget_port(bench.runtime, 4711)
    runtime.close()


def test_a_record_that_cannot_be_read_is_none(bench):
    (bench.runtime.locations.data / "live.json").write_text(json.dumps(["port"]))
    assert recorded_port(bench.runtime) == 0
    (bench.runtime.locations.data / "live.json").unlink()


def test_a_port_that_is_taken_is_named(bench):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        runtime = bench.another_runtime(**{"cometa.live.port": str(taken.getsockname()[1])})
        with pytest.raises(ConfigurationError, match=r"taken.*cometa\.live\.port"):
            serve_live(runtime, lambda _address: None, owned=False)
        runtime.close()
