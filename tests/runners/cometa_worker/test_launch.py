"""Starting runners."""

import json
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from cometa_worker.launch import UNKNOWN_STATUS, ColdLauncher, ZygoteLauncher, runner_environment


def test_the_environment_of_a_runner_is_built_from_the_allow_list(tmp_path, monkeypatch):
    """X-036."""
    monkeypatch.setenv("PGPASSWORD", "secret")
    monkeypatch.setenv("TZ", "Europe/Madrid")
    monkeypatch.delenv("LANG", raising=False)
    assert runner_environment("7:1", tmp_path, {"PYTHONPATH": "/x", "HOME": "/root"}) == {
        "PATH": os.environ["PATH"],
        "TZ": "Europe/Madrid",
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path / "tmp"),
        "COMETA_ATTEMPT": "7:1",
        "PYTHONPATH": "/x",
    }


@pytest.mark.parametrize("launcher", ["runners", "cold_runners"])
def test_a_runner_leads_its_own_process_group_and_carries_the_mark(request, maker, launcher):
    """runner B.6: also a forked runner, whose environment others see as it was at its parent's start."""
    live = request.getfixturevalue(launcher).start([maker.step('Sleep "{seconds}" seconds', seconds="30")])
    live.until("step_begin")
    assert os.getpgid(live.process.pid) == live.process.pid
    assert psutil.Process(live.process.pid).environ()["COMETA_ATTEMPT"].strip() == f"31:2:{os.getpid()}"
    assert live.process.poll() is None


@pytest.mark.parametrize("launcher", ["runners", "cold_runners"])
def test_the_exit_status_of_a_killed_runner_is_its_signal(request, maker, launcher):
    live = request.getfixturevalue(launcher).start([maker.step('Sleep "{seconds}" seconds', seconds="30")])
    live.until("step_begin")
    os.kill(live.process.pid, signal.SIGKILL)
    assert live.process.wait(5) == -signal.SIGKILL
    assert live.process.poll() == -signal.SIGKILL


@pytest.mark.parametrize("launcher", ["runners", "cold_runners"])
def test_waiting_ends_with_its_time(request, maker, launcher):
    live = request.getfixturevalue(launcher).start([maker.step('Sleep "{seconds}" seconds', seconds="30")])
    begin = time.monotonic()
    assert live.process.wait(0.2) is None
    assert 0.15 < time.monotonic() - begin < 2


def test_sending_to_a_runner_that_is_gone_is_no_error(runners):
    live = runners.start([])
    live.end()
    live.process.send({"type": "tick"})
    live.process.close_control()
    live.process.send({"type": "tick"})


def test_a_plan_longer_than_the_pipe_arrives_whole(runners, maker):
    text = "x" * 3_000_000
    ended = runners.run([maker.step("Pass")], parameters={"long": text})
    assert ended.rows() == ["0 Success"]


def test_runners_of_one_zygote_are_independent(runners, maker):
    sleeps = [runners.start([maker.step('Sleep "{seconds}" seconds', seconds=str(n / 10))]) for n in (5, 1, 3)]
    passed = [live.end() for live in sleeps]
    assert [ended.status for ended in passed] == [0, 0, 0]
    assert len({ended.events[0]["pid"] for ended in passed}) == 3


def launched(launcher, workdir, maker, pattern="Pass", **options):
    process = launcher.start("5:5", workdir)
    plan = {
        "v": 1,
        "type": "plan",
        "feature": {"id": 1},
        "tree": [maker.step(pattern, **options)],
        "workdir": str(workdir),
        "libraries": [{"name": "sample", "module": "sample_steps"}],
        "browser": None,
    }
    process.send(plan)
    return process


@pytest.fixture
def own_zygotes(request):
    """A launcher that the test may break."""
    library = request.config.rootpath / "tests/runners/sample_library"
    launcher = ZygoteLauncher(environment={"PYTHONPATH": str(library)})
    yield launcher
    launcher.close()


def finish(process):
    lines = [json.loads(line) for line in process.events]
    process.events.close()
    process.log.close()
    process.close_control()
    return lines[-1]["type"]


def test_a_killed_zygote_is_replaced_and_its_runners_go_on(own_zygotes, tmp_path, maker):
    """X-035."""
    sleeping = launched(own_zygotes, tmp_path, maker, 'Sleep "{seconds}" seconds', seconds="1")
    zygote = psutil.Process(sleeping.pid).parent()
    assert zygote is not None
    zygote.kill()
    zygote.wait(5)
    assert sleeping.wait(0.05) is None
    other = launched(own_zygotes, tmp_path, maker)
    assert finish(other) == "finished"
    assert other.wait(5) == 0
    assert finish(sleeping) == "finished"
    assert sleeping.wait(5) == UNKNOWN_STATUS


def test_a_zygote_is_replaced_after_its_forks_and_ends_after_its_last_runner(own_zygotes, tmp_path, maker, monkeypatch):
    """runner B.7."""
    monkeypatch.setattr("cometa_worker.launch.FORKS_OF_A_ZYGOTE", 2)
    processes = [launched(own_zygotes, tmp_path, maker, 'Sleep "{seconds}" seconds', seconds="0.7") for _ in range(3)]
    parents = [psutil.Process(process.pid).parent() for process in processes]
    assert parents[0] == parents[1] != parents[2]
    assert [finish(process) for process in processes] == ["finished"] * 3
    assert [process.wait(5) for process in processes] == [0, 0, 0]
    assert parents[0] is not None
    _gone, alive = psutil.wait_procs([parents[0]], timeout=5)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


def test_closing_the_launcher_ends_the_zygote(tmp_path, maker):
    launcher = ZygoteLauncher()
    process = launcher.start("5:5", tmp_path)
    zygote = psutil.Process(process.pid).parent()
    launcher.close()
    assert zygote is not None
    assert not zygote.is_running()
    process.close_control()
    assert process.events.read() == b""
    process.events.close()
    process.log.close()
    assert process.wait(5) is not None


def test_a_launcher_whose_worker_died_leaves_no_zygote(tmp_path):
    """X-035: the socket of the zygote closes with the worker."""
    launcher = ZygoteLauncher()
    process = launcher.start("5:5", tmp_path)
    zygote = launcher._zygote._process
    launcher._zygote._socket.close()
    assert zygote.wait(5) == 0
    process.close_control()
    process.events.close()
    process.log.close()
    process.wait(5)


def test_a_start_that_fails_leaves_no_descriptor_open(tmp_path, monkeypatch):
    before = len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    with pytest.raises(OSError, match="nonexistent"):
        ColdLauncher().start("5:5", tmp_path)
    with pytest.raises(OSError, match="nonexistent"):
        ZygoteLauncher().start("5:5", tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_zygote_hands_out_runners_within_the_budget(runners, maker):
    """runner B.8: 100 ms; measured here with room for a busy machine."""
    runners.run([maker.step("Pass")])
    times = []
    for _ in range(10):
        begin = time.monotonic()
        live = runners.start([maker.step("Pass")])
        live.until("hello")
        times.append(time.monotonic() - begin)
        live.end()
    assert sorted(times)[5] < 0.2
