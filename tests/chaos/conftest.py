"""An installation in which everything may die at any moment, and what makes it die."""

import contextlib
import json
import os
import random
import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest
import redis
import urllib3
from live_installation import Live
from sqlalchemy import create_engine, text
from waiting import eventually

from cometa_core.testing.plugin import required
from cometa_core.testing.postgres import PostgresServer
from cometa_core.testing.redis import RedisServer
from cometa_core.testing.server_process import free_port
from cometa_demo.server import SampleShop

TERMINAL = {"Success", "Failed", "Canceled", "Error", "Timeout"}


class Chaos(Live):
    """Web and worker apart on PostgreSQL and Redis; whoever dies is started again, as a supervisor does."""

    def __init__(self, folder, postgres, queue, policy):
        self.postgres, self.queue = postgres, queue
        self.database_url = postgres.create_database()
        extra = f"sqlalchemy.url = {self.database_url}\nhuey.url = {queue.url()}\ncometa.lost_run = {policy}"
        super().__init__(folder, extra, apart=True)
        self._port = str(free_port())
        self._web = self._worker = None
        self.killed = Counter()
        self.temporary = Path(tempfile.mkdtemp(prefix="chaos-"))

    def start(self):
        self.command("init")
        self.supervise()
        self.url = json.loads(self._web.stdout.readline())["url"].rstrip("/")
        return self

    def supervise(self):
        """Start again what has ended."""
        if self._web is None or self._web.poll() is not None:
            self._web = self._started(self._web, "serve", "--port", self._port, "--json")
        if self._worker is None or self._worker.poll() is not None:
            self._worker = self._started(self._worker, "worker")

    def _started(self, ended, *arguments):
        if ended is not None:
            ended.stdout.close()
            self.processes.remove(ended)
        return self.spawn(*arguments)

    def stop(self):
        with contextlib.suppress(psutil.Error):
            super().stop()
        shutil.rmtree(self.temporary, ignore_errors=True)

    # Faults

    def kill_web(self):
        self._web.kill()
        self._web.wait()

    def kill_worker(self):
        self._worker.kill()
        self._worker.wait()

    def kill_zygote(self):
        with contextlib.suppress(psutil.Error):
            for process in psutil.Process(self._worker.pid).children():
                if "cometa_runner.zygote" in process.cmdline():
                    process.kill()

    def kill_runner(self):
        self._kill("runner", lambda process: os.getpgid(process.pid) == process.pid and "python" in process.name())

    def kill_driver(self):
        self._kill("driver", lambda process: "chromedriver" in process.name())

    def kill_browser(self):
        self._kill("browser", lambda process: "chromium" in process.name())

    def restart_database(self):
        self.postgres.restart()

    def restart_queue(self):
        """Redis forgets everything at a restart."""
        self.queue.restart()

    def double_messages(self):
        for connection, key in self._lists():
            message = connection.lindex(key, 0)
            if message is not None:
                connection.rpush(key, message)

    def drop_messages(self):
        for connection, key in self._lists():
            connection.delete(key)

    def _lists(self):
        with contextlib.closing(redis.Redis.from_url(self.queue.url())) as connection:
            for key in connection.scan_iter():
                if connection.type(key) == b"list":
                    yield connection, key

    def _kill(self, what, wanted):
        """Kill one of the processes of attempts, as soon as there is one."""
        end = time.monotonic() + 2
        found = []
        while not found and time.monotonic() < end:
            for process in self.runners():
                with contextlib.suppress(psutil.Error, OSError):
                    if wanted(process):
                        found.append(process)
        if found:
            self.killed[what] += 1
            with contextlib.suppress(psutil.Error):
                random.choice(found).send_signal(signal.SIGKILL)

    # What is left

    def query(self, statement, **values):
        engine = create_engine(self.database_url)
        try:
            with engine.connect() as connection:
                return connection.execute(text(statement), values).all()
        finally:
            engine.dispose()

    def answers(self):
        """Tell whether the server is there again."""
        try:
            return self.client().get("/api/features/?limit=1").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def unfinished(self):
        return [row for row in self.query("SELECT id, state FROM executions_result") if row.state not in TERMINAL]


class Feeder(threading.Thread):
    """Asks for runs one after the other, however often the server dies meanwhile.

    Attributes:
        accepted: keys of runs that the server confirmed.
    """

    def __init__(self, client, features, count):
        super().__init__(name="feeder", daemon=True)
        self._client, self._features, self._count = client, features, count
        self.accepted = []

    def run(self):
        while len(self.accepted) < self._count:
            feature = self._features[len(self.accepted) % len(self._features)]
            try:
                answer = self._client.post("/exectest/", {"feature_id": feature})
            except urllib3.exceptions.HTTPError:
                answer = None
            if answer is not None and answer.status < 300:
                self.accepted.append(answer.json["run_id"])
            else:
                threading.Event().wait(0.3)


@pytest.fixture
def chaos(tmp_path, monkeypatch):
    """Make an installation with a policy for lost runs."""
    with required(PostgresServer()) as postgres, required(RedisServer()) as queue, contextlib.ExitStack() as stack:

        def make(policy):
            made = Chaos(tmp_path, postgres, queue, policy)
            monkeypatch.setenv("TMPDIR", str(made.temporary))
            stack.callback(made.stop)
            return made.start()

        yield make


@pytest.fixture(scope="module")
def shop():
    """The sample shop."""
    with SampleShop() as server:
        yield server


@pytest.fixture
def rage(shop):
    """Execute runs while faults happen: ``rage(live, runs=10, faults=[...], pause=1.0)``; returns the feeder."""

    def act(live, runs, faults, pause):
        client = live.client()
        feeder = Feeder(client, features(client, shop), runs)
        feeder.start()
        eventually(lambda: live.query("SELECT 1 FROM executions_step_result LIMIT 1"), 60, "the first step")
        for fault in faults:
            live.supervise()
            if not feeder.is_alive() and not live.unfinished():
                break
            getattr(live, fault)()
            end = time.monotonic() + pause()
            while time.monotonic() < end:
                live.supervise()
                threading.Event().wait(0.1)
        live.supervise()
        feeder.join(120)
        assert not feeder.is_alive(), "The server does not accept all runs."
        eventually(live.answers, 60, "the server")
        return feeder

    return act


def features(client, shop):
    """Store a short and a longer feature."""
    opening = f'StartBrowser and call URL "{shop.url}/"'
    keys = []
    for number, more in enumerate((["Press Enter"], ['I sleep "2" seconds', "Press Enter", 'I sleep "1" seconds'])):
        steps = [{"step_content": sentence} for sentence in (opening, *more)]
        body = {"feature_name": f"Feature {number}", "app_id": 1, "environment_id": 1, "department_id": 1,
                "browsers": [{"browser": "chrome"}], "steps_content": steps}  # fmt: skip
        answer = client.post("/api/features/", body)
        assert answer.status == 201, answer.body
        keys.append(answer.json["feature_id"])
    return keys
