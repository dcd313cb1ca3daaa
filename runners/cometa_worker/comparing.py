"""Comparing the pictures of an attempt beside its run.  Contract: runner F.4, F.5.

Threads compare, so that reading events never waits for a picture; what they find is stored by the attempt, in its
fenced transactions, and the terminal state waits for all of it.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cometa_core.contracts.pictures import ComparedPicture, PictureComparer, PictureFile, PictureVerdict, TakenPicture
from cometa_core.events import append
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_executions.api import Claim

logger = logging.getLogger(__name__)

THREADS = 2
"""Pictures of one attempt that are compared at the same time: one that a step waits for need not wait for another."""

LONGEST_END_SECONDS = 60.0
"""How long an attempt waits for comparisons at its end; what is missing then has the verdict ``error``."""

PLATFORMS = {"mac os x": "mac", "macos": "mac", "darwin": "mac", "windows nt": "windows", "xp": "windows"}
"""Names that drivers have for platforms -> names of baselines."""

NOT_STORED = "The picture is missing."
"""Reason where an event names no file that can be stored."""

Send = Callable[[Mapping[str, Any]], None]


def comparer_of(runtime: Runtime) -> PictureComparer | None:
    """Return the first comparer that plugins offer; None without any."""

    def first() -> tuple[PictureComparer | None]:
        offered = runtime.plugins.dispatch.collect("cometa_picture_comparers", runtime=runtime)
        return (next((comparer for _, comparer in offered.values()), None),)

    return runtime.once("worker.comparer", first)[0]


def gates_of(scope: Scope, claim: Claim, leaves: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    """Return the steps of a plan that wait for the verdict on their picture.  Contract: runner B.2, X-108."""
    comparer = comparer_of(scope.runtime)
    return {} if comparer is None else dict(comparer.gates(scope, claim.run, leaves))


class Comparisons:
    """The comparisons of one attempt.

    Args:
        runtime: runtime of the worker.
        claim: the claimed result.
        log: takes a line for the result log.

    Attributes:
        errors: comparisons that were impossible.  Contract: runner F.4 point 7.
    """

    def __init__(self, runtime: Runtime, claim: Claim, log: Callable[[str], None]) -> None:
        self._runtime = runtime
        self._claim = claim
        self._log = log
        self._send: Send = _to_nobody
        self._started: Mapping[str, Any] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._changed = threading.Condition()
        self._open: dict[int, TakenPicture] = {}
        self._done: list[ComparedPicture] = []
        self.errors = 0

    def answer_through(self, send: Send) -> None:
        """Send verdicts that steps wait for to the runner."""
        self._send = send

    def hear_started(self, event: Mapping[str, Any]) -> None:
        """Note which browser takes the pictures; its family, platform and viewport are parts of their keys."""
        self._started = event

    def take(self, event: Mapping[str, Any], stored: tuple[str, int] | None) -> None:
        """Begin to compare the picture of an event ``screenshot`` that asks for it.

        Args:
            event: the event.
            stored: SHA-256 and size in the artifact store; None for a picture that could not be taken or stored.
        """
        if not event.get("compare"):
            return
        taken, number = self._described(event, stored), int(event["n"])
        with self._changed:
            self._open[number] = taken
            self._pool = self._pool or ThreadPoolExecutor(THREADS, thread_name_prefix="compare")
        self._pool.submit(self._compare, number, taken, awaited=bool(event.get("await")))

    def take_done(self) -> list[ComparedPicture]:
        """Return the comparisons that ended since the last call."""
        with self._changed:
            done, self._done = self._done, []
        return done

    def keep(self, scope: Scope, done: Sequence[ComparedPicture]) -> None:
        """Store comparisons with their events; called in the transaction that holds the result."""
        comparer = comparer_of(self._runtime)
        for compared in done:
            told = comparer.keep(scope, compared) if comparer is not None else None
            if told is not None:
                append(scope, self._claim.run, [("step.picture", told)])

    def wait(self, seconds: float) -> bool:
        """Wait until a comparison ends, at most this long; tells whether all have ended."""
        with self._changed:
            self._changed.wait_for(lambda: not self._open or bool(self._done), seconds)
            return not self._open

    def give_up(self) -> None:
        """Let what has not ended be ``error``: a result does not stay open for ever."""
        with self._changed:
            for number, taken in list(self._open.items()):
                reason = f"The comparison did not end within {LONGEST_END_SECONDS:g} seconds."
                self._end(number, ComparedPicture(taken, PictureVerdict("error", None, reason=reason)))

    def close(self) -> None:
        """End the threads; a comparison that has not begun is dropped."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _described(self, event: Mapping[str, Any], stored: tuple[str, int] | None) -> TakenPicture:
        started, department_id = self._started, self._claim.run.department_id
        size = event.get("width"), event.get("height")
        platform = str(started.get("platform") or "linux").lower()
        return TakenPicture(
            run=self._claim.run,
            attempt=self._claim.attempt,
            sequence=int(event["seq"]),
            step_uuid=str(event["step_uuid"]),
            path=str(event.get("path") or ""),
            family=str(started.get("family") or "").lower(),
            platform=PLATFORMS.get(platform, platform),
            viewport=viewport_text(started.get("viewport")),
            name=str(event.get("name") or ""),
            file=None if stored is None else PictureFile(department_id, *stored, *size),
            problem=str(event.get("problem") or ("" if stored is not None else NOT_STORED)),
            max_diff=event.get("max_diff"),
            regions=event.get("regions") or (),
        )

    def _compare(self, number: int, taken: TakenPicture, *, awaited: bool) -> None:
        """Compare in a thread; whatever happens, the step gets a verdict and the attempt an end."""

        def tell(verdict: PictureVerdict) -> None:
            if awaited:
                self._send({"type": "verdict", "n": number, **vars(verdict)})

        try:
            compared = self._compared(taken, tell)
        except Exception as error:  # a comparison must never end the attempt, whatever an engine raises
            logger.exception("A picture of result %s cannot be compared", self._claim.lease.result_id)
            verdict = PictureVerdict("error", None, fails=True, reason=f"The comparison failed: {error}"[:300])
            tell(verdict)
            compared = ComparedPicture(taken, verdict)
        with self._changed:
            self._end(number, compared)

    def _compared(self, taken: TakenPicture, tell: Callable[[PictureVerdict], None]) -> ComparedPicture:
        comparer = comparer_of(self._runtime)
        if comparer is None:
            raise LookupError("no plugin compares pictures")
        return comparer.compare(self._runtime, taken, tell)

    def _end(self, number: int, compared: ComparedPicture) -> None:
        """Note an end, once; the caller holds the lock."""
        if self._open.pop(number, None) is None:
            return
        verdict = compared.verdict
        if verdict.verdict == "error":
            self.errors += 1
            self._log(f"WARNING The picture of step {compared.taken.sequence} was not compared: {verdict.reason}")
        self._done.append(compared)
        self._changed.notify_all()


def viewport_text(viewport: Mapping[str, Any] | None) -> str:
    """Write a viewport as keys of baselines have it, such as ``1920x1080@1``.  Contract: runner F.3."""
    if not viewport or not viewport.get("w") or not viewport.get("h"):
        return ""
    return f"{viewport['w']:g}x{viewport['h']:g}@{viewport.get('dpr') or 1:g}"


def _to_nobody(_line: Mapping[str, Any]) -> None:
    """Take what is said before there is a runner."""
