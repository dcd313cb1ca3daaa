"""A process that stands in for a vendor of browsers: hub and REST API; it records what it is asked.

There is no account to test with: what is checked is what we send, in which order, and how we take what comes back.
"""

import json
import signal
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import urllib3

from cometa_core.testing.server_process import ServerProcess, free_port

SESSION = "vendor-session-1"
UNSUPPORTED = ("/execute/sync", "/execute/async", "/se/log", "/screenshot")
HTTP = urllib3.PoolManager(timeout=5.0, retries=False)
BROWSERS = [
    {"os": "Windows", "os_version": "11", "browser": "chrome", "browser_version": version, "device": None,
     "real_mobile": None}
    for version in ("99.0", "134.0", "135.0 beta")
]  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    """Answers every WebDriver command with what a session of a blank page gives."""

    protocol_version = "HTTP/1.1"

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
        if self.path == "/asked":
            self._send(self.server.asked)
            return
        if self.path == "/fail":
            self.server.failing[:] = body
            self._send(None)
            return
        record = {"method": self.command, "path": self.path, "body": body, "auth": self.headers["Authorization"]}
        self.server.asked.append(record)
        if any(self.path.startswith(path) for path in self.server.failing):
            self._send({"error": "out of order"}, 500)
        elif self.path == "/browsers.json":
            self._send(BROWSERS)
        elif self.path == "/hub/session":
            capabilities = body["capabilities"]["alwaysMatch"]
            self._send({"value": {"sessionId": SESSION, "capabilities": {"browserName": capabilities["browserName"]}}})
        elif self.path.endswith("/execute/sync") and "dpr" in body["script"]:
            self._send({"value": {"w": 1920, "h": 1080, "dpr": 1}})
        elif self.path.endswith(UNSUPPORTED):
            self._send({"value": {"error": "unsupported operation", "message": "not here", "stacktrace": ""}}, 500)
        else:
            self._send({"value": None})

    def _send(self, document, status=200):
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments):
        """Keep the log for what goes wrong."""


class Vendor:
    """The running stand-in.

    Attributes:
        url: its address; the hub is at ``/hub``, the REST API at ``/automate``.
    """

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"

    def asked(self):
        """What it was asked so far, in order."""
        return HTTP.request("GET", f"{self.url}/asked").json()

    def fail(self, *paths):
        """Answer everything below these paths with status 500 from now on."""
        HTTP.request("POST", f"{self.url}/fail", json=list(paths))

    def answers(self):
        """Tell whether it takes requests."""
        try:
            return HTTP.request("GET", f"{self.url}/asked").status == 200
        except urllib3.exceptions.HTTPError:
            return False


@contextmanager
def running_vendor(folder):
    """Run the stand-in on a free port."""
    port = free_port()
    vendor = Vendor(port)
    process = ServerProcess([sys.executable, __file__, str(port)], Path(folder) / "vendor.log", signal.SIGTERM)
    process.start(vendor.answers)
    try:
        yield vendor
    finally:
        process.stop()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    server.asked, server.failing = [], []
    server.serve_forever()
