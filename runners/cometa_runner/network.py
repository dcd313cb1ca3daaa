"""Recording what a browser asks and is answered.

Passive events of WebDriver BiDi: nothing is paused.  Bodies are fetched in a thread of its own, because the driver
answers such questions only between two commands.  Contract: runner I.1.
"""

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cometa_runner.har import BODY_BYTES, har_entry, is_text
from cometa_runner.steps import StepFailure
from cometa_runner.steps.browser_socket import BrowserSocket, BrowserSocketError

BODY_SECONDS: Final = 5.0
"""Longest wait for a body."""

SETTLE_SECONDS: Final = 0.5
"""Longest wait at the end of a step for bodies that are on their way."""

REMEMBERED_BYTES: Final = 32 << 20
"""How much of the exchanges is kept for the sentences; later exchanges are only reported."""

EXCHANGES_OF_A_STEP: Final = 1000
"""Most exchanges of a step that are reported; the rest is counted."""

LEFT: Final = "the page was left before an answer came"
"""Error of an exchange that ended with its page, which browsers do not tell."""

_EVENTS = (
    "network.beforeRequestSent",
    "network.responseCompleted",
    "network.fetchError",
    "browsingContext.contextDestroyed",
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Request:
    """A request without an answer yet: its event, and the step that was executed when it began."""

    event: Mapping[str, Any]
    step: int | None


class NetworkRecorder:
    """Knows the open requests of one session and, once started, records its exchanges.

    Args:
        socket: WebDriver BiDi of the session; the recorder subscribes to its events.
        step: number of the step that is executed; None outside of one.
        clock: monotonic seconds.

    Raises:
        BrowserSocketError: the browser cannot report its network.
    """

    def __init__(
        self, socket: BrowserSocket, step: Callable[[], int | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._socket = socket
        self._step = step
        self._clock = clock
        self._changed = threading.Condition()
        self._open: dict[str, _Request] = {}
        self._pending = 0
        self._quiet_since = clock()
        self._fresh: dict[int | None, list[dict[str, Any]]] = {}
        self._left_out: Counter[int | None] = Counter()
        self._all: list[dict[str, Any]] = []
        self._all_bytes = 0
        self._completed: queue.Queue[tuple[Mapping[str, Any], int | None, int | None]] = queue.Queue()
        self._bodies: bool | None = None
        self._recording = False
        socket.on(_EVENTS[0], self._begun)
        socket.on(_EVENTS[1], self._ended)
        socket.on(_EVENTS[2], self._ended)
        socket.on(_EVENTS[3], lambda event: self._abandon(str(event.get("context"))))
        socket.command("session.subscribe", {"events": list(_EVENTS)})
        threading.Thread(target=self._complete, name="network", daemon=True).start()

    def start(self) -> None:
        """Begin to record; until then it is only known how many requests are open."""
        if self._bodies is None:
            self._collect_bodies()
        with self._changed:
            self._recording = True

    def stop(self) -> None:
        """Record no more; what was recorded is kept."""
        with self._changed:
            self._recording = False

    def take(self) -> list[tuple[int | None, list[dict[str, Any]], int]]:
        """Give what was recorded since the last time, by step, and how many exchanges of it are left out.

        Bodies that are on their way are waited for a moment; what comes later is given the next time.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._pending, SETTLE_SECONDS)
            fresh, self._fresh = self._fresh, {}
            left_out, self._left_out = self._left_out, Counter()
            return [(seq, fresh.get(seq, []), left_out[seq]) for seq in dict.fromkeys([*fresh, *left_out])]

    def exchanges(self, part: str = "") -> list[dict[str, Any]]:
        """Give all exchanges recorded so far whose address contains a text, as HAR entries."""
        with self._changed:
            self._changed.wait_for(lambda: not self._pending, SETTLE_SECONDS)
            return [entry for entry in self._all if part in entry["request"]["url"]]

    def quiet_seconds(self) -> float:
        """Give how long no request has been open."""
        with self._changed:
            return 0.0 if self._open else self._clock() - self._quiet_since

    def open_requests(self) -> int:
        """Give how many requests are open."""
        with self._changed:
            return len(self._open)

    def _collect_bodies(self) -> None:
        self._bodies = True
        try:
            for kind in ("response", "request"):
                self._socket.command(
                    "network.addDataCollector", {"dataTypes": [kind], "maxEncodedDataSize": BODY_BYTES}
                )
        except BrowserSocketError:
            logger.info("This browser gives no bodies of its exchanges")
            self._bodies = False

    def _begun(self, event: Mapping[str, Any]) -> None:
        with self._changed:
            # A redirect is announced as a further request of the same number.
            self._open[event["request"]["request"]] = _Request(event, self._step())

    def _ended(self, event: Mapping[str, Any]) -> None:
        request = event["request"]["request"]
        with self._changed:
            began = self._open.get(request)
        if began is not None and event.get("navigation") and event.get("response"):
            # The document of a page has come: what the former one still asked for is over.
            self._abandon(str(event.get("context")), until=request)
        with self._changed:
            self._open.pop(request, None)
            self._note(event, began)

    def _abandon(self, context: str, until: str | None = None) -> None:
        """End the open requests of a page that was left, of all of them those before one that opens another page."""
        with self._changed:
            for request, left in list(self._open.items()):
                if request == until:
                    break
                if left.event.get("context") == context:
                    del self._open[request]
                    self._note({**left.event, "errorText": LEFT}, left)

    def _note(self, event: Mapping[str, Any], began: "_Request | None") -> None:
        if not self._open:
            self._quiet_since = self._clock()
        if self._recording:
            self._pending += 1
            self._completed.put((event, began.step if began else None, self._step()))

    def _complete(self) -> None:
        while True:
            event, began, seq = self._completed.get()
            try:
                self._keep(event, began, seq)
            except Exception:  # an exchange of an unknown shape must not end the recording of all others
                logger.warning("An exchange cannot be recorded", exc_info=True)
            finally:
                with self._changed:
                    self._pending -= 1
                    self._changed.notify_all()

    def _keep(self, event: Mapping[str, Any], began: int | None, seq: int | None) -> None:
        comment = f"step {seq}" if seq is not None else ""
        if began != seq and began is not None:
            comment += f", begun in step {began}"
        with self._changed:
            full = len(self._fresh.get(seq, ())) >= EXCHANGES_OF_A_STEP
            if full:
                self._left_out[seq] += 1
                return
        entry = har_entry(event, self._response_body(event), self._request_body(event), comment)
        with self._changed:
            self._fresh.setdefault(seq, []).append(entry)
            size = _size(entry)
            if self._all_bytes + size <= REMEMBERED_BYTES:
                self._all_bytes += size
                self._all.append(entry)

    def _response_body(self, event: Mapping[str, Any]) -> Mapping[str, Any] | None:
        response = event.get("response")
        return self._body("response", event) if response and is_text(response) else None

    def _request_body(self, event: Mapping[str, Any]) -> str | None:
        request = event["request"]
        size = request.get("bodySize") or 0
        if not 0 < size <= BODY_BYTES:
            return None
        known = request.get("goog:postData")
        if isinstance(known, str):
            return known
        body = self._body("request", event)
        return None if body is None or body.get("type") != "string" else str(body.get("value") or "")

    def _body(self, kind: str, event: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if not self._bodies:
            return None
        asked = {"dataType": kind, "request": event["request"]["request"]}
        try:
            found: Mapping[str, Any] | None = self._socket.command("network.getData", asked, BODY_SECONDS).get("bytes")
        except BrowserSocketError:
            # Redirects and exchanges of closed pages have none.
            return None
        return found


def no_network(error: BrowserSocketError) -> StepFailure:
    """Say that a session cannot report its requests."""
    return StepFailure(
        "not-implemented", expected="a browser that reports its requests", found=f"one that does not: {error}"
    )


def _size(entry: Mapping[str, Any]) -> int:
    """Estimate what an entry takes in memory: its bodies and a usual size of all the rest."""
    texts = (entry["request"].get("postData", {}).get("text", ""), entry["response"]["content"].get("text", ""))
    return 4096 + sum(map(len, texts))
