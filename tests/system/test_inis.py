"""``development.ini`` and ``production.ini`` work as they are shipped, the first one with ``pserve`` too."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import urllib3
from live_installation import COMMAND, Client
from waiting import eventually

from cometa_core.companions import READY_VARIABLE
from cometa_core.testing.server_process import free_port

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

ROOT = Path(__file__).parents[2]
PSERVE = [sys.executable, "-W", "ignore", "-m", "pyramid.scripts.pserve"]
SECRETS = {"COMETA_HUEY_SECRET": "signs-" * 8, "COMETA_ENCRYPTION_KEY": "k1:" + "seals-" * 8}


class Copied:
    """A copy of a shipped ini in a folder of its own, and the processes that were started with it."""

    def __init__(self, name, folder, **environment):
        self.folder = folder
        self.ini = folder / name
        self.port = free_port()
        text = (ROOT / name).read_text()
        assert "127.0.0.1:8001" in text
        self.ini.write_text(text.replace("127.0.0.1:8001", f"127.0.0.1:{self.port}"))
        kept = {name: text for name, text in os.environ.items() if not name.startswith("COMETA_")}
        self.environment = {**kept, "COMETA_BROWSER_LOCAL": "false", **environment}
        self.log = folder / "log.txt"
        self.processes = []

    def run(self, *command):
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False, timeout=60
        )

    def command(self, *arguments):
        return self.run(*COMMAND, "-c", self.ini.name, *arguments)

    def answer(self, *arguments):
        done = self.command(*arguments, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def spawn(self, *command, pass_fds=()):
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True,
                start_new_session=True, pass_fds=pass_fds,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def answers(self, path="health"):
        try:
            return (
                urllib3.request("GET", f"http://127.0.0.1:{self.port}/{path}", retries=False, timeout=5).status == 200
            )
        except urllib3.exceptions.HTTPError:
            return False

    def everything(self):
        """All processes whose working folder is this one."""
        found = []
        for process in psutil.process_iter():
            try:
                if Path(process.cwd()) == self.folder and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def workers(self):
        return [process for process in self.everything() if "worker" in process.cmdline()]

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()


@pytest.fixture
def copy(tmp_path):
    copied = []

    def make(name, **environment):
        copied.append(Copied(name, tmp_path, **environment))
        return copied[-1]

    yield make
    for each in copied:
        each.close()


@pytest.fixture
def development(copy):
    made = copy("development.ini")
    made.answer("init")
    return made


@contextmanager
def served(copied):
    process = copied.spawn(*PSERVE, copied.ini.name)
    eventually(lambda: copied.answers() or process.poll() is not None, 30, "the answer")
    assert process.poll() is None, copied.log.read_text()
    yield process


def test_pserve_says_what_to_do_before_the_first_init(copy):
    refused = copy("development.ini")
    done = refused.run(*PSERVE, refused.ini.name)
    assert done.returncode == 2
    assert "Run `cometa init` with the same ini first." in done.stderr
    assert "Traceback" not in done.stderr
    assert not (refused.folder / "data").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_pserve_serves_development_with_the_embedded_worker_and_ends_both(development, number):
    with served(development) as process:
        assert development.answers("ready")
        # The one who sits at this machine is signed in.
        assert development.answers("api/accounts/")
        (worker,) = eventually(development.workers, 20, "the worker")
        eventually(lambda: list((development.folder / "data/queue.sqlite3.bells").glob("*")), 20, "its readiness")
        process.send_signal(number)
        assert process.wait(30) == 0, development.log.read_text()
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE
    assert development.everything() == []
    assert "Traceback" not in development.log.read_text()


def test_when_pserve_is_killed_the_worker_ends_too(development):
    with served(development) as process:
        eventually(development.workers, 20, "the worker")
        process.kill()
    eventually(lambda: not development.everything(), 20, "the end of the worker")


def test_pserve_starts_no_second_worker(development):
    with served(development):
        eventually(development.workers, 20, "the worker")
        listed = development.run(sys.executable, "-W", "ignore", "-m", "pyramid.scripts.proutes", development.ini.name)
        assert "/health" in listed.stdout
        assert len(development.workers()) == 1


def test_pserve_refuses_development_sign_in_on_every_address(development):
    """R-037."""
    text = development.ini.read_text()
    development.ini.write_text(text.replace("listen = 127.0.0.1:", "listen = 0.0.0.0:"))
    done = development.run(*PSERVE, development.ini.name)
    assert done.returncode == 2
    assert "must be a loopback address, not 0.0.0.0" in done.stderr


def test_up_with_development_signs_the_developer_in(development):
    process = development.spawn(*COMMAND, "up", "--port", str(development.port))
    assert process.stdout.readline() == f"Cometa Core is ready at http://127.0.0.1:{development.port}/\n"
    assert development.answers("api/accounts/")
    process.terminate()
    assert process.wait(30) == 0
    assert development.everything() == []


@pytest.fixture
def production(copy, tmp_path, postgres_server, redis_server):
    redis_server.flush()
    return copy(
        "production.ini",
        COMETA_DATA=str(tmp_path / "data"),
        COMETA_ARTIFACTS=(tmp_path / "artifacts").as_uri(),
        COMETA_SQLALCHEMY_URL=postgres_server.create_database(),
        COMETA_HUEY_URL=redis_server.url(),
        **SECRETS,
    )


def start(installation, *arguments):
    return installation.spawn(*COMMAND, "-c", installation.ini.name, *arguments)


def start_worker(installation):
    """Start a worker and wait until it says that it is ready, as its owner would."""
    reader, writer = os.pipe()
    installation.environment[READY_VARIABLE] = str(writer)
    process = installation.spawn(*COMMAND, "-c", installation.ini.name, "worker", pass_fds=(writer,))
    os.close(writer)
    with os.fdopen(reader, "rb") as said:
        assert said.read() == b"1", installation.log.read_text()
    return process


def test_production_serves_and_works_on_postgresql_and_redis(production):
    assert production.answer("init")["database"].startswith("postgresql+psycopg://cometa:***@")
    made = production.answer("api-key", "create", "--email", "ada@example.org", "--role", "SUPERUSER")
    web = start(production, "serve", "--port", "0")
    address = re.fullmatch(r"Cometa Core is ready at (\S+)/\n", web.stdout.readline())[1]
    worker = start_worker(production)
    client = Client(address, made["key"])
    assert client.get("/ready").status == 200
    assert client.get("/api/departments/").json[0]["department_name"] == "Default"
    assert Client(address, "cmt_wrong_key").get("/api/departments/").status == 401
    for process in (worker, web):
        process.terminate()
    assert [worker.wait(30), web.wait(30)] == [0, 0], production.log.read_text()
    assert production.everything() == []
    assert not (production.folder / "data/secrets.json").exists()
    assert "Traceback" not in production.log.read_text()


@pytest.mark.parametrize("missing", sorted(SECRETS))
@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("worker",), ("up", "--port", "0")])
def test_production_without_secrets_is_refused(production, missing, command):
    production.answer("init")
    del production.environment[missing]
    done = production.command(*command)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cometa.production is on, so " in done.stderr
    assert "must be set: " in done.stderr
    assert "Traceback" not in done.stderr
    assert not (production.folder / "data/secrets.json").exists()


def test_production_refuses_development_sign_in(production):
    """R-037."""
    production.answer("init")
    production.environment["COMETA_DEV_LOGIN"] = "ada@example.org"
    done = production.command("serve", "--port", "0")
    assert done.returncode == 2
    assert "cometa.production is on, so cometa.dev_login must not be set. Remove it." in done.stderr


def test_production_shows_no_secret(production):
    shown = production.command("config", "show").stdout
    assert "k1:" not in shown
    assert SECRETS["COMETA_HUEY_SECRET"] not in shown
    password = urllib3.util.parse_url(production.environment["COMETA_SQLALCHEMY_URL"]).auth.partition(":")[2]
    assert password not in shown + production.command("doctor").stdout


@pytest.mark.parametrize("name", ["development.ini", "production.ini"])
def test_every_setting_of_a_shipped_ini_is_declared_also_those_that_are_comments(copy, name):
    copied = copy(name)
    text = copied.ini.read_text()
    keys = set(re.findall(r"^(?:# )?((?:cometa|huey|sqlalchemy)\.[a-z_.]+) =", text, re.MULTILINE))
    rows = {row["key"]: row for row in copied.answer("config", "show")}
    assert len(keys) > 3
    assert keys <= set(rows)
    in_force = set(re.findall(r"^((?:cometa|huey|sqlalchemy)\.[a-z_.]+) =", text, re.MULTILINE))
    assert {key for key, row in rows.items() if row["origin"] == "ini"} == in_force


def test_the_shipped_inis_differ_only_in_what_they_say():
    """So that the log looks the same everywhere."""
    logging = [(ROOT / name).read_text().partition("[loggers]")[2] for name in ("development.ini", "production.ini")]
    assert logging[0] == logging[1]
