"""Executing one claimed result from its plan to its terminal state.  Contract: runner A.1, A.4, B.4 to B.6."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError

from cometa_core.contracts.variables import RunVariable
from cometa_core.errors import CometaError
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_executions.api import (
    ArtifactReport,
    Batch,
    Claim,
    Ending,
    LeaseLost,
    Reason,
    State,
    begin_running,
    end_left,
    end_result,
    keep_alive,
    store_batch,
)
from cometa_worker.answering import answer_request
from cometa_worker.attempt_evidence import AttemptEvidence
from cometa_worker.cleanup import end_attempt
from cometa_worker.comparing import LONGEST_END_SECONDS, Comparisons
from cometa_worker.guard import Guard
from cometa_worker.launch import Launcher, RunnerProcess
from cometa_worker.limits import Usage, make_expendable
from cometa_worker.preparation import Prepared, make_folder, mark_of, prepare, remove_folder, work_folder
from cometa_worker.reading import MOST_MALFORMED, Event, EventReader, read_log
from cometa_worker.redaction import variable_of
from cometa_worker.remote_sessions import ANNOUNCEMENT, RemoteSessions
from cometa_worker.room import room_of
from cometa_worker.spool import EventBuffer, spool_folder
from cometa_worker.translation import Translator
from cometa_worker.watch import Watch
from cometa_worker.writing import FencedWriter

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
CANCEL_LOOK_SECONDS = 1.0
MEGABYTE = 1 << 20

ABORTED = {
    Reason.BROWSER_LOST: "The browser or its driver stopped answering, so the rest was skipped.",
    Reason.FEATURE_LIMIT: "The feature took longer than cometa.limit.feature_seconds allows.",
    Reason.WORKER_LOST: "The worker fell silent and the runner stopped.",
}
"""Sentences for endings that the runner itself decided on."""

Written = TypeVar("Written")


class StoreFailedError(Exception):
    """The artifact store does not take a file; the sentence is for testers."""


class Attempt:
    """One try to execute one result; the only writer as long as it holds the fence."""

    def __init__(self, runtime: Runtime, launcher: Launcher, claim: Claim, hurry: threading.Event) -> None:
        self._runtime = runtime
        self._launcher = launcher
        self._claim = claim
        self._writer = FencedWriter(runtime, claim.lease, hurry)
        self._write = self._writer.write
        self._hurry = hurry
        self._state = State.INITIALIZING
        limit = runtime.settings.integer("cometa.limit.log_mb") * MEGABYTE
        self._evidence = AttemptEvidence(limit, runtime.clock.now)
        self._comparisons = Comparisons(runtime, claim, self._evidence.log)
        self._sessions = RemoteSessions(runtime, None, "", self._evidence.log)
        self._finished: Event | None = None
        self._cancelled_by: str | None = None
        self._left = False
        self._send: Callable[[dict[str, Any]], None] = lambda _line: None
        self._pid = 0
        moment = runtime.clock.monotonic()
        self._watch = Watch(runtime.settings, moment, moment)
        self._next_look = moment

    def execute(self) -> None:
        """Execute the result; whatever happens, no process and no folder is left."""
        folder: Path | None = None
        try:
            folder = make_folder(work_folder(self._runtime), self._claim)
            prepared = prepare(self._runtime, self._claim, folder)
        except (CometaError, OSError, KeyError) as error:
            logger.exception("Result %s cannot be prepared", self._claim.lease.result_id)
            self._conclude(_unprepared(error))
        else:
            self._execute(prepared, folder)
        finally:
            self._comparisons.close()
            self._evidence.close()
            if folder is not None:
                remove_folder(folder)

    def _execute(self, prepared: Prepared, folder: Path) -> None:
        self._evidence.know(prepared.secrets)
        translator = Translator(prepared.leaves, folder, self._store_file, self._evidence)
        self._sessions = self._remote_sessions(prepared)
        try:
            process = self._launcher.start(self._mark, folder)
        except OSError as error:
            self._conclude(Ending(State.ERROR, Reason.RUNNER_DIED, f"The runner could not be started: {error}"))
            return
        make_expendable(process.pid)
        buffer = EventBuffer(spool_folder(self._runtime.locations.data))
        try:
            log_thread = read_log(process.log, self._evidence.log)
            reader = EventReader(process.events, self._evidence.redactor.event, self._evidence.log, buffer, self._hear)
            process.send(prepared.message)
            with self._guard(process, folder, buffer) as guard:
                self._supervise(process, reader, translator, guard)
            ending = self._ending(process, reader, guard.ending)
        except LeaseLost as error:
            logger.warning("%s The runner is stopped and nothing more is written.", error)
            return
        except DBAPIError:
            logger.exception("Result %s is left to the sweep", self._claim.lease.result_id)
            return
        except StoreFailedError as error:
            ending = Ending(State.ERROR, Reason.STORE_FAILED, str(error))
        finally:
            end_attempt(process, self._mark)
            buffer.close()
            self._sessions.end()
        log_thread.join(timeout=2)
        if not self._left:
            self._conclude(ending, translator)

    def _guard(self, process: RunnerProcess, folder: Path, buffer: EventBuffer) -> Guard:
        monotonic = self._runtime.clock.monotonic
        usage = Usage(self._runtime.settings, self._mark, folder, monotonic())
        return Guard(
            process,
            self._watch,
            (usage.violation, self._writer.violation),
            lambda: buffer.held_back,
            lambda: end_attempt(process, self._mark),
            monotonic,
        )

    def _supervise(self, process: RunnerProcess, reader: EventReader, translator: Translator, guard: Guard) -> None:
        """Read and write until the runner ended or has to be ended."""
        self._pid = process.pid
        self._send = process.send
        self._comparisons.answer_through(process.send)
        while not reader.has_ended():
            events = reader.collect(LOOK_SECONDS)
            for event in events:
                self._take(event, reader, translator)
            self._flush(translator)
            if self._finished is not None or self._hurry.is_set() or reader.malformed > MOST_MALFORMED:
                break
            if guard.ending is not None and not events:
                break
            self._look_for_cancel(process)

    def _hear(self, event: Event) -> None:
        """Take note of an event at the moment at which it is read; called by the thread that reads."""
        self._watch.hear(event, self._runtime.clock.monotonic())

    def _remote_sessions(self, prepared: Prepared) -> RemoteSessions:
        name = f"{prepared.message['feature']['name']} #{self._claim.lease.result_id}"
        return RemoteSessions(self._runtime, prepared.message["browser"], name, self._evidence.log)

    def _take(self, event: Event, reader: EventReader, translator: Translator) -> None:
        try:
            self._sessions.hear(event)
            translator.add(event)
            if event["type"] == "screenshot":
                self._comparisons.take(event, translator.picture)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # Whatever an event lacks or has of the wrong type: it is left out, and too many of them end the attempt.
            reader.reject(event, error)
            return
        if event["type"] == "started":
            self._comparisons.hear_started(event)
            self._evidence.know_browser(event)
            started = _started(event, self._claim, self._pid)
            self._write(lambda scope: begin_running(scope, self._claim.run, self._writer.lease, started))
            self._state = State.RUNNING
        elif event["type"] == "finished":
            self._finished = event
        elif event["type"] == "variable_set" and event["scope"] == "environment":
            self._keep_variable(variable_of(event), translator)
        elif event["type"] == "request":
            # So that the answer knows the rows of the steps before it.
            self._flush(translator)
            self._answer(event, reader)

    def _keep_variable(self, variable: RunVariable, translator: Translator) -> None:
        """Let plugins keep a variable; what goes wrong with it is a warning of the step.  Contract: runner G.3."""

        def write(scope: Scope) -> None:
            self._store(scope, Batch())
            dispatch = self._runtime.plugins.dispatch
            dispatch.inline("cometa_variable_set", run=self._claim.run, variable=variable, scope=scope)

        try:
            self._write(write)
        except CometaError as error:
            translator.warn(f"The variable {variable.name} was not stored: {error}")

    def _answer(self, event: Event, reader: EventReader) -> None:
        """Let a plugin answer what a step asks for, in a transaction that holds the result.  Contract: runner B.3."""

        def write(action: Callable[[Scope], Written]) -> Written:
            def fenced(scope: Scope) -> Written:
                self._store(scope, Batch())
                return action(scope)

            return self._write(fenced)

        try:
            if event["what"] == ANNOUNCEMENT:
                self._send(self._sessions.announce(event))
                return
            reply, secrets = answer_request(self._runtime, self._claim.run, self._claim.attempt, event, write)
        except (KeyError, TypeError, ValueError) as error:
            reader.reject(event, error)
            return
        # Known before the runner can say them.
        self._evidence.know(secrets)
        self._send(reply)

    def _flush(self, translator: Translator) -> None:
        batch = translator.take_batch()
        if not batch.is_empty():
            self._write(lambda scope: self._store(scope, batch))
        self._keep_comparisons()

    def _keep_comparisons(self) -> None:
        """Store what was compared meanwhile; its pictures have their rows already."""
        done = self._comparisons.take_done()
        if not done:
            return

        def write(scope: Scope) -> None:
            self._store(scope, Batch())
            self._comparisons.keep(scope, done)

        self._write(write)

    def _await_comparisons(self) -> None:
        """Let a result end only when all of its pictures were compared.  Contract: runner F.4 point 1."""
        if self._comparisons.wait(0):
            return
        awaited = Batch(events=[("result.processing", {"awaits": "comparisons"})])
        self._write(lambda scope: self._store(scope, awaited))
        end = self._runtime.clock.monotonic() + LONGEST_END_SECONDS
        while not self._comparisons.wait(CANCEL_LOOK_SECONDS) and not self._hurry.is_set():
            if self._runtime.clock.monotonic() > end:
                self._comparisons.give_up()
            self._keep_comparisons()
            self._write(lambda scope: keep_alive(scope, self._writer.lease))

    def _store(self, scope: Scope, batch: Batch) -> None:
        store_batch(scope, self._claim.run, self._writer.lease, self._claim.attempt, batch)

    def _look_for_cancel(self, process: RunnerProcess) -> None:
        """Raise the beat and tell the runner when the end was asked for.  Contract: X-018."""
        moment = self._runtime.clock.monotonic()
        if moment < self._next_look or self._cancelled_by is not None:
            return
        self._next_look = moment + CANCEL_LOOK_SECONDS
        request = self._write(lambda scope: keep_alive(scope, self._writer.lease))
        if request is not None:
            self._cancelled_by = request.by
            self._watch.cancelled_at = self._runtime.clock.monotonic()
            process.send({"type": "cancel", "by": request.by})

    def _ending(self, process: RunnerProcess, reader: EventReader, forced: Ending | None) -> Ending:
        """Derive the ending: what the runner said last stands, else what somebody decided, else its silence.

        A runner that is ended says that it was aborted; only what it completed before stands.
        """
        completed = self._finished is not None and self._finished.get("outcome") == "completed"
        if self._finished is not None and (completed or forced is None):
            return self._ending_by_itself(self._finished)
        if self._hurry.is_set() or (forced is not None and forced.reason is Reason.WORKER_LOST):
            self._leave(process)
            return Ending(State.ERROR, Reason.WORKER_LOST)
        if reader.malformed > MOST_MALFORMED:
            return Ending(State.ERROR, Reason.PROTOCOL, "The runner sent events that cannot be read.")
        return forced or self._ending_by_silence(process)

    def _ending_by_silence(self, process: RunnerProcess) -> Ending:
        status = process.wait(1.0)
        if self._cancelled_by is not None:
            return Ending(State.CANCELED, Reason.CANCELLED)
        if status == 3:
            return Ending(State.ERROR, Reason.PROTOCOL, "The runner speaks another version of the protocol.")
        return Ending(State.ERROR, Reason.RUNNER_DIED, f"The runner ended without a result (status {status}).")

    def _ending_by_itself(self, finished: Event) -> Ending:
        outcome = finished.get("outcome")
        if outcome == "cancelled":
            return Ending(State.CANCELED, Reason.CANCELLED)
        return _aborted(finished) if outcome == "aborted" else Ending(None)

    def _leave(self, process: RunnerProcess) -> None:
        """Treat the result as lost because this worker stops or was cut off.  Contract: runner A.4, A.7."""
        self._left = True
        # Only then the result may be taken by somebody else.
        end_attempt(process, self._mark)
        self._write(lambda scope: end_left(scope, self._claim, self._state))

    def _conclude(self, ending: Ending, translator: Translator | None = None) -> None:
        """Store what is left and write the terminal state."""
        try:
            if translator is not None:
                self._flush(translator)
                self._await_comparisons()
                self._keep_comparisons()
            self._end(ending)
        except LeaseLost as error:
            logger.warning("%s Its end is not written.", error)

    def _end(self, ending: Ending) -> None:
        if ending.state is State.CANCELED:
            ending = Ending(State.CANCELED, Reason.CANCELLED, f"Canceled by {self._cancelled_by}.")
        files = self._store_evidence()
        complete = Ending(ending.state, ending.reason, ending.text, self._evidence.log_tail())

        def write(scope: Scope) -> None:
            if files:
                self._store(scope, Batch(artifacts=files))
            if not end_result(scope, self._claim.run, self._state, complete, fence=self._claim.lease.fence):
                raise LeaseLost(f"Result {self._claim.lease.result_id} was ended by somebody else.")

        self._write(write)

    @property
    def _mark(self) -> str:
        return mark_of(self._runtime, self._claim.lease.result_id, self._claim.lease.fence)

    def _store_file(self, path: Path) -> tuple[str, int]:
        try:
            with path.open("rb") as stream:
                return self._runtime.artifacts.put(self._claim.run.department_id, stream)
        except OSError as error:
            room_of(self._runtime).note_refusal()
            name = self._evidence.redactor.text(path.name)
            raise StoreFailedError(f"The file {name} could not be stored: {error.strerror or error}.") from error

    def _store_evidence(self) -> list[ArtifactReport]:
        """Store log, console and network; a full disk must not keep the result from ending."""
        department_id = self._claim.run.department_id
        try:
            return self._evidence.store(lambda stream: self._runtime.artifacts.put(department_id, stream))
        except OSError:
            room_of(self._runtime).note_refusal()
            logger.exception("The evidence of result %s cannot be stored", self._claim.lease.result_id)
            return []


def _started(event: Event, claim: Claim, pid: int) -> dict[str, Any]:
    keys = ("session_id", "family", "version", "driver", "platform", "viewport", "features", "open_ms")
    return {**{key: event.get(key) for key in keys}, "attempt": claim.attempt, "pid": pid}


def _unprepared(error: Exception) -> Ending:
    """Tell a browser that this machine has not from a folder or plan that cannot be used."""
    if isinstance(error, CometaError) and error.code == "unknown_browser":
        return Ending(State.ERROR, Reason.NO_BROWSER, str(error))
    return Ending(State.ERROR, Reason.STORE_FAILED, f"The result could not be prepared: {error}")


def _aborted(event: Event) -> Ending:
    """Turn the reason of an aborted run into an ending; an unknown one counts as the end of the runner."""
    known = {reason.value: reason for reason in Reason}
    reason = known.get(str(event.get("reason")), Reason.RUNNER_DIED)
    text = str(event.get("message") or ABORTED.get(reason) or f"The execution was aborted: {reason.value}.")
    return Ending(State.TIMEOUT if reason is Reason.FEATURE_LIMIT else State.ERROR, reason, text)
