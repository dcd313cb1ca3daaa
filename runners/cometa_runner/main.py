"""The course of a runner process: plan in, events out.

Contract: runner B.
"""

import importlib.metadata
import logging
import os
import platform
import resource
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final

from cometa_runner.attempt import FOLDERS, Attempt
from cometa_runner.bridge import PlanRunner
from cometa_runner.channel import ControlChannel, EventChannel
from cometa_runner.protocol import (
    EVENTS_DESCRIPTOR,
    EXIT_FINISHED,
    EXIT_INTERNAL,
    EXIT_PROTOCOL,
    HEARTBEAT_SECONDS,
    LINE_BYTES,
    Outcome,
    PlanMessage,
    ProtocolError,
    read_plan,
)
from cometa_runner.session import NoBrowserError
from cometa_runner.steps import Cancelled, StepLibrary, Vocabulary, load_vocabulary
from cometa_runner.steps.downloads import FETCH_SECONDS, Downloads, downloads_of

CONTROL_DESCRIPTOR: Final = 0
"""Standard input: the plan and control lines."""

logger = logging.getLogger(__name__)


def main() -> int:
    """Execute the plan on standard input and give the exit code of runner B.3."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    control = ControlChannel(CONTROL_DESCRIPTOR)
    try:
        plan = read_plan(control.read_line())
    except ProtocolError:
        logger.exception("The plan cannot be understood")
        return EXIT_PROTOCOL
    control.listen()
    channel = EventChannel(EVENTS_DESCRIPTOR, plan.get("limits", {}).get("line_bytes", LINE_BYTES))
    try:
        _execute(plan, channel, control)
    except Exception:
        # The one place that keeps a broken runner from dying without a word.
        logger.exception("The runner is broken")
        return EXIT_INTERNAL
    finally:
        control.end()
    return EXIT_FINISHED


def _execute(plan: PlanMessage, channel: EventChannel, control: ControlChannel) -> None:
    _settle_in(plan)
    names = [library["name"] for library in plan["libraries"]]
    vocabulary = _vocabulary(plan)
    channel.emit("hello", {**_versions(), "pid": os.getpid(), "libraries": names})
    threading.Thread(target=_heartbeat, args=(channel,), name="heartbeat", daemon=True).start()
    attempt = Attempt(plan, channel, control, vocabulary)
    message = ""
    try:
        channel.emit("started", attempt.open_browser())
    except NoBrowserError as error:
        message = str(error)
        logger.exception("No browser can be opened")
        attempt.flow.stop("after_failure", "no_browser")
    except Cancelled:
        # While a hub was asked for a session; every step is reported as cancelled.
        logger.info("The run was stopped before a browser was open")
    downloads = downloads_of(attempt.kept, attempt.workdir, lambda: attempt.session.driver)
    try:
        attempt.start_clock()
        PlanRunner(attempt).execute()
    finally:
        attempt.finish_evidence()
        attempt.allow_evidence(FETCH_SECONDS)
        downloads.fetch_rest()
        attempt.kept.close()
        attempt.session.close()
    _attach_downloads(attempt, downloads)
    outcome, reason = _outcome(attempt)
    channel.emit("finished", {"outcome": outcome, "reason": reason, "message": message, "counts": attempt.rows.counts})


def _settle_in(plan: PlanMessage) -> None:
    """Make the work folder and the time zone of the plan those of this process and of all it starts."""
    workdir = Path(plan["workdir"])
    for name in FOLDERS:
        (workdir / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chdir(workdir)
    # Belt and braces: browser and driver come from the plan, nothing may be looked for on the Internet.
    os.environ["SE_OFFLINE"] = "true"
    zone = (plan["browser"] or {}).get("timezone")
    if zone:
        os.environ["TZ"] = zone
    time.tzset()


def _vocabulary(plan: PlanMessage) -> Vocabulary:
    libraries = [StepLibrary(library["name"], library["module"], library["name"]) for library in plan["libraries"]]
    return load_vocabulary(libraries)


def _versions() -> dict[str, str]:
    versions = {name: importlib.metadata.version(name) for name in ("behave", "selenium")}
    return {"python": platform.python_version(), **versions}


def _heartbeat(channel: EventChannel) -> None:
    pause = threading.Event()
    while not pause.wait(HEARTBEAT_SECONDS):
        channel.emit("heartbeat", {"rss_mb": resident_megabytes()})


def resident_megabytes() -> int:
    """Give the memory of this process; where the system tells only the peak, the peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return pages * resource.getpagesize() // 1_048_576


def _attach_downloads(attempt: Attempt, downloads: Downloads) -> None:
    """Announce what the browser downloaded and no step attached, unless a step wrote a secret into it."""
    known = attempt.attached | {path.name for path in downloads.secret}
    for path in sorted((attempt.workdir / "downloads").iterdir()):
        if path.is_file() and not path.is_symlink() and path.name not in known:
            fields: dict[str, Any] = {"file": f"../downloads/{path.name}", "name": path.name, "mime": None}
            attempt.channel.emit("file", {**fields, "kind": "download"})


def _outcome(attempt: Attempt) -> tuple[Outcome, str | None]:
    if attempt.flow.aborted:
        return "aborted", attempt.flow.aborted
    if attempt.control.lost:
        return "aborted", "worker_lost"
    if attempt.flow.stopped == "cancelled":
        return "cancelled", "cancelled"
    return "completed", None
