"""The command ``cometa`` as processes: it is ready when it says so, ends when it is told to, and leaves nothing."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import urllib3
from live_installation import COMMAND, Client, Live
from waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

READY = re.compile(r"Cometa Core is ready at (http://127\.0\.0\.1:\d+/)\n")
ANOTHER_ACCOUNT = "nobody"


@pytest.fixture
def live(tmp_path):
    made = Live(tmp_path, "cometa.browser.local = false")
    yield made
    for process in made.processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if not process.stdout.closed:
            process.stdout.close()


def start(live, *arguments):
    """Start a server and return its process and the address that it says."""
    process = live.spawn(*arguments, "--port", "0")
    line = process.stdout.readline().decode()
    said = READY.fullmatch(line)
    assert said, line + live.log.read_text()
    return process, said[1]


def end(live, process, number=signal.SIGTERM):
    process.send_signal(number)
    status = process.wait(60)
    assert process.stdout.read() == b""
    process.stdout.close()
    return status


def get(url):
    return urllib3.request("GET", url, retries=False, timeout=10)


def processes_of(live):
    """Every process that knows the ini, by its arguments or from whoever started it."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(live.ini) in process.cmdline() or process.environ().get("COMETA_INI") == str(live.ini):
                found.append(process)
        except psutil.Error:
            continue
    return found


def nothing_is_left(live):
    eventually(lambda: not processes_of(live), 20, "the end of all processes")
    assert not list((live.data / "queue.sqlite3.bells").glob("*"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_up_prepares_an_empty_folder_says_when_it_is_ready_and_leaves_nothing_behind(live, number):
    process, address = start(live, "up")
    # What it says is true at once: the server answers, and a worker is there.
    assert get(f"{address}ready").status == 200
    assert get(f"{address}docs/").status == 200
    assert live.worker_pid()
    assert end(live, process, number) == 0
    nothing_is_left(live)
    assert "Traceback" not in live.log.read_text()


def test_up_starts_its_worker_again_when_it_dies(live):
    process, address = start(live, "up")
    first = live.worker_pid()
    os.kill(first, signal.SIGKILL)
    second = eventually(lambda: live.worker_pid() not in {None, first} and live.worker_pid(), 20, "another worker")
    assert get(f"{address}ready").status == 200
    assert end(live, process) == 0
    assert not psutil.pid_exists(second)
    nothing_is_left(live)


def test_when_up_is_killed_its_worker_ends_too(live):
    process, _address = start(live, "up")
    process.kill()
    process.wait()
    nothing_is_left(live)


def test_up_again_in_the_same_folder_keeps_what_is_there(live):
    process, address = start(live, "up")
    key = json.loads(live.command("api-key", "create", "--email", "ada@example.org", "--json").stdout)["key"]
    assert end(live, process) == 0
    process, address = start(live, "up")
    assert Client(address.rstrip("/"), key).get("/api/departments/").status == 200
    assert end(live, process) == 0


def test_up_on_a_port_that_is_taken_leaves_the_first_one_alone(live, tmp_path):
    process, address = start(live, "up")
    other = live.command("--data", str(tmp_path / "other"), "up", "--port", address.split(":")[2][:-1], check=False)
    assert other.returncode == 2
    assert re.fullmatch(r"Port \d+ on 127\.0\.0\.1 is taken\. .*--port.*\n", other.stderr)
    assert not (tmp_path / "other").exists()
    assert get(f"{address}ready").status == 200
    assert end(live, process) == 0


def test_a_second_worker_of_one_name_is_refused(live):
    process, _address = start(live, "up")
    second = live.command("worker", check=False)
    assert second.returncode == 2
    assert "is already running" in second.stderr
    assert "cometa.worker.name" in second.stderr
    assert end(live, process) == 0


def test_serve_answers_without_a_worker_and_drains(live):
    live.command("init")
    process, address = start(live, "serve")
    assert get(f"{address}ready").status == 200
    assert live.worker_pid() is None
    assert end(live, process) == 0
    nothing_is_left(live)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_ends_when_it_is_told_to(live, number):
    live.command("init")
    worker = live.spawn("worker")
    eventually(lambda: list((live.data / "queue.sqlite3.bells").glob("*")), 30, "the worker")
    assert end(live, worker, number) == 0
    nothing_is_left(live)


def test_ready_in_json_names_the_address(live):
    process = live.spawn("up", "--port", "0", "--json")
    said = json.loads(process.stdout.readline())
    assert said["success"] is True
    assert get(f"{said['url']}health").status == 200
    assert end(live, process) == 0


def test_a_key_is_printed_once_and_works_at_once(live):
    process, address = start(live, "up")
    made = live.command(
        "api-key", "create", "--email", "ada@example.org", "--role", "MANAGER", "--department", "Books",
        "--department", "Music",
    )  # fmt: skip
    assert re.fullmatch(r"cmt_\S+\n", made.stdout)
    key = made.stdout.strip()
    client = Client(address.rstrip("/"), key)
    names = {department["department_name"] for department in client.get("/api/departments/").json}
    assert {"Books", "Music"} <= names
    assert key not in live.command("api-key", "list").stdout
    assert end(live, process) == 0


@contextmanager
def as_another_account():
    """A folder of its own for an account that may do nothing elsewhere, and the start of a command line for it."""
    if os.getuid() != 0:
        pytest.skip("only root may become another account")
    folder = Path(tempfile.mkdtemp(prefix="cometa-other-"))
    shutil.chown(folder, ANOTHER_ACCOUNT)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def run_as(folder, *arguments):
    """Run a command as the other account, in its folder and with its home."""
    # The account may not be allowed to read the libraries.
    code = "import os, sys; from cometa_core.cli.main import all_commands, main; all_commands(None); "
    code += "os.setuid(int(sys.argv.pop(1))); main()"
    number = str(folder.stat().st_uid)
    environment = {**os.environ, "HOME": str(folder), "COMETA_BROWSER_LOCAL": "false"}
    command = [sys.executable, "-W", "ignore", "-c", code, number, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )  # fmt: skip


@pytest.mark.parametrize("command", [("init",), ("up", "--port", "0")])
def test_a_data_folder_that_cannot_be_made_is_named_with_the_remedy(command):
    with as_another_account() as folder:
        closed = folder / "closed"
        closed.mkdir(mode=0o755)
        refused = run_as(folder, "--data", str(closed / "data"), *command)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "cannot be created (Permission denied). Choose another with --data" in refused.stderr
        assert refused.stderr.count("\n") <= 2


@pytest.mark.parametrize("command", [("init",), ("up", "--port", "0")])
def test_a_data_folder_that_cannot_be_written_is_named_with_the_remedy(command):
    with as_another_account() as folder:
        closed = folder / "closed"
        closed.mkdir(mode=0o755)
        refused = run_as(folder, "--data", str(closed), *command)
        assert refused.returncode == 2
        assert f"The data folder {closed} cannot be written. Change its owner or choose another" in refused.stderr
        assert list(closed.iterdir()) == []


@pytest.mark.parametrize("command", [("init",), ("serve", "--port", "0"), ("api-key", "list")])
def test_a_folder_of_somebody_else_is_named_without_a_traceback(live, command):
    live.command("init")
    with as_another_account() as folder:
        foreign = shutil.copytree(live.data, folder / "foreign")
        foreign.chmod(0o700)
        refused = run_as(folder, "--data", str(foreign), *command)
        assert refused.returncode == 2
        assert str(foreign) in refused.stderr
        assert "Traceback" not in refused.stderr


def test_an_ini_of_somebody_else_is_named(tmp_path):
    with as_another_account() as folder:
        ini = folder / "secret.ini"
        ini.write_text("[app:main]\nuse = egg:cometa-core\n")
        ini.chmod(0o600)
        refused = run_as(folder, "-c", str(ini), "init")
        assert refused.returncode == 2
        assert f"The ini file {ini} cannot be read: permission denied." in refused.stderr


def test_a_run_without_a_browser_says_what_to_do(tmp_path):
    (tmp_path / "a.feature").write_text('Feature: A\n  Scenario: A\n    Given I sleep "1" seconds\n')
    environment = {**os.environ, "COMETA_BROWSER_CHROMIUM": "/nonexistent", "COMETA_BROWSER_FIREFOX": "/nonexistent"}
    options = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True, "timeout": 60}
    refused = subprocess.run([*COMMAND, "run", "a.feature"], check=False, **options)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "No local browser was found. `cometa doctor` says what to install." in refused.stderr
    doctor = subprocess.run([*COMMAND, "--data", "d", "doctor"], check=False, **options)
    assert doctor.returncode == 1
    assert "cometa.browser.chromium" in doctor.stdout


def test_a_terminal_shows_progress(live):
    """On a terminal the bar is drawn and removed; the answer is the same."""
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [*COMMAND, "-c", live.ini, "init"], stdout=subprocess.PIPE, stderr=theirs, check=True, timeout=60,
        env={**os.environ, "TERM": "xterm"},
    )  # fmt: skip
    os.close(theirs)
    drawn = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert "Migrating" in drawn
    assert b"Migrating" not in done.stdout
    assert done.stdout.startswith(b"The database ")


def test_a_reader_that_goes_away_ends_the_command_quietly(live):
    """As with ``cometa config show | head -1``."""
    pipe = f"{sys.executable} -W ignore -m cometa_core.cli config show | head -1"
    done = subprocess.run(["bash", "-c", pipe], capture_output=True, text=True, check=True, cwd=live.ini.parent)
    assert done.stderr == ""
