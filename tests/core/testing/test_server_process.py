"""A server never outlives the test run, and says why it does not start."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time

import psutil
import pytest

from cometa_core.testing.server_process import ServerFailedError, ServerProcess, free_port


def eventually_gone(pid, limit_s=10.0):
    """Wait until a process is gone, or a zombie that nobody has reaped."""
    try:
        process = psutil.Process(pid)
        until = time.monotonic() + limit_s
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > until:
                return False
            psutil.wait_procs([process], timeout=0.05)
    except psutil.NoSuchProcess:
        pass
    return True


def test_a_free_port_can_be_bound():
    with socket.socket() as server:
        server.bind(("127.0.0.1", free_port()))


def test_a_process_that_ends_at_once_is_reported_with_its_log(tmp_path):
    server = ServerProcess(["sh", "-c", "echo no disk >&2; exit 3"], tmp_path / "log", signal.SIGKILL)
    with pytest.raises(ServerFailedError, match=r"ended(?s:.)*no disk"):
        server.start(lambda: False)


def test_a_process_that_never_answers_is_ended_and_reported(tmp_path):
    marker = tmp_path / "pid"
    server = ServerProcess(
        ["sh", "-c", f"echo $$ > {marker}; exec tail -f /dev/null"], tmp_path / "log", signal.SIGKILL
    )
    with pytest.raises(ServerFailedError, match="did not answer within"):
        server.start(lambda: False, limit_s=0.5)
    assert server.pid is None
    assert eventually_gone(int(marker.read_text()))


def test_a_process_that_ignores_its_signal_is_killed(tmp_path):
    ready = tmp_path / "ready"
    stubborn = ["sh", "-c", f"trap '' TERM; touch {ready}; exec tail -f /dev/null"]
    server = ServerProcess(stubborn, tmp_path / "log", signal.SIGTERM)
    server.start(ready.exists)
    pid = server.pid
    server.stop(limit_s=0.2)
    assert eventually_gone(pid)


def test_a_killed_owner_takes_its_server_along(tmp_path):
    owner = textwrap.dedent(
        f"""
        import signal, sys
        from pathlib import Path
        from cometa_core.testing.server_process import ServerProcess
        server = ServerProcess(["tail", "-f", "/dev/null"], Path({str(tmp_path)!r}) / "log", signal.SIGKILL)
        server.start(lambda: True)
        print(server.pid, flush=True)
        sys.stdin.read()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", owner], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        pid = int(process.stdout.readline())
        # Before it is what it was started for, nobody can have tied it to its owner.
        while psutil.Process(pid).name() != "tail":
            threading.Event().wait(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert eventually_gone(pid)
