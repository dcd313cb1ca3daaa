"""Companions: kept running, never left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from waiting import eventually

from cometa_core import companions
from cometa_core.companions import READY_VARIABLE, Companion, Companions, child_environment, say_ready
from cometa_core.contracts.process import CompanionProcess
from cometa_core.errors import ConfigurationError
from cometa_core.runtime import make_runtime

# Says its process id, that it is ready, and ends when its standard input does.
OBEDIENT = """
import os, sys
from pathlib import Path
Path(sys.argv[1]).open("a").write(f"{os.getpid()}\\n")
os.write(int(os.environ["COMETA_READY_FD"]), b"1")
os.close(int(os.environ["COMETA_READY_FD"]))
sys.stdin.read()
Path(sys.argv[1]).open("a").write("ended\\n")
"""
DEAF = OBEDIENT.replace("sys.stdin.read()", "import signal; signal.pause()")
BRIEF = OBEDIENT.replace("sys.stdin.read()", "sys.exit(3)")
SILENT = OBEDIENT.replace('os.write(int(os.environ["COMETA_READY_FD"]), b"1")', "")
OWNER = """
import sys
from cometa_core.companions import Companion
from cometa_core.contracts.process import CompanionProcess
import os, signal
companion = Companion(CompanionProcess("obedient", (), "cometa.worker.embedded"), dict(os.environ))
companion._arguments = [sys.executable, "-c", sys.argv[1], sys.argv[2]]
companion.start()
print(companion.wait_until_ready(20), flush=True)
signal.pause()
"""


@contextmanager
def runtime_in(folder, ini_path=None):
    """A runtime whose data folder and port come from the command line."""
    keys = {"cometa.plugins": "accounts", "cometa.host": "127.0.0.2"}
    overrides = {"cometa.data": str(folder / "data"), "cometa.port": "0"}
    runtime = make_runtime(keys, ini_path=ini_path, overrides=overrides, environment={})
    yield runtime
    runtime.close()


@pytest.fixture
def diary(tmp_path):
    return tmp_path / "diary"


@pytest.fixture
def make(diary):
    """Make a companion that executes a program instead of a command of ``cometa``."""
    made = []

    def build(program):
        companion = Companion(CompanionProcess("obedient", (), "cometa.worker.embedded"), dict(os.environ))
        companion._arguments = [sys.executable, "-c", program, str(diary)]
        made.append(companion)
        return companion

    yield build
    for companion in made:
        companion.stop()


def lines(diary):
    return diary.read_text().split() if diary.exists() else []


def pids(diary):
    return [int(line) for line in lines(diary) if line.isdigit()]


def test_a_companion_says_when_it_is_ready_and_ends_by_itself_when_it_is_stopped(make, diary):
    companion = make(OBEDIENT)
    companion.start()
    assert companion.wait_until_ready(20)
    companion.stop()
    (pid,) = pids(diary)
    assert lines(diary)[-1] == "ended"
    assert not psutil.pid_exists(pid)


def test_a_companion_that_is_killed_is_started_again(make, diary, caplog):
    companion = make(OBEDIENT)
    companion.start()
    assert companion.wait_until_ready(20)
    os.kill(pids(diary)[0], signal.SIGKILL)
    eventually(lambda: len(pids(diary)) == 2, 10, "the second life")
    assert "The obedient ended with status -9 and is started again in" in caplog.text
    companion.stop()
    assert not [pid for pid in pids(diary) if psutil.pid_exists(pid)]


def test_pauses_between_lives_grow(make, diary, monkeypatch, caplog):
    monkeypatch.setattr(companions, "FIRST_PAUSE_S", 0.01)
    make(BRIEF).start()
    eventually(lambda: caplog.text.count("ended with status 3") >= 3, 10, "three lives")
    assert "again in 0.0 s" in caplog.text
    assert "again in 0.1 s" in caplog.text


def test_a_companion_that_does_not_end_is_killed(make, diary, monkeypatch):
    monkeypatch.setattr(companions, "STOP_LIMIT_S", 0.2)
    companion = make(DEAF)
    companion.start()
    assert companion.wait_until_ready(20)
    companion.stop()
    assert not psutil.pid_exists(pids(diary)[0])


def test_a_stop_at_any_moment_leaves_nothing_behind(make, diary, monkeypatch):
    """Also between two lives, when the next process is just being started."""
    monkeypatch.setattr(companions, "FIRST_PAUSE_S", 0.0)
    monkeypatch.setattr(companions, "LONGEST_PAUSE_S", 0.0)
    for moment in range(6):
        companion = make(BRIEF)
        companion.start()
        threading.Event().wait(moment * 0.013)
        begun = time.monotonic()
        companion.stop()
        assert time.monotonic() - begun < 10
        assert not companion._thread.is_alive()
    assert not [pid for pid in pids(diary) if psutil.pid_exists(pid)]


def test_stopping_what_never_started_is_no_error(make):
    make(OBEDIENT).stop()


def test_a_program_that_cannot_be_started_is_logged_and_tried_again(make, caplog, monkeypatch):
    monkeypatch.setattr(companions, "FIRST_PAUSE_S", 0.01)
    companion = make(OBEDIENT)
    companion._arguments = ["/there/is/no/such/program"]
    companion.start()
    eventually(lambda: caplog.text.count("The obedient cannot be started") >= 2, 10, "the second attempt")
    assert not companion.wait_until_ready(0)


def test_when_the_owner_is_killed_the_companion_ends(diary):
    """The kernel closes the pipe that only the owner holds."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER, OBEDIENT, str(diary)], stdout=subprocess.PIPE)
    assert owner.stdout.readline() == b"True\n"
    owner.kill()
    owner.wait()
    owner.stdout.close()
    eventually(lambda: lines(diary)[-1] == "ended", 10, "the end of the companion")
    eventually(lambda: not psutil.pid_exists(pids(diary)[0]), 10, "its removal")


def test_waiting_for_one_that_never_says_so_names_it(make, tmp_path):
    with runtime_in(tmp_path) as runtime:
        kept = Companions(runtime, [])
        companion = make(SILENT)
        kept._companions = [companion]
        kept.start()
        with pytest.raises(ConfigurationError, match="The obedient is not ready"):
            kept.wait_until_ready(0.1)
        kept.stop()


def test_a_child_finds_the_same_installation(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/somewhere")
    with runtime_in(tmp_path, Path("/etc/cometa.ini")) as runtime:
        environment = child_environment(runtime)
    assert environment["COMETA_INI"] == "/etc/cometa.ini"
    assert environment["COMETA_DATA"] == str(tmp_path / "data")
    assert environment["COMETA_PORT"] == "0"
    assert environment["HOME"] == "/somewhere"
    assert "COMETA_HOST" not in environment


def test_saying_ready_without_an_owner_does_nothing(monkeypatch):
    monkeypatch.delenv(READY_VARIABLE, raising=False)
    say_ready()


def test_saying_ready_writes_once_and_hides_the_pipe_from_children(monkeypatch):
    reader, writer = os.pipe()
    monkeypatch.setenv(READY_VARIABLE, str(writer))
    say_ready()
    say_ready()
    with os.fdopen(reader, "rb") as said:
        assert said.read() == b"1"
    assert READY_VARIABLE not in os.environ


def test_saying_ready_to_an_owner_that_is_gone_is_no_error(monkeypatch):
    """The process goes on until it notices the end of its standard input."""
    reader, writer = os.pipe()
    os.close(reader)
    monkeypatch.setenv(READY_VARIABLE, str(writer))
    say_ready()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(writer)
