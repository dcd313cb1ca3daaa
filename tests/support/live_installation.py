"""Whole installations as processes of their own, seen only through HTTP and the process table."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import urllib3

from cometa_worker.preparation import installation_digest

COMMAND = [sys.executable, "-W", "ignore", "-m", "cometa_core.cli"]
START_LIMIT_S = 60
INI = """
[app:main]
use = egg:cometa-core
cometa.data = {data}
cometa.worker.slots = 2
cometa.lease_seconds = 6
cometa.worker.drain_seconds = 5
cometa.plugins.disabled = demo
{extra}
"""


class Answer:
    """An HTTP answer with its JSON."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.data
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        self.json = json.loads(response.data) if is_json and response.data else None


@dataclass
class Client:
    """Calls the API with one key."""

    url: str
    key: str
    pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(timeout=120, retries=False))

    def call(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "application/json"}
        options = {} if body is None else {"json": body}
        return Answer(self.pool.request(method, self.url + path, headers=headers, **options))

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None):
        return self.call("POST", path, body)


class Live:
    """A running installation: the web process with its worker beside it, or each apart."""

    def __init__(self, folder: Path, extra: str = "", apart: bool = False):
        self.data = folder / "data"
        self.ini = folder / "test.ini"
        self.log = folder / "log.txt"
        self.ini.write_text(INI.format(data=self.data, extra=extra))
        self.apart = apart
        self.processes = []
        self.url = ""
        self._keys = {}

    def command(self, *arguments, check=True):
        done = subprocess.run(
            [*COMMAND, "-c", str(self.ini), *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=self.ini.parent,
            check=False,
        )
        if check:
            assert done.returncode == 0, done.stderr + done.stdout
        return done

    def spawn(self, *arguments):
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*COMMAND, "-c", str(self.ini), *arguments],
                stdout=subprocess.PIPE, stderr=log, cwd=self.ini.parent, start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def start(self):
        if self.apart:
            self.command("init")
            web = self.spawn("serve", "--port", "0", "--json")
            self.spawn("worker")
        else:
            web = self.spawn("up", "--port", "0", "--json")
        line = web.stdout.readline()
        assert line, self.log.read_text()
        self.url = json.loads(line)["url"].rstrip("/")
        return self

    def stop(self):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
        statuses = [process.wait(60) for process in reversed(self.processes)]
        for process in self.processes:
            process.stdout.close()
        return statuses

    def client(self, role="SUPERUSER", department="Default", scopes=()):
        wanted = (role, department, tuple(scopes))
        if wanted not in self._keys:
            email = f"{role}.{department}.{len(self._keys)}@example.org".lower()
            options = ["--email", email, "--role", role, "--department", department]
            for scope in scopes:
                options += ["--scope", scope]
            self._keys[wanted] = json.loads(self.command("api-key", "create", *options, "--json").stdout)["key"]
        return Client(self.url, self._keys[wanted])

    def descendants(self):
        """All processes of the installation, whoever their parent is now."""
        marked = []
        for process in psutil.process_iter():
            try:
                if str(self.data) in " ".join(process.cmdline()) or str(self.data) in str(process.environ()):
                    marked.append(process)
            except psutil.Error:
                continue
        return marked

    def runners(self, mark=""):
        """Processes of attempts: runners, drivers and browsers.

        Of a runner that was forked others see the mark alone, so the installation is read from it, too.
        """
        digest = f":{installation_digest(self.data)}"
        found = []
        for process in psutil.process_iter():
            try:
                found_mark = process.environ().get("COMETA_ATTEMPT", "").strip()
                if found_mark.startswith(mark) and found_mark.endswith(digest):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def worker_pid(self):
        """The worker process, found by its command line."""
        for process in psutil.process_iter():
            try:
                line = process.cmdline()
                if "worker" in line and "cometa_core.cli" in line and self.belongs(process):
                    return process.pid
            except psutil.Error:
                continue
        return None

    def belongs(self, process):
        return str(self.ini) in process.environ().get("COMETA_INI", "") or str(self.ini) in process.cmdline()


@contextmanager
def installation(folder, extra="", apart=False):
    live = Live(folder, extra, apart)
    try:
        yield live.start()
    finally:
        live.stop()
        for process in live.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
