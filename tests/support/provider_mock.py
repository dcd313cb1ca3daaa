"""A real OpenID Connect provider for tests, in a virtual environment of its own that is made once a machine."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import urllib3

from cometa_core.testing.server_process import ServerProcess, free_port

PACKAGE = "oidc-provider-mock==0.3.4"
SECONDS_TO_INSTALL = 300
HTTP = urllib3.PoolManager(timeout=10.0)


class ProviderMock:
    """A provider that signs in whom a test names.

    Attributes:
        issuer: its address.
    """

    def __init__(self, port):
        self.issuer = f"http://127.0.0.1:{port}"

    def answers(self):
        """Tell whether it takes requests."""
        try:
            return HTTP.request("GET", f"{self.issuer}/.well-known/openid-configuration", retries=False).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def know(self, subject, **claims):
        """Tell it the claims of a person."""
        answer = HTTP.request("PUT", f"{self.issuer}/users/{subject}", json=claims)
        assert answer.status == 204, answer.data

    def sign_in(self, address, subject):
        """Fill in its form at an address, and return where it sends the browser."""
        answer = HTTP.request("POST", address, fields={"sub": subject}, encode_multipart=False, redirect=False)
        assert answer.status == 302, answer.data
        return answer.headers["Location"]


@contextmanager
def running_provider(folder):
    """Run a provider on a free port."""
    port = free_port()
    mock = ProviderMock(port)
    process = ServerProcess([str(program()), "--port", str(port)], Path(folder) / "provider.log", signal.SIGTERM)
    process.start(mock.answers)
    try:
        yield mock
    finally:
        process.stop()


def program():
    """Return the program of the provider, which is installed first where it is missing.

    Raises:
        AssertionError: it cannot be installed; the text has the end of what the installer said.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cometa-tests"
    cache.mkdir(parents=True, exist_ok=True)
    place = cache / PACKAGE.replace("==", "-")
    with (cache / "lock").open("w") as lock:
        # Several test processes may need it at the same moment.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "complete.json").exists():
            install(place)
    return place / "bin" / "oidc-provider-mock"


def install(place):
    """Make the virtual environment."""
    commands = (
        [sys.executable, "-m", "venv", "--clear", str(place)],
        [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", PACKAGE],
    )
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_TO_INSTALL, check=False)
        assert done.returncode == 0, f"The test provider {PACKAGE} cannot be installed: {done.stderr[-2000:]}"
    (place / "complete.json").write_text(json.dumps({"package": PACKAGE}))
