"""The server of the demonstration: ``cometa up`` as a child process that ends with its owner."""

import json
import select
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Self

from cometa_core.errors import ConfigurationError

START_LIMIT_S = 90.0
STOP_LIMIT_S = 60.0
COMMAND_LIMIT_S = 60.0
SHOWN_LOG_LINES = 15


class Installation:
    """A server with its worker, running while the block lasts.

    Start it from the main thread: where the system can, the kernel ends the child with the thread that started it, so
    that not even a demonstration that is killed leaves a server behind.

    Args:
        environment: environment in which a child finds the installation.
        log: file that takes what the processes log.
        port: port to listen on; 0 = a free one.

    Raises:
        ConfigurationError: the server does not start; the sentence says why.
    """

    def __init__(self, environment: Mapping[str, str], log: Path, port: int = 0) -> None:
        self.url = ""
        self._environment = dict(environment)
        self._log = log
        self._port = port
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._child = self._start(log)
        try:
            self.url = self._wait_for_address(self._child).rstrip("/")
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def command(self, *arguments: str) -> Any:
        """Run another command of the same installation and return the document that it answers.

        Raises:
            ConfigurationError: it fails.
        """
        with self._log.open("ab") as log:
            done = subprocess.run(
                [*_cometa(), *arguments, "--json"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                timeout=COMMAND_LIMIT_S,
                check=False,
            )
        if done.returncode != 0:
            raise self._failure(f"`cometa {' '.join(arguments)}` ended with status {done.returncode}", done.stdout)
        return json.loads(done.stdout)

    def _start(self, log: BinaryIO) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*_ended_with_its_owner(), *_cometa(), "up", "--port", str(self._port), "--json"],
            env=self._environment,
            # A pipe that only the owner holds, as every companion process gets one.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            # A Ctrl-C in the terminal is for the demonstration, which then ends its server in order.
            start_new_session=True,
        )

    def _wait_for_address(self, child: subprocess.Popen[bytes]) -> str:
        assert child.stdout is not None
        answered, _, _ = select.select([child.stdout], [], [], START_LIMIT_S)
        if not answered:
            raise self._failure(f"The server is not ready after {START_LIMIT_S:.0f} s", b"")
        line = child.stdout.readline()
        address = _document(line).get("url")
        if address is None:
            raise self._failure("The server did not start", line)
        return str(address)

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.terminate()
        try:
            # Closes the pipes too, and empties the one that the child might wait to write to.
            child.communicate(timeout=STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()

    def _failure(self, what: str, answer: bytes) -> ConfigurationError:
        reason = _document(answer).get("error")
        if reason is None:
            lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-SHOWN_LOG_LINES:]
            reason = "\n".join([f"see the end of {self._log}:", *lines])
        return ConfigurationError(f"{what}: {reason}")


def _cometa() -> list[str]:
    return [sys.executable, "-m", "cometa_core.cli"]


def _ended_with_its_owner() -> list[str]:
    """Return the command that ties the next one to its parent; empty where the system has none."""
    setpriv = shutil.which("setpriv")
    return [] if setpriv is None else [setpriv, "--pdeathsig", "TERM", "--"]


def _document(answer: bytes) -> dict[str, Any]:
    """Read a JSON object; anything else counts as an empty one."""
    try:
        document = json.loads(answer)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
