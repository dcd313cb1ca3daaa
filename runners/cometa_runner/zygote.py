"""A process that has imported what runners need and forks one for each request.

It has a single thread, so that a fork copies no lock that somebody holds.  Contract: runner B.7.
"""

import importlib
import json
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import Final, NoReturn

from cometa_runner.main import main as run
from cometa_runner.protocol import EVENTS_DESCRIPTOR, EXIT_INTERNAL, MARK_VARIABLE

MOST_BYTES: Final = 65536
"""Longest request."""

_DESCRIPTORS = 4
# Place of "env_start" among the fields of /proc/self/stat that follow the name of the process.
_ENVIRONMENT_BEGIN = 47


class Zygote:
    """Serves requests until its socket closes.

    A request is a JSON object with the ``environment`` of the runner; with it come the descriptors of standard input,
    log, events and status.  To the status pipe the zygote writes the process id and later the exit status, a line
    each.  ``{"retire": true}`` asks for the end after the last runner.

    Args:
        requests: the socket.
    """

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._children: dict[int, int] = {}
        self._retired = False

    def serve(self) -> None:
        """Serve until the socket closes or, once retired, the last runner ended."""
        wakeup_read, wakeup_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        # The handler does nothing: a signal without one would not be written to the pipe.
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(wakeup_write, warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._requests, selectors.EVENT_READ)
            selector.register(wakeup_read, selectors.EVENT_READ)
            while not (self._retired and not self._children):
                for key, _ in selector.select():
                    if key.fileobj == wakeup_read:
                        os.read(wakeup_read, MOST_BYTES)
                        self._reap()
                    elif not self._answer():
                        return

    def _answer(self) -> bool:
        message, descriptors, _flags, _address = socket.recv_fds(self._requests, MOST_BYTES, _DESCRIPTORS)
        if not message:
            return False
        request = json.loads(message)
        if request.get("retire"):
            self._retired = True
            return True
        control, log, events, status = descriptors
        pid = os.fork()
        if pid == 0:
            _become_runner(request["environment"], control, log, events)
        self._children[pid] = status
        os.write(status, b"%d\n" % pid)
        for descriptor in (control, log, events):
            os.close(descriptor)
        return True

    def _reap(self) -> None:
        for pid in list(self._children):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                pipe = self._children.pop(pid)
                _tell(pipe, os.waitstatus_to_exitcode(status))


def main() -> None:
    """Import the libraries named on the command line and serve the socket whose descriptor comes first."""
    descriptor, *modules = sys.argv[1:]
    for module in modules:
        importlib.import_module(module)
    with socket.socket(fileno=int(descriptor)) as requests:
        Zygote(requests).serve()


def _tell(pipe: int, status: int) -> None:
    try:
        os.write(pipe, b"%d\n" % status)
    except BrokenPipeError:
        # The worker does not care any more.
        return
    finally:
        os.close(pipe)


def _become_runner(environment: dict[str, str], control: int, log: int, events: int) -> NoReturn:
    """Make the forked child what ``python -m cometa_runner`` is; never returns."""
    status = EXIT_INTERNAL
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for source, target in ((control, 0), (log, 1), (log, 2), (events, EVENTS_DESCRIPTOR)):
            os.dup2(source, target)
        os.closerange(EVENTS_DESCRIPTOR + 1, os.sysconf("SC_OPEN_MAX"))
        _show_mark(environment[MARK_VARIABLE])
        os.environ.clear()
        os.environ.update(environment)
        # A new interpreter would have read this at its start.
        sys.path[:0] = [entry for entry in environment.get("PYTHONPATH", "").split(os.pathsep) if entry]
        time.tzset()
        status = run()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Without the clean-up of the interpreter, which belongs to the zygote.
        os._exit(status)


def _show_mark(mark: str) -> None:
    """Write the mark into the memory that other processes read as this one's environment.

    A fork keeps the environment its parent was started with, so the zygote is started with an empty mark of enough
    length.  Where the system does not allow this, the runner is found by its process group alone.
    """
    name = f"{MARK_VARIABLE}=".encode()
    try:
        begin = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[_ENVIRONMENT_BEGIN])
        place = Path("/proc/self/environ").read_bytes().index(name) + len(name)
        with Path("/proc/self/mem").open("r+b", buffering=0) as memory:
            memory.seek(begin + place)
            memory.write(mark.ljust(64).encode()[:64])
    except (OSError, ValueError):
        return


if __name__ == "__main__":
    main()
