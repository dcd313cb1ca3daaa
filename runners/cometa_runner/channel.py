"""The two pipes of a runner: events out, control in.

Contract: runner A.4, B.1, B.3.
"""

import contextlib
import logging
import os
import select
import signal
import threading
import time
from collections.abc import Mapping
from typing import Any, Final

from cometa_runner.protocol import (
    LINE_BYTES,
    PROTOCOL_VERSION,
    SILENCE_SECONDS,
    ProtocolError,
    decode,
    encode_within,
)

QUIT_SECONDS: Final = 2.0
"""Seconds that a runner without a worker gets to close its browser before its process group is killed."""

_CHUNK = 65536
_NEVER = 1e6

HELD_BACK_SECONDS: Final = 0.25
"""A write that takes longer was not slow: nobody read."""

logger = logging.getLogger(__name__)


class EventChannel:
    """Numbers events and writes them; may be used by several threads.

    Args:
        descriptor: where to write.
        line_bytes: longest line.

    Attributes:
        blocked_seconds: time in which the worker took nothing, because it could keep no more.
    """

    def __init__(self, descriptor: int, line_bytes: int = LINE_BYTES) -> None:
        self._descriptor = descriptor
        self._line_bytes = line_bytes
        self._lock = threading.Lock()
        self._number = 0
        self._begin = time.monotonic()
        self.blocked_seconds = 0.0

    def step_clock(self) -> float:
        """Give seconds for the deadlines of steps: what the worker holds back does not count.  Contract: X-048."""
        return time.monotonic() - self.blocked_seconds

    def emit(self, kind: str, fields: Mapping[str, Any] | None = None) -> int:
        """Send an event and give its number: 1, 2, 3 ... without gaps.  Contract: X-039.

        Nothing is raised when nobody reads any more: the end of the control pipe, which comes with it, ends the runner.
        """
        with self._lock:
            number = self._number + 1
            milliseconds = round((time.monotonic() - self._begin) * 1000)
            head = {"v": PROTOCOL_VERSION, "n": number, "t": milliseconds, "type": kind}
            line = encode_within({**head, **(fields or {})}, self._line_bytes)
            self._number = number
            with contextlib.suppress(BrokenPipeError):
                self._write(line)
            return number

    def _write(self, line: bytes) -> None:
        begin = time.monotonic()
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        blocked = time.monotonic() - begin
        if blocked > HELD_BACK_SECONDS:
            self.blocked_seconds += blocked


class ControlChannel:
    """Reads what the worker says, in a thread of its own after the plan was read.

    Args:
        descriptor: where to read.
        silence_seconds: how long the worker may send no ``tick`` after its first one.

    Attributes:
        stop: set when the run is to stop, for whatever reason.
        cancelled_by: who asked for the cancel; empty when nobody did.
        lost: why there is no worker any more; empty while there is one.
    """

    def __init__(self, descriptor: int, silence_seconds: float = SILENCE_SECONDS) -> None:
        self._descriptor = descriptor
        self._silence_seconds = silence_seconds
        self._pending = b""
        self._arrived = threading.Condition()
        self._verdicts: dict[int, Mapping[str, Any]] = {}
        self._replies: dict[int, Mapping[str, Any]] = {}
        self._requests = 0
        self._ended = threading.Event()
        self.stop = threading.Event()
        self.cancelled_by = ""
        self.lost = ""

    def read_line(self) -> bytes:
        """Wait for the next line; empty at the end of the pipe."""
        return self._next_line(None) or b""

    def listen(self) -> threading.Thread:
        """Start the thread that reads all further lines, until the end of the pipe."""
        thread = threading.Thread(target=self._listen, name="control", daemon=True)
        thread.start()
        return thread

    def end(self) -> None:
        """Say that the run ended by itself, so that a lost worker need not be answered by a kill."""
        self._ended.set()

    def verdict(self, number: int, seconds: float) -> Mapping[str, Any] | None:
        """Wait for the verdict on the picture of event ``number``; None when it does not come or the run stops."""
        with self._arrived:
            self._arrived.wait_for(lambda: number in self._verdicts or self.stop.is_set(), seconds)
            return self._verdicts.pop(number, None)

    def new_request(self) -> int:
        """Give the number of a new request to the worker."""
        self._requests += 1
        return self._requests

    def reply(self, number: int) -> Mapping[str, Any] | None:
        """Give the worker's reply to a request once; None as long as there is none."""
        with self._arrived:
            return self._replies.pop(number, None)

    def _listen(self) -> None:
        silence_allowed = _NEVER
        last_tick = time.monotonic()
        while True:
            line = self._next_line(last_tick + silence_allowed - time.monotonic())
            if not line:
                self._lose("The worker fell silent." if line is None else "The control pipe was closed.")
                return
            if self._obey(line) == "tick":
                silence_allowed = self._silence_seconds
                last_tick = time.monotonic()

    def _next_line(self, seconds: float | None) -> bytes | None:
        """Give the next line with its end, empty at the end of the pipe, None when none is complete in time."""
        end = None if seconds is None else time.monotonic() + seconds
        while b"\n" not in self._pending:
            patience = None if end is None else max(0.0, end - time.monotonic())
            if not select.select([self._descriptor], [], [], patience)[0]:
                return None
            chunk = os.read(self._descriptor, _CHUNK)
            if not chunk:
                return b""
            self._pending += chunk
        line, _, self._pending = self._pending.partition(b"\n")
        return line + b"\n"

    def _obey(self, line: bytes) -> str:
        try:
            message = decode(line)
        except ProtocolError as error:
            logger.warning("A control line is ignored: %s", error)
            return ""
        kind = str(message.get("type", ""))
        with self._arrived:
            if kind == "cancel":
                self.cancelled_by = str(message.get("by") or "unknown")
                self.stop.set()
            elif kind == "verdict" and isinstance(message.get("n"), int):
                self._verdicts[message["n"]] = message
            elif kind == "reply" and isinstance(message.get("id"), int):
                self._replies[message["id"]] = message
            self._arrived.notify_all()
        return kind

    def _lose(self, reason: str) -> None:
        with self._arrived:
            self.lost = reason
            self.stop.set()
            self._arrived.notify_all()
        if not self._ended.wait(QUIT_SECONDS):
            kill_own_group()


def kill_own_group() -> None:
    """End this process and, when it leads its group as runners do, its driver and browser.  Contract: X-040."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
